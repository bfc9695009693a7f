"""Patches as tokens: what is hidden follows from what is seen."""

from collections.abc import Sequence

import numpy as np

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Look, Network, Row, See, Values, Why, always

SIDE, HIDDEN_SHARE = 7, 0.5  # of a patch in pixels, and of the patches
SHOWN, SEEN = 300, 10  # test pictures that are measured, and that are shown


def _hidden(pictures: np.ndarray) -> np.ndarray:
    """Which pixels are hidden, bool of shape `(n_pictures, height, width, 1)`."""
    height, width = pictures.shape[1] // SIDE, pictures.shape[2] // SIDE
    order = np.random.default_rng(0).random((len(pictures), height * width)).argsort(axis=1)
    hidden = (order < round(HIDDEN_SHARE * height * width)).reshape(-1, height, width)
    return hidden.repeat(SIDE, axis=1).repeat(SIDE, axis=2)[..., None]


def _painted(network: Network) -> np.ndarray:
    """Digits with hidden patches in grey, what the network paints there, and the whole digits."""
    from ae_core.models.layers.patches import HIDDEN

    pictures = network.test[:SEEN]
    hidden = _hidden(pictures)
    painted = network.reconstruct(np.where(hidden, np.float32(HIDDEN), pictures))
    return np.stack([np.where(hidden, np.float32(0.5), pictures), np.where(hidden, painted, pictures), pictures])


def _of_hidden(network: Network) -> Values:
    """Error on pixels that the network could not see, beside that of the mean training picture on the same pixels."""
    from ae_core.models.layers.patches import HIDDEN

    pictures = network.test[:SHOWN]
    hidden = _hidden(pictures)
    painted = network.reconstruct(np.where(hidden, np.float32(HIDDEN), pictures))
    mean = network.data.scaled(network.data.x_train).mean(axis=0, dtype=np.float64)

    def error(guess: np.ndarray) -> float:
        return float(np.square(guess - pictures, dtype=np.float64)[hidden].mean())

    return {"hidden_error": error(painted), "mean_error": error(mean), "black_error": error(np.zeros_like(pictures))}


def _facts(runs: Sequence[Values]) -> Values:
    (run,) = runs
    return {"share": 100 * run["hidden_error"] / run["mean_error"]}


LESSON = Lesson(
    number=11,
    title="Patches as tokens",
    see=See(
        "masked",
        "panel",
        "A network that sees more patches of one picture from left to right, and what it paints: first any digit, then "
        "the right one.",
        "partial",
    ),
    question="Half of a digit's patches are hidden, and the network must paint them from the others. The mean digit, "
    "painted there every time, makes a certain error. How does the network compare, on pixels that it could not see?",
    experiments=(
        Experiment(
            "Half of the patches hidden",
            {
                "variant": "masked",
                "dataset": "digits",
                "patch_size": SIDE,
                "noise_factor": HIDDEN_SHARE,
                "token_dim": 32,
                "depth": 1,
                "epochs": 25,
                "batch_size": 32,
                "learning_rate": 0.003,
            },
        ),
    ),
    rows=(
        Row("hidden_error", "Error, hidden pixels"),
        Row("mean_error", "The mean digit there"),
        Row("black_error", "Black there"),
        Row("parameters", "Parameters", "count"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Better: the hidden part follows from the seen one",
            lambda facts: facts["share"] < 90,
            "{share:.0f} % of the mean digit's error is left on pixels that the network could not see. So the patches "
            "of a digit say something about each other, and the network has learnt what.",
            claimed=True,
        ),
        Answer(
            "About the same as the mean digit: nothing is known of what is hidden",
            lambda facts: facts["share"] < 110,
            "Otherwise than expected: {share:.0f} % of the mean digit's error is left, so it paints little more than "
            "the mean.",
        ),
        Answer(
            "Worse: it guesses, and guesses wrong",
            always,
            "Otherwise than expected: {share:.0f} % of the mean digit's error is left. It guesses more than it knows.",
        ),
    ),
    look=Look("Above: what the network sees. In the middle: what it paints there. Below: the whole digits.", _painted),
    why=Why(
        "Each patch becomes a token: a vector with the place where it belongs. Attention lets each token look at all "
        "the others and take from them what it needs; hidden ones say only that they are hidden. Nothing hidden can be "
        "copied, so what is learnt is how the parts of a picture belong together. A recurrent network does something "
        "similar in time: it reads row after row with the same weights and carries a memory, which at the end is "
        "the code.",
        r"\text{attention}(Q, K, V) = \mathrm{softmax}\Big( \frac{Q K^{\top}}{\sqrt{m}} \Big) V, \qquad L = "
        r"\frac{1}{|M|} \sum_{i \in M} \ell(x_i, \hat{x}_i)",
        (
            ("Q", "what each token asks for"),
            ("K", "what each token offers"),
            ("V", "what it gives to those who ask for that"),
            ("m", "numbers in each of these vectors"),
            ("M", "pixels that were hidden; only they count"),
        ),
        """tokens = keras.layers.Dense(32)(patches) + places
asked = keras.layers.MultiHeadAttention(4, 8)(tokens, tokens)
tokens = keras.layers.LayerNormalization()(tokens + asked)
code = keras.layers.Dense(32)(keras.layers.Flatten()(tokens))""",
    ),
    measure=_of_hidden,
)
