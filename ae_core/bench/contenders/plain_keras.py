"""A contender: plain Keras, the network and the loss of the script that `script_for` writes.

Trained with `keras.fit(x, x)`, which is faster than the script's own loop over `train_on_batch`, wherever that is the
same training: damage to the input is then the model's first layer. Else the script's loop is run as it is, without its
validation. Nothing is set in this process that makes TensorFlow faster: whoever has the script does not know of it.
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from ae_core import data, variants
from ae_core.bench.contenders.serving import Given, Round, Said, serve
from ae_core.script import script_for

os.environ.pop("TF_ENABLE_ONEDNN_OPTS", None)  # which this package has set, and TensorFlow reads when it is imported

import keras

TRAINING = "\n# %% Training\n"
LOOP = "\nhistory = {"

Names = dict[str, Any]
"""What a script has defined, by name."""


def begin(given: Given) -> tuple[Said, Round]:
    """Builds the network and trains one epoch.

    Args:
        given: `settings`, plain; `seconds` that a round shall last at least.

    Returns:
        Seconds for the data, and for the first epoch, tracing included; and a round.
    """
    settings = variants.read_settings(given["settings"])
    with ProcessPoolExecutor(1, get_context("spawn")) as other:  # to write it, the network is built as we build it
        script = other.submit(script_for, settings.to_dict()).result()["python"]
    head, loop = parts(script)
    _offer(settings.dataset)
    space: Names = {"__name__": "script"}
    begun = time.perf_counter()
    exec(head, space)  # noqa: S102 - our own script
    loaded = time.perf_counter()
    train = _fit(space) if fits(space) else _loop(space, loop)
    train(1)
    compiled = time.perf_counter()
    epochs = max(1, round(given["seconds"] / (train(1)[1])))

    def one_round() -> Said:
        images, seconds = train(epochs)
        return {"images": images, "seconds": seconds}

    return {"data": loaded - begun, "compilation": compiled - loaded}, one_round


def parts(script: str) -> tuple[str, str]:
    """A script up to its training loop, and the loop."""
    before, training = script.split(TRAINING)
    setting_up, loop = training.split(LOOP)
    return before + "\n" + setting_up, "history = {" + loop


def fits(space: Names) -> bool:
    """Whether `keras.fit` can do what the loop does: all pixels count alike, and nothing else happens in a step."""
    return not {"weights_val", "augmentation"} & set(space)


def _fit(space: Names) -> Any:
    model, x_train = space["autoencoder"], space["x_train"]
    if "corruption" in space:
        rate = float(np.asarray(model.optimizer.learning_rate))
        whole = keras.Sequential([keras.Input(x_train.shape[1:]), space["corruption"], model])
        whole.compile(type(model.optimizer)(rate), loss=model.loss)
        model = whole

    def train(epochs: int) -> tuple[int, float]:
        watch = _Watch()
        model.fit(x_train, x_train, batch_size=space["BATCH"], epochs=epochs, verbose=0, callbacks=[watch])
        return epochs * len(x_train), watch.seconds

    return train


class _Watch(keras.callbacks.Callback):
    """Times epochs alone: not what `fit` does before the first one."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds += time.perf_counter() - self.begun


def _loop(space: Names, loop: str) -> Any:
    space["autoencoder"].evaluate = lambda *given, **more: 0.0
    code = compile(loop, "script", "exec")

    def train(epochs: int) -> tuple[int, float]:
        space["EPOCHS"] = epochs
        begun = time.perf_counter()
        exec(code, space)  # noqa: S102 - our own script
        return epochs * space["STEPS"] * space["BATCH"], time.perf_counter() - begun

    return train


def _offer(name: str) -> None:
    """Lets `keras.datasets` give what lies on this machine, instead of downloading it."""
    module: Any = getattr(keras.datasets, name, None)
    if module is not None:
        found = data.load(name)
        train, test = (found.x_train[..., 0], found.y_train), (found.x_test[..., 0], found.y_test)
        module.load_data = lambda: (train, test)


if __name__ == "__main__":
    serve(begin)
