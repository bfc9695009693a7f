"""What cannot be compressed: numbers that say nothing about each other."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.lessons.lesson import (
    Answer,
    Experiment,
    Lesson,
    Network,
    Row,
    See,
    SettingValue,
    Slider,
    Values,
    Why,
    always,
)

TENTH: Mapping[str, SettingValue] = {
    "variant": "undercomplete",
    "linear": True,
    "epochs": 30,
    "learning_rate": 0.005,
    "schedule": "cosine",
}


def _of_mean(network: Network) -> Values:
    """Error of the mean training example, which knows nothing of the one that it stands for."""
    mean = network.data.scaled(network.data.x_train).mean(axis=0, dtype=np.float64)
    return {"mean_mse": float(np.mean(np.square(network.test - mean), dtype=np.float64))}


def _facts(runs: Sequence[Values]) -> Values:
    noise, digits = runs
    return {
        "noise": 100 * noise["mse"] / noise["mean_mse"],
        "digits": 100 * digits["mse"] / digits["mean_mse"],
    }


LESSON = Lesson(
    number=12,
    title="What cannot be compressed",
    see=See("undercomplete", "grid", "Digits can be told in few numbers, because their pixels depend on each other."),
    question="Vectors of 100 random numbers, drawn independently, are told in a code of 10 numbers: a tenth. Whoever "
    "knows nothing and always answers with the mean makes an error that we call 100 %. How much of it is left on "
    "vectors that were not trained on?",
    experiments=(
        Experiment("Random vectors, 10 of 100", {**TENTH, "dataset": "noise", "latent_dim": 10}),
        Experiment("Digits, 78 of 784", {**TENTH, "dataset": "mnist_5k", "latent_dim": 78}),
    ),
    rows=(
        Row("mse", "Error, test"),
        Row("mean_mse", "Error of the mean"),
        Row("pca_mse", "Error of PCA"),
    ),
    facts=_facts,
    slider=Slider("noise", 0.0, 110.0, 1.0, "%"),
    answers=(
        Answer(
            "",
            lambda facts: 85 <= facts["noise"] <= 105 and facts["digits"] < 30,
            "{noise:.0f} % of the error is left on random vectors, {digits:.0f} % on digits, with a tenth of the "
            "numbers each. Ten numbers can hold ten of a hundred independent ones and say nothing about the others: "
            "90 % must be left.",
            claimed=True,
        ),
        Answer(
            "",
            lambda facts: facts["noise"] < 85,
            "Otherwise than expected: only {noise:.0f} % of the error is left on random vectors. If the numbers are "
            "independent, that cannot be on data that were not trained on; look at the settings.",
        ),
        Answer(
            "",
            always,
            "Otherwise than expected: {noise:.0f} % of the error is left on random vectors and {digits:.0f} % on "
            "digits. More than 100 % means that the network has learnt its training vectors by heart.",
        ),
    ),
    why=Why(
        "A code can leave out what follows from the rest. Pixels of a digit follow from their neighbours; independent "
        "numbers follow from nothing. A linear code of k numbers keeps k directions, and if all directions vary alike "
        "each holds the same share. How many numbers a code needs is thus a property of the data, not of the network: "
        "as many as there are ways in which the data can really vary.",
        r"\frac{L_k}{L_0} = \frac{\sum_{j > k} \lambda_j}{\sum_j \lambda_j} = 1 - \frac{k}{n} \quad \text{if all } "
        r"\lambda_j \text{ are equal}",
        (
            ("L_k", "least error of a linear code of k numbers"),
            ("L_0", "error of the mean"),
            (r"\lambda_j", "variance along the j-th principal axis"),
            ("n", "numbers of one example"),
        ),
        """noise = np.random.default_rng(0).standard_normal((1000, 100))
code = keras.layers.Dense(10)(numbers)
output = keras.layers.Dense(100)(code)     # no linear code does better""",
    ),
    measure=_of_mean,
)
