"""What a worker keeps between trainings: data on the device, PCA, compiled models; and how each model is best run.

The decisions that measurements led to stand in `execution_plan` and `_keep_own_sums`.
"""

import collections
import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from ae_core import data, variants
from ae_core.autoencoder import Autoencoder, Phase
from ae_core.config import Settings, options
from ae_core.layers.table import ResidentTable
from ae_core.pca import PrincipalComponents
from ae_core.seeding import building
from ae_core.work import is_product, is_recurrent, multiply_adds, operations

MODELS_KEPT = 20  # every variant once, and some again: what was compiled stays in memory anyway, see `renewal`
NUMBERS_KEPT = 60_000_000  # weights, what optimisers note of them, and banks of normals, of all models: 240 MB
DATA_KEPT = 2
CHUNK_SECONDS = 0.15  # a pause is felt at once when a chunk of steps is short
LONGEST_CHUNK = 256  # steps
PROBE_POINTS = 2000  # held-out images in a snapshot, at most, and fewer where each costs much
FEWEST_PROBE_POINTS = 300
PROBE_SECONDS = 0.011  # that so many images may take from end to end of the network, measured roughly


@dataclass(frozen=True)
class Stage:
    """One model to be trained for some epochs; most runs have one stage, the whole.

    Args:
        name: A few words for a person; empty if it is the only one.
        model: Compiled, its table filled.
        view: What is watched meanwhile, from image to image.
        epochs: How long.
        chunk: Steps that run between two looks at the world outside.
        steps_per_epoch: A multiple of `chunk`.
    """

    name: str
    model: Autoencoder
    view: Autoencoder
    epochs: int
    chunk: int
    steps_per_epoch: int


@dataclass
class Bench:
    """All that one training needs.

    Args:
        info: The data set's facts.
        data: Its prepared tables.
        pca: PCA fitted to the same training images.
        stages: What is trained, one after the other; the whole comes last.
        batch_size: Images per step.
        probe_points: Held-out images that a snapshot looks at.
    """

    info: data.DataInfo
    data: data.Prepared
    pca: PrincipalComponents
    stages: tuple[Stage, ...]
    batch_size: int
    probe_points: int

    @property
    def model(self) -> Autoencoder:
        """The whole, with fresh weights."""
        return self.stages[-1].model


class _Kept(collections.OrderedDict):
    """The last few things by key."""

    def __init__(self, limit: int):
        super().__init__()
        self.limit = limit

    def get_or_make(self, key: Any, make: Callable[[], Any]) -> Any:
        """The thing kept under that key, else a new one, for which the oldest makes room."""
        if key not in self:
            while len(self) >= self.limit:
                self.popitem(last=False)
            self[key] = make()
        self.move_to_end(key)
        return self[key]


_data_kept = _Kept(DATA_KEPT)
_models_kept = _Kept(MODELS_KEPT)
_tables_kept = _Kept(DATA_KEPT)  # by shape: models take turns with them


def prepare(settings: Settings, progress: Callable[..., None]) -> Bench:
    """Makes data, PCA and model ready, from what is kept where possible.

    Args:
        settings: The experiment.
        progress: Called with a sentence and, where known, the share done.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data cannot be had.
    """
    catalogue = data.catalogue()
    key = (
        catalogue.get(settings.dataset),
        settings.dataset,
        settings.scaling,
        settings.outliers,
        settings.train_size,
        settings.validation_share,
    )
    info, prepared, pca = _data_kept.get_or_make(key, lambda: _load(settings, progress))
    settings.check(prepared.spec)
    progress("Building the network")
    batch_size = min(settings.batch_size, len(prepared.x_train))
    stages = _stages(settings, prepared, batch_size)
    return Bench(info, prepared, pca, stages, batch_size, probe_points(stages[-1].model))


def probe_points(model: Autoencoder) -> int:
    """Held-out images that a snapshot of this model looks at."""
    layers = _flat_layers(model)
    affordable = PROBE_SECONDS * _speed(layers) / max(multiply_adds(layers), 1.0)
    return int(np.clip(affordable, FEWEST_PROBE_POINTS, PROBE_POINTS))


def _load(settings: Settings, progress: Callable[..., None]) -> tuple:
    progress(f"Loading the data set {settings.dataset}")
    dataset = data.load(settings.dataset, progress)
    prepared = data.prepare(dataset, settings)
    progress("Computing PCA")
    pca = PrincipalComponents()
    pca.fit(prepared.x_train, prepared.scale, prepared.offset)
    return dataset.info, prepared, pca


