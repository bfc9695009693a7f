"""Patches as tokens: a hidden part can be told from the rest, or not."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

WAVES: Mapping[str, SettingValue] = {
    "dataset": "waves",
    "latent_dim": 4,
    "train_size": 2000,
    "epochs": 25,
    "learning_rate": 0.005,
}


def _facts(runs: Sequence[Values]) -> Values:
    flat, reader = runs
    return {"share": reader["mse"] / flat["mse"], "pca": reader["mse"] / reader["pca_mse"]}


LESSON = Lesson(
    number=11,
    title="Rows as a story",
    see=See("recurrent", "grid", "A wave is read value by value, and written out again from the code alone."),
    question="Four numbers say how each wave came about: shape, cycles, phase and height. A linear network and a "
    "recurrent one both have a code of four numbers. Which one finds them?",
    experiments=(
        Experiment("Linear", {**WAVES, "variant": "undercomplete", "linear": True}),
        Experiment("Recurrent", {**WAVES, "variant": "recurrent", "recurrent_units": (64,), "values_per_step": 8}),
    ),
    rows=(
        Row("mse", "Error per value, test"),
        Row("pca_mse", "Error of PCA"),
        Row("parameters", "Parameters", "count"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "The recurrent one comes much closer",
            lambda facts: facts["share"] < 0.8,
            "The recurrent network leaves {share:.2f} times the error of the linear one, and {pca:.2f} times that of "
            "PCA.",
            claimed=True,
        ),
        Answer(
            "Both: four numbers are enough",
            lambda facts: facts["share"] < 1.25,
            "Otherwise than expected: the recurrent network leaves {share:.2f} times the error of the linear one.",
        ),
        Answer(
            "The linear one: waves are sums of sines",
            always,
            "Otherwise than expected: the linear network is better; the other leaves {share:.2f} times its error.",
        ),
    ),
    why=Why(
        "A wave that is moved in time is another point far away: seen as 128 numbers, all waves together lie on a bent "
        "surface that fills dozens of flat directions. PCA needs one or two numbers for each frequency. A recurrent "
        "network reads value after value with the same weights and carries a memory; what the memory holds at the end "
        "becomes the code. A masked network does the like with patches: each patch is a token, and attention lets it "
        "look at all others.",
        r"h_t = f(x_t, h_{t-1}), \qquad z = W h_T + b, \qquad s_t = g(z, s_{t-1}), \qquad \hat{x}_t = V s_t + c",
        (
            ("x_t", "the values read at step t"),
            ("h_t", "the memory after step t"),
            ("z", "the code, made of the last memory"),
            ("s_t", "the writer's memory; it sees nothing but the code"),
        ),
        """memory = keras.layers.GRU(64)(steps)
code = keras.layers.Dense(4)(memory)
again = keras.layers.RepeatVector(16)(code)
written = keras.layers.GRU(64, return_sequences=True)(again)
output = keras.layers.Dense(8)(written)""",
    ),
)
