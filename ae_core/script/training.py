"""The last parts of a script: what is trained, on which batches, with which loss."""

import textwrap
from dataclasses import dataclass

import keras

from ae_core.errors import DataError
from ae_core.models.autoencoder import LEAST_START, Autoencoder
from ae_core.models.contracts import ChangesWithTime, HidesPixels
from ae_core.script.constructors import Constructors, literal, spread
from ae_core.script.examples import Rows
from ae_core.script.networks import chain
from ae_core.settings import Settings
from ae_core.training.cache import stage_plan

LOSSES = {"cross_entropy": '"binary_crossentropy"', "mse": '"mse"', "relative": "relative_error"}
WEIGHTED_LOSSES = {"cross_entropy": "BinaryCrossentropy", "mse": "MeanSquaredError"}


@dataclass(frozen=True)
class Stage:
    """What is trained for some epochs.

    Args:
        name: A few words for a person; empty for the whole.
        model: From the variant's `build`.
        epochs: How long.
        before: Epochs of the stages before.
        chunk: Steps between two changes of what changes with time.
        steps: Steps in an epoch.
    """

    name: str
    model: Autoencoder
    epochs: int
    before: int
    chunk: int
    steps: int

    @property
    def timed(self) -> list[str]:
        """Names of the loss terms that change with time."""
        return [name for name, layer in self.model.penalties.items() if isinstance(layer, ChangesWithTime)]


def stages_of(whole: Autoencoder, settings: Settings, rows: Rows) -> list[Stage]:
    """What is trained one after the other; the whole comes last.

    Raises:
        ValueError: If the whole has what only a model of one stage may have.
    """
    if whole.phases and has_class(whole):
        raise ValueError("A model that is trained in phases must have neither bottleneck nor penalties.")
    stages: list[Stage] = []
    for name, model, epochs in [*((one.name, one.model, one.epochs) for one in whole.phases), ("", whole, 0)]:
        _jit_compile, chunk, steps = stage_plan(model, settings, rows.train, rows.batch_size)
        before = sum(stage.epochs for stage in stages)
        stages.append(Stage(name, model, epochs or settings.epochs, before, chunk, steps))
    return stages


def constants(stage: Stage, settings: Settings, rows: Rows) -> str:
    """The numbers at the top of a script, from what is trained last."""
    left = rows.train - stage.steps * rows.batch_size
    rest = f"; {left} examples, each time other ones, are left over" if left else ""
    return f"""\
SEED = {settings.seed}
EPOCHS = {settings.epochs}
BATCH = {rows.batch_size}
LEARNING_RATE = {settings.learning_rate}
STEPS = {stage.steps}  # whole batches in an epoch{rest}"""


def start(whole: Autoencoder, gaps: bool) -> str:
    """What the decoder begins with, see `Autoencoder.start_at`; nothing where that is chance alone."""
    if not whole.starts_at_mean:
        return ""
    layers = whole.decoder.layers
    bias = f"decoder.layers[{layers.index(whole.decoder.get_layer('pixels')) - len(layers)}].bias"
    if layers[-1].activation is not keras.activations.sigmoid:
        mean = "np.broadcast_to(fill, x_train.shape[1:])" if gaps else "x_train.mean(axis=0)"
        return f"{bias}.assign({mean}.ravel())  # the mean example"
    return f"""\
mean_image = np.clip(x_train.mean(axis=0).ravel(), {LEAST_START}, {1 - LEAST_START})
{bias}.assign(np.log(mean_image / (1 - mean_image)))  # so that training starts there, not at grey"""


def has_class(whole: Autoencoder) -> bool:
    """Whether the model is more than its networks one after the other."""
    return whole.bottleneck is not None or bool(whole.penalties)