def _stages(settings: Settings, prepared: data.Prepared, batch_size: int) -> tuple[Stage, ...]:
    """A compiled model with this seed's weights, and those that are trained before it.

    Compiling is what a start waits for, so a model of the same architecture is used again: it gets a new one's
    variables, seeds included, and cannot be told from it.
    """
    free = {"seed", "epochs", "dataset"} | {name for name, option in options(settings).items() if option.live}
    same = tuple((name, str(value)) for name, value in settings.to_dict().items() if name not in free)
    with building(settings.seed):
        fresh = variants.get(settings.variant).build(settings, prepared.spec)
    if fresh.starts_at_mean:
        fresh.start_at(prepared.x_train.mean(axis=0) * prepared.scale + prepared.offset)
    form = (prepared.x_train.shape, str(prepared.x_train.dtype))
    table = _tables_kept.get_or_make(form, lambda: ResidentTable(*form))
    table.fill(prepared.x_train, prepared.scale, prepared.offset)
    stages = _models_kept.get_or_make(
        (same, form, prepared.spec, batch_size, table), lambda: _compiled(fresh, settings, table, batch_size)
    )
    if stages[-1].model is fresh:
        _make_room()
    else:
        for stage, source in zip(stages, [*(phase.model for phase in fresh.phases), fresh], strict=True):
            for variable, start in zip(own_variables(stage.model), own_variables(source), strict=True):
                variable.assign(start)
            for variable in stage.model.optimizer.variables:
                variable.assign(np.zeros(variable.shape, variable.dtype))
    for stage in stages:
        stage.model.optimizer.learning_rate = settings.learning_rate
        stage.model.stop_training = False
        stage.model.at_epoch(0.0)
    return (*stages[:-1], dataclasses.replace(stages[-1], epochs=settings.epochs))


def _make_room() -> None:
    """Lets go of models whose table is gone, and of the oldest while all together are large; the newest stays."""
    tables, numbers = list(_tables_kept.values()), 0
    for key, stages in [*reversed(_models_kept.items())]:
        variables = [own_variables(stage.model) + stage.model.optimizer.variables for stage in stages]
        numbers += sum(int(np.prod(variable.shape)) for some in variables for variable in some)
        fits = numbers <= NUMBERS_KEPT and any(key[-1] is table for table in tables)
        if not fits and key != next(reversed(_models_kept)):
            del _models_kept[key]


def own_variables(model: Autoencoder) -> list:
    """Weights, rates and the states of random generators: all that a new model starts with, its data excepted."""
    parts = [
        model.features, model.encoder, model.decoder, model.bottleneck, model.corruption, model.augmentation,
        *model.penalties.values(),
    ]  # fmt: skip
    found = {id(variable): variable for part in parts if part is not None for variable in part.variables}
    return list(found.values())


def _compiled(whole: Autoencoder, settings: Settings, table: ResidentTable, batch_size: int) -> tuple[Stage, ...]:
    stages = []
    for phase in (*whole.phases, Phase("fine-tuning" if whole.phases else "", whole, whole, settings.epochs)):
        model = phase.model
        model.attach(table)
        jit_compile, chunk, steps = stage_plan(model, settings, table.rows.shape[0], batch_size)
        optimizer = keras.optimizers.get(
            {"class_name": settings.optimizer, "config": {"learning_rate": settings.learning_rate}}
        )
        model.compile(optimizer=optimizer, jit_compile=jit_compile)
        optimizer.build(model.trainable_variables)
        stages.append(Stage(phase.name, model, phase.view, phase.epochs, chunk, steps))
    return tuple(stages)


