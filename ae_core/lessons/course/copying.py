"""Copying is easy: a code as large as the picture learns the identity."""

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

SEEN = 10  # pictures that are shown
LINEAR: Mapping[str, SettingValue] = {
    "variant": "vanilla",
    "dataset": "mnist_5k",
    "code_activation": "linear",
    "loss": "mse",
    "output": "linear",
    "epochs": 12,
    "learning_rate": 0.002,
}


def _upside_down(network: Network) -> np.ndarray:
    """Digits that stand upside down, and what the network makes of them."""
    turned = network.test[:SEEN, ::-1]
    return np.stack([turned, network.reconstruct(turned)])


def _facts(runs: Sequence[Values]) -> Values:
    wide, narrow = runs
    return {
        "wide": wide["turned_mse"] / narrow["test_mse"],
        "narrow": narrow["turned_mse"] / narrow["test_mse"],
        "turned": narrow["turned_mse"] / wide["turned_mse"],
    }


LESSON = Lesson(
    number=1,
    title="Copying is easy",
    see=See("vanilla", "grid", "Originals above, reconstructions below. At first grey, soon digits."),
    question="Two networks learn upright digits. One has a code of 784 numbers, as many as the picture has pixels; the "
    "other has 16. Then both are shown digits that stand upside down. Which of them copies these well, too?",
    experiments=(
        Experiment("784 numbers", {**LINEAR, "latent_dim": 784}),
        Experiment("16 numbers", {**LINEAR, "latent_dim": 16}),
    ),
    rows=(
        Row("test_mse", "Error, upright"),
        Row("turned_mse", "Error, upside down"),
        Row("parameters", "Parameters", "count"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "The one with 784 numbers: it copies anything",
            lambda facts: facts["wide"] < 0.5,
            "With 784 numbers, digits upside down, which it has never seen, come out better than upright ones do with "
            "16 numbers, whose network was trained for them: at {wide:.2f} times their error. With 16 numbers the "
            "error upside down is {narrow:.1f} times the one upright. So the large code has learnt to "
            "copy, not what digits are, and its low error says nothing about that.",
            claimed=True,
        ),
        Answer(
            "The one with 16 numbers: it has understood digits",
            lambda facts: facts["turned"] < 1,
            "Otherwise than expected: upside down, the small code's error is only {turned:.2f} times the large one's.",
        ),
        Answer(
            "Neither: they have seen upright ones only",
            always,
            "Otherwise than expected: the large code's error upside down is {wide:.2f} times what the small one's is "
            "upright; it has not learnt to copy everything yet.",
        ),
    ),
    look=Look(
        "Above: digits upside down, which neither network has ever seen. Below: what this one makes of them.",
        _upside_down,
    ),
    why=Why(
        "With as many numbers as pixels, decoder and encoder can undo each other: the product of their matrices is the "
        "identity, the loss goes to zero, and nothing is learnt about digits. Three things prevent it: a smaller code, "
        "a penalty on the code, and noise on the input. Each of them is a lesson of its own.",
        r"\hat{x} = W' W x, \qquad W' W = I \;\Rightarrow\; L = \frac{1}{d} \lVert x - \hat{x} \rVert^2 = 0",
        (
            ("x", "the picture, as d numbers"),
            (r"\hat{x}", "the reconstruction"),
            ("W", "the encoder's matrix: one row for each number of the code"),
            ("W'", "the decoder's matrix: one column for each number of the code"),
            ("I", "the identity: every picture stays as it is"),
        ),
        """code = keras.layers.Dense(784)(pixels)  # as many as pixels
output = keras.layers.Dense(784)(code)
model.compile(loss="mse")
model.fit(x, x)  # the picture is its own target""",
    ),
)
