"""The last part of a script: what is trained, on which batches, with which loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from ae_core.models.autoencoder import Autoencoder
from ae_core.script import style
from ae_core.script.network import Networks
from ae_core.script.sections import Rows
from ae_core.settings import Settings
from ae_core.training.cache import stage_plan

LOSSES = {"cross_entropy": ("binary_crossentropy", "BinaryCrossentropy"), "mse": ("mse", "MeanSquaredError")}
RELATIVE = [  # as `PIXEL_LOSSES["relative"]`
    "def relative_error(target, output):",
    '    """Squared error as a share of the mean square of the target: a hidden layer may have any scale."""',
    "    return ops.square(output - target) / ops.maximum(ops.mean(ops.square(target)), 1e-6)",
    "",
    "",
]


@dataclass(frozen=True)
class Stage:
    """What is trained for some epochs.

    Args:
        model: From the variant's `build`.
        epochs: How long.
        chunk: Steps between two changes of the learning rate and of what changes with time.
        steps: Steps in an epoch.
    """

    model: Autoencoder
    epochs: int
    chunk: int
    steps: int


class Loop:
    """Writes the training of a model and of what is trained before it.

    Args:
        whole: From the variant's `build`.
        settings: The experiment.
        rows: How many examples there are.
    """

    def __init__(self, whole: Autoencoder, settings: Settings, rows: Rows):
        self.whole, self.settings, self.rows = whole, settings, rows
        found = [*((phase.model, phase.epochs) for phase in whole.phases), (whole, settings.epochs)]
        self.stages = [
            Stage(model, epochs, *stage_plan(model, settings, rows.train, rows.batch_size)[1:])
            for model, epochs in found
        ]
        self.several = len(self.stages) > 1
        self.cosine = settings.schedule == "cosine"
        self.hooked = [name for name, layer in whole.penalties.items() if hasattr(layer, "at_epoch")]
        self.classed = whole.bottleneck is not None or bool(whole.penalties)
        self.damages = whole.corruption is not None
        self.weighted = _weighs_pixels(whole)
        self.one_length = len({(stage.chunk, stage.steps) for stage in self.stages}) == 1
        self.by_chunk = (self.cosine or bool(self.hooked)) and any(stage.chunk < stage.steps for stage in self.stages)
        if self.several and (self.classed or self.weighted):
            raise ValueError("A model that is trained in phases must have no bottleneck, penalties or weighted pixels.")

    @property
    def methods(self) -> set[str]:
        """Methods of this package's layers that the loop calls."""
        found = {"apply"} if self.damages else set()
        found |= {"normals", "steady"} if self.damages and self.several else set()
        found |= {"pixel_weights"} if self.weighted else set()
        return found | ({"at_epoch"} if self.hooked else set())

    def constants(self) -> list[str]:
        """The numbers at the top of a script."""
        settings, stage = self.settings, self.stages[-1]
        words = {
            "SEED": settings.seed,
            "EPOCHS": settings.epochs,
            "BATCH": self.rows.batch_size,
            "LEARNING_RATE": settings.learning_rate,
        }
        lines = [f"{', '.join(words)} = {', '.join(style.value(one) for one in words.values())}"]
        if self.one_length:
            left = self.rows.train - stage.steps * self.rows.batch_size
            rest = f"; {left} examples, each time other ones, are left over" if left else ""
            lines.append(f"STEPS = {stage.steps}  # whole batches in an epoch{rest}")
            if self.by_chunk:
                changes = [*(["learning rate"] if self.cosine else []), *(f"{name} term" for name in self.hooked)]
                lines.append(f"CHUNK = {stage.chunk}  # steps between two changes of the {' and the '.join(changes)}")
        return lines

    def class_lines(self, networks: Networks) -> list[str]:
        """The class of the model, where it is more than its networks one after the other."""
        whole = self.whole
        if not self.classed:
            return []
        lines = [
            "class Autoencoder(keras.Model):",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.encoder, self.decoder = encoder, decoder",
        ]
        middle = [] if whole.bottleneck is None else [(whole.bottleneck.name, whole.bottleneck)]
        for name, layer in [*middle, *whole.penalties.items()]:
            lines.append(f"        self.{name} = {networks.names.get(id(layer)) or networks.maker(layer)}")
        code = "features" if middle else "code"
        lines += ["", "    def call(self, images, training=False):", f"        {code} = self.encoder(images)"]
        lines += [f"        self.add_loss(self.{name}({code}, inputs=images))" for name in whole.penalties]
        seen = f"self.{middle[0][0]}(features)" if middle else code
        return [*lines, f"        return self.decoder({seen})"]

    def lines(self, networks: Networks) -> list[str]:
        """What is trained, and the loop over its epochs."""
        before = self._noise(networks)
        if self.damages and not self.several:
            before.append("damaged_val = corruption.apply(x_val, noise)")
        if self.weighted:
            before.append(f"weights_val = {_weights('x_val', 'damaged_val')}  # of hidden and of visible pixels")
        if self.whole.augmentation is not None and not self.several:
            before.append(f"augmentation = {networks.maker(self.whole.augmentation)}")
        if not self.several:
            made = "Autoencoder()" if self.classed else "keras.Sequential([encoder, decoder])"
            before += [f"autoencoder = {made}", *self._compiled(_loss(self.whole, self.weighted))]
            return [*before, HISTORY, "for epoch in range(EPOCHS):", *_deeper(self._epoch())]
        relative = RELATIVE if any(stage.model.loss_name == "relative" for stage in self.stages) else []
        lines = [*relative, *before, *self._stages(networks), HISTORY, f"for {', '.join(self._columns())} in stages:"]
        inner = self._compiled("loss_name")
        if self.whole.augmentation is not None:
            inner.append(f"augmentation = {networks.maker(self.whole.augmentation)}")
        inner.append("target_val = front(x_val)")
        if self.damages:
            normals = "noise if corruption is first_damage else corruption.normals.steady(target_val)"
            inner.append(f"damaged_val = corruption.apply(target_val, {normals})")
        return [*lines, *_deeper([*inner, "for epoch in range(epochs):", *_deeper(self._epoch())])]

    def _noise(self, networks: Networks) -> list[str]:
        if not self.damages:
            return []
        rows, shape = self.rows, ", ".join(str(length) for length in self.whole.features.input_shape[1:])
        name = "first_damage" if self.several else "corruption"
        networks.names[id(self.whole.corruption)] = name
        return [
            f"{name} = {self._made_first(networks)}",
            f'noise = np.random.default_rng(0).standard_normal(({rows.test + rows.validation}, {shape}), "float32")'
            f"[{rows.test}:]  # the same at every validation",
        ]

    def _made_first(self, networks: Networks) -> str:
        return networks.maker(self.whole.corruption)

    def _columns(self) -> list[str]:
        more = [] if self.one_length else ["chunk", "steps"] if self.by_chunk else ["steps"]
        return ["front", "autoencoder", *(["corruption"] if self.damages else []), "loss_name", "epochs", *more]

    def _stages(self, networks: Networks) -> list[str]:
        lines = [f"stages = [  # {', '.join(self._columns())}"]
        for stage in self.stages:
            model = stage.model
            front = networks.chain([model.front]) if model.front is not None else "layers.Identity()"
            whole = model is self.whole
            network = (
                "keras.Sequential([encoder, decoder])" if whole else networks.chain([model.features, model.decoder])
            )
            damage = [networks.names.get(id(one)) or networks.maker(one) for one in [model.corruption] * self.damages]
            more = [] if self.one_length else [stage.chunk, stage.steps] if self.by_chunk else [stage.steps]
            words = [
                front,
                network,
                *damage,
                _loss(model, self.weighted),
                "EPOCHS" if whole else str(stage.epochs),
                *map(str, more),
            ]
            lines.append(f"    ({', '.join(words)}),")
        return [*lines, "]"]

    def _compiled(self, loss: str) -> list[str]:
        kind = type(keras.optimizers.get(self.settings.optimizer)).__name__
        return [f"autoencoder.compile(keras.optimizers.{kind}(LEARNING_RATE), loss={loss})"]

    def _epoch(self) -> list[str]:
        steps = "STEPS" if self.one_length else "steps"
        seed = '(SEED, len(history["loss"]))' if self.several else "(SEED, epoch)"
        target = "target_val" if self.several else "x_val"
        changes = self._changes("epoch")
        lines = [
            f"order = np.random.default_rng({seed}).permutation(len(x_train))[: {steps} * BATCH]",
            *([] if self.by_chunk else changes),
            "losses = []",
        ]
        if self.by_chunk:
            chunk = "CHUNK" if self.one_length else "chunk"
            lines += [
                f"for step, rows in enumerate(order.reshape({steps}, BATCH)):",
                f"    if step % {chunk} == 0:",
                *_deeper(self._changes(f"epoch + step / {steps}"), 8),
            ]
        else:
            lines.append(f"for rows in order.reshape({steps}, BATCH):")
        lines += _deeper(self._step())
        words = ["damaged_val" if self.damages else target, target]
        words += ["batch_size=len(x_val)", "verbose=0", *(["sample_weight=weights_val"] if self.weighted else [])]
        number = "len(history['loss'])" if self.several else "epoch + 1"
        return [
            *lines,
            'history["loss"].append(float(np.mean(losses)))',
            f'history["val_loss"].append(autoencoder.evaluate({", ".join(words)}))',
            f'print("epoch", {number}, {{name: round(values[-1], 5) for name, values in history.items()}})',
        ]

    def _changes(self, done: str) -> list[str]:
        epochs = "epochs" if self.several else "EPOCHS"
        share = f"({done})" if "+" in done else done
        rate = f"LEARNING_RATE * (1 + np.cos(np.pi * {share} / {epochs})) / 2"
        lines = [f"autoencoder.{name}.at_epoch({done})" for name in self.hooked]
        return lines + ([f"autoencoder.optimizer.learning_rate = {rate}"] if self.cosine else [])

    def _step(self) -> list[str]:
        images = "x_train[rows]"
        if self.whole.augmentation is not None:
            images = f"augmentation({images})"
            if self.settings.scaling == "standardize":
                images = f"({images} - mean) * scale"
        if self.several:
            images = f"front({images})"
        if not self.damages:
            return [f"images = {images}", "losses.append(autoencoder.train_on_batch(images, images))"]
        if not self.weighted:
            return [f"images = {images}", "losses.append(autoencoder.train_on_batch(corruption(images), images))"]
        return [
            f"images = {images}",
            "damaged = corruption(images)",
            f"weights = {_weights('images', 'damaged')}",
            "losses.append(autoencoder.train_on_batch(damaged, images, weights))",
        ]


HISTORY = 'history = {"loss": [], "val_loss": []}'


def _deeper(lines: Sequence[str], by: int = 4) -> list[str]:
    return [" " * by + line if line else line for line in lines]


def _weights(target: str, damaged: str) -> str:
    return f"ops.mean(corruption.pixel_weights({target}, {damaged}), axis=-1)"


def _weighs_pixels(model: Autoencoder) -> bool:
    """Whether some pixels count more than others in the loss."""
    corruption: Any = model.corruption
    if not hasattr(corruption, "pixel_weights"):
        return False
    images = np.zeros((2, *model.features.input_shape[1:]), np.float32)
    damaged = corruption.apply(images, np.random.default_rng(0).standard_normal(images.shape, np.float32))
    return len(np.unique(np.asarray(corruption.pixel_weights(images, damaged)))) > 1


def _loss(model: Autoencoder, weighted: bool) -> str:
    if model.loss_name == "relative":
        return "relative_error"
    plain, kind = LOSSES[model.loss_name]
    return f'keras.losses.{kind}(reduction="mean_with_sample_weight")' if weighted else f'"{plain}"'