def model_class(whole: Autoencoder, constructors: Constructors) -> str:
    """The class of a model that is more than its networks; nothing for others."""
    if not has_class(whole):
        return ""
    middle = {} if whole.bottleneck is None else {whole.bottleneck.name: whole.bottleneck}
    code = "features" if middle else "code"
    makers = [f"self.{name} = {constructors.written(layer)}" for name, layer in (middle | whole.penalties).items()]
    losses = [f"self.add_loss(self.{name}({code}, inputs=images))" for name in whole.penalties]
    return MODEL.format(
        code=code,
        seen=f"self.{whole.bottleneck.name}(features)" if middle else code,
        makers=textwrap.indent("\n".join(makers), " " * 8),
        losses=textwrap.indent("\n".join(losses), " " * 8),
    )


def training(stage: Stage, settings: Settings, rows: Rows, constructors: Constructors) -> str:
    """What is trained in a stage, and the loop over its epochs.

    Args:
        stage: From `stages_of`.
        settings: The experiment.
        rows: How many examples there are.
        constructors: Has written the encoder and the decoder.
    """
    model, whole = stage.model, not stage.name
    if rows.gaps and (model.corruption is not None or model.front is not None or model.loss_name != "mse"):
        raise DataError(
            "A script for data of which some values are unknown can be written for plain training by mean squared "
            "error. Received: damaged inputs, layers trained alone, or another loss."
        )
    lines, images, target = [], "x_train[rows]", "x_val"
    if model.augmentation is not None:
        lines.append(f"augmentation = {constructors.written(model.augmentation)}")
        images = f"augmentation({images})"
        if settings.scaling == "standardize":
            images = f"({images} - mean) * scale"
    if model.front is not None:
        lines += [f"front = {chain([model.front], constructors)}", "inner_val = front(x_val)"]
        images, target = f"front({images})", "inner_val"
    seen, loss, weights, step = target, LOSSES[model.loss_name], "", STEP.format("images")
    if rows.gaps:
        seen, loss, step = FILLED.format("x_val"), "known_error", STEP.format(FILLED.format("images"))
    if model.corruption is not None:
        lines += _damage(stage, rows, constructors)
        seen, step = "damaged_val", STEP.format(f"{constructors.written(model.corruption)}(images)")
        if isinstance(model.corruption, HidesPixels):
            lines.append(f"weights_val = {WEIGHTS.format(target, seen)}  # of hidden and of visible pixels")
            loss = f'keras.losses.{WEIGHTED_LOSSES[model.loss_name]}(reduction="mean_with_sample_weight")'
            weights, step = ", sample_weight=weights_val", WEIGHTED_STEP
    network = WHOLE if whole else chain([model.features, model.decoder], constructors)
    lines.append(f"autoencoder = {'Autoencoder()' if has_class(model) else network}")
    optimizer = f"keras.optimizers.{type(keras.optimizers.get(settings.optimizer)).__name__}(LEARNING_RATE)"
    lines.append(spread("autoencoder.compile(", [optimizer, f"loss={loss}"], ")"))
    if not stage.before:
        lines.append('history = {"loss": [], "val_loss": []}')
    patient = whole and settings.patience > 0
    if patient:
        lines.append("best_loss, best_weights, waited = np.inf, autoencoder.get_weights(), 0")
    steps, epochs = ("STEPS", "EPOCHS") if whole else (str(stage.steps), str(stage.epochs))
    changes, batches = _changes(stage, settings, steps, epochs), f"order.reshape({steps}, BATCH)"
    loop = LOOP.format(
        epochs=epochs,
        so_far=f"{stage.before} + epoch" if stage.before else "epoch",
        steps=steps,
        batch=f"step, rows in enumerate({batches})" if changes else f"rows in {batches}",
        changes=textwrap.indent(changes, " " * 8),
        images=images,
        train=textwrap.indent(step, " " * 8),
        seen=seen,
        target=target,
        weights=weights,
    )
    ending = _ending(model.settled_after, settings.patience) if patient else ""
    return "\n".join([*lines, *filter(None, f"{loop}{ending}".split("\n"))])


