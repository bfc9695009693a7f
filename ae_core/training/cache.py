"""What a worker keeps between trainings: data on the device, PCA and compiled models."""

import collections
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import keras
import numpy as np

from ae_core import data, variants
from ae_core.measuring.pca import PrincipalComponents
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.layers.table import ResidentTable
from ae_core.models.phases import Phase
from ae_core.models.seeding import building
from ae_core.settings import Settings, options
from ae_core.training import execution
from ae_core.training.frame_plans import FRAMES
from ae_core.training.loop import Stage

MODELS_KEPT = 20  # every variant once, and some again: what was compiled stays in memory anyway, see `renewal`
NUMBERS_KEPT = 60_000_000  # weights, what optimisers note of them, and banks of normals, of all models: 240 MB
DATA_KEPT = 2
PROBE_POINTS = 2000  # held-out images in a snapshot, at most, and fewer where each costs much
FEWEST_PROBE_POINTS = 300
FRAME_SECONDS = 0.025  # that a frame takes to be measured, roughly
PROBE_SECONDS = 0.011  # that so many images may take from end to end of the network, measured roughly

Thing = TypeVar("Thing")


@dataclass
class PreparedTraining:
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
    stages: tuple[Stage[Autoencoder], ...]
    batch_size: int
    probe_points: int

    @property
    def model(self) -> Autoencoder:
        """The whole, with fresh weights."""
        return self.stages[-1].model


class _Kept(collections.OrderedDict[tuple[Any, ...], Thing]):
    """The last few things by key."""

    def __init__(self, limit: int):
        super().__init__()
        self.limit = limit

    def get_or_make(self, key: tuple[Any, ...], make: Callable[[], Thing]) -> Thing:
        """The thing kept under that key, else a new one, for which the oldest makes room."""
        if key not in self:
            while len(self) >= self.limit:
                self.popitem(last=False)
            self[key] = make()
        self.move_to_end(key)
        return self[key]


_Loaded = tuple[data.DataInfo, data.Prepared, PrincipalComponents]

_data_kept: _Kept[_Loaded] = _Kept(DATA_KEPT)
_models_kept: _Kept[tuple[Stage[Autoencoder], ...]] = _Kept(MODELS_KEPT)
_tables_kept: _Kept[ResidentTable] = _Kept(DATA_KEPT)  # by shape: models take turns with them


def _silent(text: str, share: float | None = None) -> None:
    """Takes what is said on the way, for whoever does not want to hear it."""


def prepare(settings: Settings, progress: Callable[..., None] = _silent) -> PreparedTraining:
    """Makes data, PCA and model ready, from what is kept where possible.

    A model of the same architecture that is kept begins anew: whoever still holds it sees it change.

    Args:
        settings: The experiment.
        progress: Called with a sentence and, where known, the share done.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data cannot be had.
    """
    execution.configure()
    catalogue = data.catalogue()
    key = (
        catalogue.get(settings.dataset),
        settings.dataset,
        settings.scaling,
        settings.label,
        settings.leave_out,
        settings.outliers,
        settings.train_size,
        settings.validation_share,
        settings.normal,
    )
    info, tables, pca = _data_kept.get_or_make(key, lambda: _load(settings, progress))
    settings.check(tables.spec)
    progress("Building the network")
    batch_size = min(settings.batch_size, len(tables.x_train))
    stages = _stages(settings, tables, batch_size)
    return PreparedTraining(info, tables, pca, stages, batch_size, probe_points(stages[-1].model))


def probe_points(model: Autoencoder) -> int:
    """Held-out images that a snapshot of this model looks at."""
    layers = _flat_layers(model)
    affordable = PROBE_SECONDS * execution.speed(layers) / max(execution.multiply_adds(layers), 1.0)
    return int(np.clip(affordable, FEWEST_PROBE_POINTS, PROBE_POINTS))


def _load(settings: Settings, progress: Callable[..., None]) -> _Loaded:
    progress(f"Loading the data set {settings.dataset}")
    dataset = data.load(settings.dataset, progress).chosen(settings)
    prepared = data.prepare(dataset, settings)
    progress("Computing PCA")
    pca = PrincipalComponents()
    pca.fit(prepared.x_train, prepared.scale, prepared.offset)
    return dataset.info, prepared, pca


def _stages(settings: Settings, prepared: data.Prepared, batch_size: int) -> tuple[Stage[Autoencoder], ...]:
    """A compiled model with this seed's weights, and those that are trained before it.

    Compiling is what a start waits for, so a model of the same architecture is used again: it gets a new one's
    variables, seeds included, and cannot be told from it.
    """
    free = {"seed", "epochs", "patience", "dataset", "normal"} | {
        name for name, option in options(settings).items() if option.live
    }
    same = tuple((name, str(value)) for name, value in settings.to_dict().items() if name not in free)
    with building(settings.seed):
        fresh = variants.get(settings.variant).build(settings, prepared.spec)
    if fresh.starts_at_mean:
        mean = prepared.filled(prepared.x_train).mean(axis=0, dtype=np.float64)
        fresh.start_at(mean * prepared.scale + prepared.offset)
    form = (prepared.x_train.shape, str(prepared.x_train.dtype), prepared.known(prepared.x_train) is not None)
    table = _tables_kept.get_or_make(form, lambda: ResidentTable(*form))
    table.fill(prepared.x_train, prepared.scale, prepared.offset, prepared.black)
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


def own_variables(model: Autoencoder) -> list[keras.Variable]:
    """Weights, rates and the states of random generators: all that a new model starts with, its data excepted."""
    found = {id(variable): variable for part in model.parts for variable in part.variables}
    return list(found.values())


def _compiled(
    whole: Autoencoder, settings: Settings, table: ResidentTable, batch_size: int
) -> tuple[Stage[Autoencoder], ...]:
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
    jit_compile, wanted = execution.plan(_flat_layers(model), batch_size, settings.augmentation != "none")
    return jit_compile, *execution.even_chunks(rows // batch_size, wanted)


def training_seconds(model: Autoencoder, settings: Settings, count: int) -> float:
    """About how long a training takes on this machine, without what comes before its first step.

    Args:
        model: A model that these settings build.
        settings: The experiment.
        count: Training examples of the data set.
    """
    rows = min(settings.train_size, count) * (1.0 - settings.validation_share)
    batch_size = max(1, min(settings.batch_size, int(rows)))
    parts = [*((phase.model, phase.epochs) for phase in model.phases), (model, settings.epochs)]
    steps = max(1.0, rows // batch_size)
    trained = sum(epochs * execution.step_seconds(_flat_layers(part), batch_size) for part, epochs in parts) * steps
    return trained + FRAME_SECONDS * min(FRAMES, steps * sum(epochs for _, epochs in parts))


def _flat_layers(model: Autoencoder) -> list[keras.layers.Layer]:
    front = model.front.layers if model.front is not None else []
    return [*front, *model.features.layers, *model.decoder.layers]


def parameter_count(model: Autoencoder) -> int:
    """Trained numbers of encoder and decoder, with those that a bottleneck learns in its own way; tied ones once."""
    parts = (model.features, model.encoder, model.bottleneck, model.decoder)
    trained = [weight for part in parts if part is not None for weight in part.trainable_weights]
    weights = {id(weight): weight.shape for weight in [*trained, *model.learnt_without_gradient]}
    return int(sum(np.prod(shape) for shape in weights.values()))
