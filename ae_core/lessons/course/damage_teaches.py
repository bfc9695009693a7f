"""Damage teaches: who has learnt from noisy pictures cleans them, who has not copies the noise."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.lessons.lesson import (
    Answer,
    Experiment,
    Lesson,
    Look,
    Network,
    Row,
    See,
    SettingValue,
    Values,
    Why,
    always,
)

NOISE = 0.5
SEEN = 10  # pictures that are shown
CLEANER: Mapping[str, SettingValue] = {
    "variant": "denoising",
    "dataset": "mnist_5k",
    "latent_dim": 64,
    "loss": "mse",
    "epochs": 25,
    "batch_size": 64,
    "learning_rate": 0.002,
}


def _noisy(clean: np.ndarray) -> np.ndarray:
    normals = np.random.default_rng(0).standard_normal(clean.shape, np.float32)
    return np.clip(clean + NOISE * normals, 0.0, 1.0)


def _cleaned(network: Network) -> np.ndarray:
    """Noisy digits, and what the network makes of them."""
    noisy = _noisy(network.test[:SEEN])
    return np.stack([noisy, network.reconstruct(noisy)])


def _of_noisy(network: Network) -> Values:
    """Errors against the clean test pictures where noisy ones are shown: the network's, PCA's, and their own."""
    clean = network.test
    noisy = _noisy(clean)
    pca = network.pca().reconstruct(noisy, network.settings.latent_dim)

    def error(pictures: np.ndarray) -> float:
        return float(np.mean(np.square(pictures - clean), dtype=np.float64))

    return {
        "cleaned": error(network.reconstruct(noisy)),
        "noisy": error(noisy),
        "pca_cleaned": error(pca),
        "clean": error(network.reconstruct(clean)),
    }


def _facts(runs: Sequence[Values]) -> Values:
    naive, taught = runs
    return {
        "naive": naive["cleaned"] / naive["noisy"],
        "taught": taught["cleaned"] / taught["noisy"],
        "gain": naive["cleaned"] / taught["cleaned"],
        "pca": taught["pca_cleaned"] / taught["cleaned"],
        "price": taught["clean"] / naive["clean"],
    }


LESSON = Lesson(
    number=6,
    title="Damage teaches",
    see=See("denoising", "grid", "Top row: what was asked for. Below: what the network saw, and what it made of it."),
    question="Two identical networks: one learns from clean pictures, the other is shown noisy ones and asked for the "
    "clean ones. Then both get noisy pictures that they have never seen. Which one cleans them?",
    experiments=(
        Experiment("Learnt from clean pictures", {**CLEANER, "noise_factor": 0.0}),
        Experiment("Learnt from noisy ones", {**CLEANER, "noise_factor": NOISE}),
    ),
    rows=(
        Row("cleaned", "Error, shown noisy pictures"),
        Row("noisy", "Error of the noisy pictures"),
        Row("pca_cleaned", "PCA, shown noisy pictures"),
        Row("clean", "Error, shown clean pictures"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "The one that learnt from noisy pictures",
            lambda facts: facts["gain"] > 1.3 and facts["taught"] < 0.5,
            "The network that learnt from noisy pictures leaves {taught:.2f} of their error, the other {naive:.2f}: "
            "{gain:.1f} times as much. PCA with as many numbers leaves {pca:.1f} times as much. The price: shown clean "
            "pictures, it has {price:.1f} times the other network's error.",
            claimed=True,
        ),
        Answer(
            "The one that learnt from clean pictures: it knows best how digits look",
            lambda facts: facts["gain"] < 0.77,
            "Otherwise than expected: the network that learnt from clean pictures leaves {naive:.2f} of the error, the "
            "other {taught:.2f}.",
        ),
        Answer(
            "Both: noise does not pass through a code of 64 numbers",
            always,
            "Otherwise than expected: there is little between them; {naive:.2f} of the error is left by the one, "
            "{taught:.2f} by the other.",
        ),
    ),
    look=Look("Above: noisy digits that neither network has seen. Below: what this one makes of them.", _cleaned),
    why=Why(
        "A network that has seen clean pictures only has no reason to treat anything as noise: what its code can "
        "carry, it carries. Shown damage and asked for the original, the network must learn which pictures are likely, "
        "and moves each input towards them. For small Gaussian noise the way it moves a picture is the direction in "
        "which pictures become more probable. Dropout looks similar, but it hides units inside the network, and the "
        "target stays the same: it makes a network more robust, but does not teach it what pictures look like.",
        r"\tilde{x} = x + s\,\varepsilon, \quad L = \frac{1}{d} \lVert x - r(\tilde{x}) \rVert^2, \qquad "
        r"r(\tilde{x}) - \tilde{x} \approx s^2\, \nabla \ln p(\tilde{x})",
        (
            ("x", "the clean picture"),
            (r"\tilde{x}", "the damaged one, which the network sees"),
            ("s", "strength of the noise, here 0.5"),
            (r"\varepsilon", "standard normal numbers, fresh at every step"),
            ("r", "the whole network: encoder and decoder"),
            (r"\nabla \ln p", "direction in which pictures become more probable"),
        ),
        """noisy = keras.layers.GaussianNoise(0.5)(pixels)   # in training only
code = keras.layers.Dense(64)(hidden(noisy))
output = decoder(code)
model.fit(x, x)        # noisy in, clean as the target""",
    ),
    measure=_of_noisy,
)
