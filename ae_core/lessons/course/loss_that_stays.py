"""Loss that does not fall: a learning rate that is too large, and units that die of it."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

RELU: Mapping[str, SettingValue] = {
    "variant": "vanilla",
    "dataset": "mnist_5k",
    "latent_dim": 32,
    "epochs": 15,
    "batch_size": 64,
}


def _facts(runs: Sequence[Values]) -> Values:
    usual, large = runs
    return {
        "usual": usual["val_loss"] - usual["loss_floor"],
        "large": large["val_loss"] - large["loss_floor"],
        "alive_usual": 100 * usual["active_units"],
        "alive_large": 100 * large["active_units"],
        "floor": usual["loss_floor"],
        "diverged": large["diverged"],
    }


LESSON = Lesson(
    number=14,
    title="Loss that does not fall",
    see=See(
        "vanilla",
        "loss",
        "A healthy training: steep at first, then flat. It never reaches 0: grey pixels have a floor.",
    ),
    question="The same network trains with Adam at a learning rate of 0.001, and at 0.1. The steps are a hundred times "
    "as large. What does the loss do?",
    experiments=(
        Experiment("Learning rate 0.001", {**RELU, "learning_rate": 0.001}),
        Experiment("Learning rate 0.1", {**RELU, "learning_rate": 0.1}),
    ),
    rows=(
        Row("val_loss", "Validation loss"),
        Row("loss_floor", "Floor: a perfect picture"),
        Row("active_units", "Units of the code still alive", "percent"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "It falls faster, and ends at the same place",
            lambda facts: not facts["diverged"] and facts["large"] <= 1.05 * facts["usual"],
            "Otherwise than expected: the large steps got as far, {large:.3f} above the floor against {usual:.3f}.",
        ),
        Answer(
            "It stays high, and units die",
            lambda facts: not facts["diverged"] and facts["alive_large"] < facts["alive_usual"] - 10,
            "It stays high: {large:.3f} above the floor, against {usual:.3f}. Of the code's units {alive_large:.0f} % "
            "are alive, instead of {alive_usual:.0f} %. The floor itself is {floor:.3f}: that much a perfect picture "
            "costs.",
            claimed=True,
        ),
        Answer(
            "It stays high, but all units live",
            always,
            "Otherwise than expected: the loss ends {large:.3f} above the floor, against {usual:.3f}, with "
            "{alive_large:.0f} % of units alive.",
        ),
    ),
    why=Why(
        "One large step can push a ReLU unit's input below zero for every picture. Its slope is zero there, so no "
        "gradient ever brings it back: it is dead. The rest must do its work. Other causes of a loss that does not "
        "fall: data that are not scaled (pixels up to 255 make gradients hundreds of times as large), a loss that does "
        "not fit the output (cross-entropy wants values between 0 and 1), and the floor. Cross-entropy of grey pixels "
        "is not 0 even for a perfect picture; only what lies above the floor can be learnt away.",
        r"f(a) = \max(0, a), \quad f'(a) = 0 \text{ for } a < 0, \qquad L_{\min} = -\frac{1}{d} \sum_i \big[ x_i \ln "
        r"x_i + (1 - x_i) \ln (1 - x_i) \big]",
        (
            ("a", "what goes into a unit"),
            ("f", "the ReLU, and its slope f'"),
            (r"L_{\min}", "the floor: cross-entropy of a picture with itself"),
            ("x_i", "pixel i, from 0 to 1"),
        ),
        """model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy")
pixels = images / 255.0                    # never 0 … 255
keras.layers.Dense(32, activation="elu")   # never quite dead""",
    ),
)