def stage_plan(model: Autoencoder, settings: Settings, rows: int, batch_size: int) -> tuple[bool, int, int]:
    """Whether to compile a model with XLA, its steps per chunk and its steps per epoch of so many images."""
    jit_compile, wanted = execution_plan(_flat_layers(model), batch_size, settings.augmentation != "none")
    return jit_compile, *even_chunks(rows // batch_size, wanted)


def execution_plan(layers: list, batch_size: int, augmented: bool) -> tuple[bool, int]:
    """Whether to compile with XLA, and how many steps take about `CHUNK_SECONDS`.

    With TensorFlow on a CPU, XLA makes dense training about twice as fast, convolutions two to four times slower,
    and it has no kernel for the image transform of augmentation. JAX always compiles.

    Recurrent layers (28 steps of 64 units, images per second of processor time): LSTM 1250 without XLA, 2040 with it,
    GRU 1320 and 2260. Unrolled they are no faster (LSTM 2040 without XLA, 1260 with it, GRU 1570 and 1640), but
    compiling takes 6 to 12 seconds of processor time without XLA and 27 to 49 with it, instead of 3 to 8: so no loop is
    unrolled. On a GPU they have kernels of their own, with which XLA cannot deal.

    Attention (49 tokens of 48 numbers, batch 256, images a second on two cores, in turns): 928 with XLA and 938
    without, but compiling takes 14 seconds with it and 8 without, and the programs take some 200 MB more.

    Args:
        layers: All layers of the network.
        batch_size: Images per step.
        augmented: Whether images are moved at every step.
    """
    on_cpu = device_name().startswith("CPU")
    kinds = operations(layers)
    without = (
        any(isinstance(one, keras.layers.Conv2D) or is_product(one) for one in kinds)
        if on_cpu
        else any(map(is_recurrent, kinds))
    )
    jit_compile = keras.backend.backend() == "jax" or not (augmented or without)
    # Backwards takes twice as many multiply-adds as forwards.
    step_seconds = 3 * multiply_adds(layers) * batch_size / _speed(layers) + 1e-4
    return jit_compile, int(np.clip(CHUNK_SECONDS / step_seconds, 1, LONGEST_CHUNK))


SPEEDS: tuple[tuple[Callable[[Any], bool], float], ...] = (
    (is_recurrent, 5e9),
    (is_product, 1e10),
    (lambda layer: isinstance(layer, keras.layers.Conv2D), 2e10),
)  # of layers that make many small products, on a CPU


def _speed(layers: list) -> float:
    """Multiply-adds a second, measured roughly: many small products take longer than one large one."""
    if not device_name().startswith("CPU"):
        return 5e12
    found = operations(layers)
    return min([5e10, *(speed for kind, speed in SPEEDS if any(map(kind, found)))])


def even_chunks(steps: int, wanted: int) -> tuple[int, int]:
    """A chunk length near the wanted one into which an epoch divides with the fewest steps left over.

    Args:
        steps: Whole batches in an epoch, at least 1.
        wanted: Steps per chunk, at least 1.

    Returns:
        Steps per chunk, and steps per epoch: the largest multiple of it.
    """
    lengths = range(max(1, wanted // 2), min(steps, 2 * wanted) + 1) if wanted // 2 < steps else range(steps, steps + 1)
    chunk = min(lengths, key=lambda length: (steps % length, abs(length - wanted)))
    return chunk, steps - steps % chunk


def _flat_layers(model: Autoencoder) -> list:
    front = model.front.layers if model.front is not None else []
    return [*front, *model.features.layers, *model.decoder.layers]


def parameter_count(model: Autoencoder) -> int:
    """Trained numbers of encoder and decoder, with those that a bottleneck learns in its own way; tied ones once."""
    parts = (model.features, model.encoder, model.bottleneck, model.decoder)
    trained = [weight for part in parts if part is not None for weight in part.trainable_weights]
    trained += getattr(model.bottleneck, "learnt_weights", [])
    weights = {id(weight): weight.shape for weight in trained}
    return int(sum(np.prod(shape) for shape in weights.values()))


def device_name() -> str:
    """The device that trains, in words."""
    if keras.backend.backend() == "jax":
        import jax

        device = jax.devices()[0]
        return device.device_kind if device.platform != "cpu" else _cpu_name()
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(cards[0]).get("device_name", "GPU") if cards else _cpu_name()


def _cpu_name() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"


def _share_gpu_memory() -> None:
    """Lets TensorFlow take a GPU's memory as it needs it, not all at once."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        for card in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(card, True)


def _keep_own_sums() -> None:
    """Lets XLA make sums and products on a CPU itself, not hand them to the library YNN.

    TensorFlow 2.21 prefers that library. Its sum of all pixels' losses runs in one thread at 4 ns a number: 0.8 of the
    5.6 ms of a traced step of 784-128-32 mirrored, batch 256. Images a second on two cores with it and without:
    that network 35,500 and 60,000, 784-1000-500-250-30 5,900 and 6,340, sparse 36,000 and 46,600, contractive 37,600
    and 46,000, variational 17,500 and 20,500; recurrent and masked the same within 8 %.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    if tf.__version__.startswith("2.21."):  # a flag that XLA does not know ends the process
        os.environ["XLA_FLAGS"] = f"--xla_cpu_experimental_ynn_fusion_type= {os.environ.get('XLA_FLAGS', '')}".strip()


_share_gpu_memory()  # here, because it must come before the first operation
_keep_own_sums()  # and this before XLA compiles anything
