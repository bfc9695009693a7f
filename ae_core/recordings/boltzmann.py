"""A restricted Boltzmann machine beside an autoencoder of the same two layers: what a page of theory shows of them.

Contrastive divergence takes half a minute, too long for somebody who reads; so both are trained once, by a command.
Reading the file loads no Keras.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from ae_core.folders import ROOT
from ae_core.formats import png_sheets
from ae_core.messages import TrainingMessage
from ae_core.recordings import recording
from ae_core.variants import read_settings

if TYPE_CHECKING:
    from sklearn.neural_network import BernoulliRBM

FILE = ROOT / "assets" / "recorded_theory" / f"boltzmann{recording.SUFFIX}"
SEED = 0
HIDDEN, EPOCHS, BATCH = 500, 30, 20  # of both
RATE = 0.05  # of contrastive divergence
SEEN = 12  # pictures in a row
GIBBS_STEPS = 100  # after the training, whose chains go on
GAP, SHADES = 1, 24  # of the sheet
SETTINGS = {
    "variant": "vanilla",
    "dataset": "mnist_5k",
    "latent_dim": HIDDEN,
    "code_activation": "sigmoid",
    "output": "sigmoid",
    "loss": "cross_entropy",
    "epochs": EPOCHS,
    "batch_size": BATCH,
    "learning_rate": 0.001,
    "seed": SEED,
}


class Rivals(Struct, kw_only=True):
    """What a file holds.

    Args:
        errors: Mean squared error per pixel on all test pictures, of `autoencoder` and `boltzmann`.
        picture: A sheet of four rows, a PNG file: test pictures, what the autoencoder and what the machine makes of
            them, and what the machine draws by itself.
    """

    errors: dict[str, float]
    picture: bytes


def load(path: Path = FILE) -> Rivals:
    """Reads the file. Raises as `recording.load` does."""
    return recording.read(path, Rivals)


def machine(examples: np.ndarray, hidden: int, epochs: int, batch: int) -> "BernoulliRBM":
    """A machine trained by persistent contrastive divergence, scikit-learn's.

    Args:
        examples: Values from 0 to 1, each the probability of a one, float32 ndarray of shape `(n_examples, n_pixels)`.
        hidden: Hidden units, at least 1.
        epochs: How often it sees each example, at least 1.
        batch: Examples in a mini-batch, at least 1.

    References:
        Tieleman, Training restricted Boltzmann machines using approximations to the likelihood gradient, ICML 2008.
    """
    from sklearn.neural_network import BernoulliRBM

    made = BernoulliRBM(hidden, learning_rate=RATE, batch_size=batch, n_iter=epochs, random_state=SEED)
    return made.fit(examples)


def reconstruction(made: "BernoulliRBM", examples: np.ndarray) -> np.ndarray:
    """Means of the visible units, where the hidden ones are at their means: `σ(a + W' σ(b + W v))`.

    Args:
        made: A trained machine.
        examples: As for `machine`.

    Returns:
        Values from 0 to 1, of the shape of the examples.
    """
    return _visible(made, made.transform(examples))


def drawn(made: "BernoulliRBM", count: int, steps: int) -> np.ndarray:
    """What a machine draws by itself: means of the visible units, as the chains that trained it go on (Gibbs sampling).

    Args:
        made: A trained machine.
        count: Pictures, from 1 to its mini-batch, which has a chain for each example.
        steps: Steps, at least 1.

    Returns:
        Values from 0 to 1, ndarray of shape `(count, n_pixels)`.
    """
    random = np.random.default_rng(SEED)
    hidden = made.h_samples_[:count]
    for _ in range(steps):
        means = _visible(made, hidden)
        visible = random.random(means.shape) < means
        chances = made.transform(visible.astype(np.float32))
        hidden = random.random(chances.shape) < chances
    return means


def _visible(made: "BernoulliRBM", hidden: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-(hidden @ made.components_ + made.intercept_visible_)))


def record(path: Path = FILE, emit: Callable[[TrainingMessage], None] | None = None) -> Path:
    """Trains both and writes the file. Needs Keras.

    Args:
        path: The file.
        emit: Called with each message of the autoencoder's training. Default: nobody hears them.

    Returns:
        The file.
    """
    from ae_core.lessons.trained import Trained
    from ae_core.training.session import TrainingSession

    path.parent.mkdir(parents=True, exist_ok=True)  # before the training, which would be lost
    session = TrainingSession(read_settings(SETTINGS), emit=emit)
    session.train()
    network = Trained(session.model.standalone(), session.data, session.settings)
    train, test = (table.reshape(len(table), -1) for table in (network.data.fed(network.data.x_train), network.test))
    made = machine(train, HIDDEN, EPOCHS, BATCH)
    outcomes = {
        "autoencoder": network.reconstruct(network.test).reshape(test.shape),
        "boltzmann": reconstruction(made, test),
    }
    rows = [test, *outcomes.values(), drawn(made, SEEN, GIBBS_STEPS)]
    tiles = np.stack([row[:SEEN] for row in rows]).reshape(-1, *network.test.shape[1:])
    picture = png_sheets.sheet((tiles * 255).round().astype(np.uint8), SEEN, GAP, SHADES)
    errors = {name: float(((made_of - test) ** 2).mean()) for name, made_of in outcomes.items()}
    recording.write(path, Rivals(errors=errors, picture=picture))
    return path
