"""One layer or three: what the bends are worth when two numbers must tell a digit."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

TWO: Mapping[str, SettingValue] = {
    "dataset": "mnist_5k",
    "latent_dim": 2,
    "epochs": 30,
    "batch_size": 64,
    "learning_rate": 0.002,
    "schedule": "cosine",
}


def _facts(runs: Sequence[Values]) -> Values:
    flat, deep = runs
    return {
        "flat": flat["mse"] / flat["pca_mse"],
        "deep": deep["mse"] / deep["pca_mse"],
        "flat_wrong": 100 * flat["knn1_error"],
        "deep_wrong": 100 * deep["knn1_error"],
    }


LESSON = Lesson(
    number=3,
    title="One layer or three",
    see=See(
        "stacked",
        "latent",
        "Each point is a digit, placed by its two code numbers; the colour is its class, which the network never sees. "
        "The map unfolds.",
    ),
    question="Two numbers must do for a whole digit. One network has a single layer on each side of the code, the "
    "other has three. Both train for the same number of epochs. What does depth gain?",
    experiments=(
        Experiment("One layer", {**TWO, "variant": "vanilla", "code_activation": "linear"}),
        Experiment("Three layers", {**TWO, "variant": "stacked", "widths": (512, 128)}),
    ),
    rows=(
        Row("mse", "Error per pixel, test"),
        Row("pca_mse", "Error of PCA"),
        Row("knn1_error", "Nearest code shows another digit", "percent"),
        Row("parameters", "Parameters", "count"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Better pictures, and digits that lie apart on the map",
            lambda facts: facts["deep"] < 0.9 * facts["flat"] and facts["deep_wrong"] < facts["flat_wrong"] - 5,
            "Three layers leave {deep:.2f} times the error of PCA, a single layer {flat:.2f} times. And the map is "
            "worth more: the nearest code shows another digit in {deep_wrong:.0f} % of cases, instead of "
            "{flat_wrong:.0f} %.",
            claimed=True,
        ),
        Answer(
            "Better pictures, but the map is no clearer",
            lambda facts: facts["deep"] < 0.9 * facts["flat"],
            "The pictures are better ({deep:.2f} against {flat:.2f} times the error of PCA), but otherwise than "
            "expected the map is no clearer: {deep_wrong:.0f} % against {flat_wrong:.0f} % wrong neighbours.",
        ),
        Answer(
            "Nothing: two numbers are two numbers",
            always,
            "Otherwise than expected: depth gained little, {deep:.2f} times the error of PCA against {flat:.2f} times.",
        ),
    ),
    why=Why(
        "With one layer the pictures that the decoder can paint form a flat sheet (bent only by the last sigmoid), and "
        "two flat directions hold little of what digits are. Each further layer can fold the sheet once more, so it "
        "passes close to more of the digits. The two numbers say where on the sheet a digit lies. The network was told "
        "no classes: digits of one class lie together because they look alike.",
        r"z = W_3 f(W_2 f(W_1 x)) \in \mathbb{R}^2, \qquad \hat{x} = g(V_1 f(V_2 f(V_3 z)))",
        (
            ("z", "the code: two numbers"),
            ("f", "a bend, here ReLU: f(a) = max(0, a)"),
            ("g", "the sigmoid, which keeps pixels between 0 and 1"),
            (r"W_k, V_k", "weights of encoder and decoder; biases are left out"),
        ),
        """hidden = keras.layers.Dense(512, activation="relu")(pixels)
hidden = keras.layers.Dense(128, activation="relu")(hidden)
code = keras.layers.Dense(2)(hidden)
hidden = keras.layers.Dense(128, activation="relu")(code)
hidden = keras.layers.Dense(512, activation="relu")(hidden)
output = keras.layers.Dense(784, activation="sigmoid")(hidden)""",
    ),
)