def _damage(stage: Stage, rows: Rows, constructors: Constructors) -> list[str]:
    """What damages the images; the first stage and the whole share it, and its noise for validation."""
    model, names = stage.model, constructors.names
    inner, shape = model.front is not None, model.features.input_shape[1:]
    lines = []
    if id(model.corruption) not in names:
        name = f"corruption_{stage.before}" if inner else "corruption"
        lines.append(f"{name} = {constructors.made(model.corruption)}")
        names[id(model.corruption)] = name
        if not inner:
            lines.append(NOISE.format(literal((rows.test + rows.validation, *shape)), rows.test))
    name = names[id(model.corruption)]
    noise = f"inner_val, {name}.normals.steady(inner_val)" if inner else "x_val, noise"
    return [*lines, f"damaged_val = {name}.apply({noise})"]


def _changes(stage: Stage, settings: Settings, steps: str, epochs: str) -> str:
    """What changes in the course of a stage, a chunk of steps at a time."""
    lines = [f"autoencoder.{name}.at_epoch(epoch + step / {steps})" for name in stage.timed]
    if settings.schedule == "cosine":
        lines.append(f"share = (epoch + step / {steps}) / {epochs}")
        lines.append("autoencoder.optimizer.learning_rate = LEARNING_RATE * (1 + np.cos(np.pi * share)) / 2")
    if not lines:
        return ""
    return f"if step % {stage.chunk} == 0:  # not at every step\n" + textwrap.indent("\n".join(lines), "    ")


def _ending(settled_after: float, patience: int) -> str:
    """What ends the loop early, once losses can be compared, and puts the best weights back."""
    better, otherwise = "val_loss < best_loss", "else"
    if settled_after:
        better = f"epoch >= {settled_after} and {better}"
        otherwise = f"elif epoch >= {settled_after}"
    return EARLY_STOPPING.format(better=better, otherwise=otherwise, patience=patience)


WHOLE = "keras.Sequential([encoder, decoder])"
WEIGHTS = "ops.mean(corruption.pixel_weights({}, {}), axis=-1)"
STEP = "losses.append(autoencoder.train_on_batch({}, images))"
WEIGHTED_STEP = f"""\
damaged = corruption(images)
weights = {WEIGHTS.format("images", "damaged")}
losses.append(autoencoder.train_on_batch(damaged, images, weights))"""

FILLED = "np.where(np.isnan({0}), fill, {0})"
KNOWN = '''\
def known_error(target, output):
    """Mean squared error over what is known of a batch."""
    known = ops.logical_not(ops.isnan(target))
    errors = ops.square(ops.where(known, target, output) - output)
    return ops.sum(errors) / ops.maximum(ops.sum(ops.cast(known, "float32")), 1)'''

NOISE = """\
# The same at every validation; the numbers before are for test images.
noise = np.random.default_rng(0).standard_normal({}, "float32")[{}:]"""

RELATIVE = '''\
def relative_error(target, output):
    """Squared error as a share of the mean square of the target: a hidden layer may have any scale."""
    return ops.square(output - target) / ops.maximum(ops.mean(ops.square(target)), 1e-6)'''

MODEL = '''\
class Autoencoder(keras.Model):
    """The networks, and what the loss has beside the reconstruction error."""

    def __init__(self):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
{makers}

    def call(self, images, training=False):
        {code} = self.encoder(images)
{losses}
        return self.decoder({seen})'''

EARLY_STOPPING = """\
    if {better}:
        best_loss, best_weights, waited = val_loss, autoencoder.get_weights(), 0
    {otherwise}:
        waited += 1
    if waited == {patience}:
        break
autoencoder.set_weights(best_weights)
"""

LOOP = """\
for epoch in range({epochs}):
    order = np.random.default_rng((SEED, {so_far})).permutation(len(x_train))[: {steps} * BATCH]
    losses = []
    for {batch}:
{changes}
        images = {images}
{train}
    history["loss"].append(float(np.mean(losses)))
    val_loss = autoencoder.evaluate({seen}, {target}, batch_size=len(x_val){weights}, verbose=0)
    history["val_loss"].append(val_loss)
    print("epoch", len(history["loss"]), {{name: round(values[-1], 5) for name, values in history.items()}})
"""
