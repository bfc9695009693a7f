"""Sliding filters: dense, or convolutional with fewer parameters."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

SIZE = 10
BOTH: Mapping[str, SettingValue] = {
    "dataset": "sprites",
    "latent_dim": SIZE,
    "train_size": 2000,
    "epochs": 20,
    "learning_rate": 0.005,
}


def _facts(runs: Sequence[Values]) -> Values:
    dense, sliding = runs
    return {
        "share": sliding["mse"] / dense["mse"],
        "dense": dense["parameters"],
        "sliding": sliding["parameters"],
    }


LESSON = Lesson(
    number=7,
    title="Sliding filters",
    see=See(
        "convolutional",
        "panel",
        "What the first filters make of a picture: each finds its edge wherever it lies.",
        "maps",
    ),
    question=f"A dense network and a convolutional one, which has fewer parameters, learn outlines that lie anywhere "
    f"in the picture. Each has a code of {SIZE} numbers. Which one paints them better?",
    experiments=(
        Experiment("Dense", {**BOTH, "variant": "vanilla", "code_activation": "linear"}),
        Experiment("Convolutional", {**BOTH, "variant": "convolutional", "channels": (16, 8)}),
    ),
    rows=(
        Row("mse", "Error per pixel, test"),
        Row("ssim", "Similarity (SSIM)"),
        Row("parameters", "Parameters", "count"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "The convolutional one",
            lambda facts: facts["share"] < 0.95,
            "The convolutional network leaves {share:.2f} times the error of the dense one, with {sliding:,.0f} "
            "parameters against {dense:,.0f}.",
            claimed=True,
        ),
        Answer(
            "The dense one: each weight has its own pixel",
            lambda facts: facts["share"] > 1.05,
            "Otherwise than expected: the convolutional network leaves {share:.2f} times the error of the dense one.",
        ),
        Answer(
            "Neither: the code's size decides",
            always,
            "Otherwise than expected: the errors are about the same ({share:.2f}).",
        ),
    ),
    why=Why(
        "A dense layer must learn a stroke anew at each place; a filter learns it once and slides. So its few weights "
        "are spent on strokes, not on places. “Accuracy” of a pixel says little here: most of a picture is black, and "
        "a black page gets most pixels right. Where a decoder spreads its filters by strides that do not divide their "
        "size, they overlap unevenly and leave a checkerboard; upsampling first and then a convolution does not.",
        r"h_{ij} = f\Big(b + \sum_{u,v} w_{uv}\, x_{i+u,\,j+v}\Big), \qquad \text{parameters: } "
        r"c_{\text{in}} c_{\text{out}} k^2 + c_{\text{out}}",
        (
            ("x", "the picture"),
            ("w", "one filter of k by k weights, the same at every place"),
            ("h_{ij}", "its answer at row i, column j"),
            (r"c_{\text{in}}, c_{\text{out}}", "channels before and after"),
        ),
        """hidden = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(image)
hidden = keras.layers.MaxPooling2D(2)(hidden)
...
hidden = keras.layers.UpSampling2D(2)(hidden)     # no checkerboard
output = keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid")(hidden)""",
    ),
)
