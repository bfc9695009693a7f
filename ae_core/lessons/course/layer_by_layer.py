"""Layer by layer or all at once: what pretraining was invented for."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

DEEP: Mapping[str, SettingValue] = {
    "variant": "stacked",
    "dataset": "digits",
    "widths": (200, 100, 50),
    "latent_dim": 10,
    "activation": "sigmoid",
    "code_activation": "sigmoid",
    "epochs": 20,
    "batch_size": 32,
    "learning_rate": 0.002,
}


def _facts(runs: Sequence[Values]) -> Values:
    at_once, greedy = runs
    return {
        "at_once": at_once["mse"] / at_once["pca_mse"],
        "greedy": greedy["mse"] / greedy["pca_mse"],
        "gain": at_once["mse"] / greedy["mse"],
    }


LESSON = Lesson(
    number=4,
    title="Layer by layer, or all at once",
    see=See("stacked", "loss", "A deep network with modern units needs no help: the loss falls from the first step."),
    question="Before 2010 most units were sigmoids, and deep networks hardly learnt. Four such layers on each side of "
    "the code are trained all at once; or first one after the other, ten epochs each, and then all together. What is "
    "the difference?",
    experiments=(
        Experiment("All at once", {**DEEP, "pretraining": False}),
        Experiment("Layer by layer first", {**DEEP, "pretraining": True, "pretraining_epochs": 10}),
    ),
    rows=(
        Row("mse", "Error per pixel, test"),
        Row("pca_mse", "Error of PCA"),
        Row("knn1_error", "Nearest code shows another digit", "percent"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Layer by layer ends far better",
            lambda facts: facts["gain"] > 1.25,
            "Pretraining pays: all at once, the error stays {gain:.1f} times as large. It is {at_once:.1f} times that "
            "of PCA all at once, and {greedy:.1f} times after training layer by layer.",
            claimed=True,
        ),
        Answer(
            "No difference to speak of",
            lambda facts: facts["gain"] > 0.8,
            "Otherwise than expected: there is little difference; all at once the error is {gain:.2f} times that of "
            "layer by layer.",
        ),
        Answer(
            "All at once ends better: nothing is held fixed",
            always,
            "Otherwise than expected: all at once is better; its error is {gain:.2f} times that of layer by layer.",
        ),
    ),
    why=Why(
        "The slope of a sigmoid is at most a quarter. Backwards through many layers these slopes multiply, so the "
        "first layers hear almost nothing of the error. An autoencoder of a single layer has no such trouble: each "
        "layer learns to restore what the layers before it make, and the whole begins where it already works. Today "
        "ReLU, good initial weights and Adam do the same, and pretraining helps mostly where few labels meet many "
        "pictures.",
        r"\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial h_n} \prod_{k=1}^{n-1} W_{k+1}^{\top} "
        r"\,\mathrm{diag}\, \sigma'(a_{k+1}), \qquad 0 < \sigma' \le \tfrac{1}{4}",
        (
            ("L", "the loss"),
            ("h_k", "output of layer k"),
            ("W_k", "its weights"),
            ("a_k", "what goes into its sigmoid"),
            (r"\sigma'", "slope of the sigmoid, at most one quarter"),
        ),
        """for layer, mirror in zip(encoder_layers, decoder_layers):
    one = keras.Sequential([layer, mirror])
    one.compile(loss="binary_crossentropy")
    one.fit(inputs, inputs)           # this layer alone
    inputs = layer(inputs)            # what the next one sees
whole.fit(x, x)                       # then all of them""",
    ),
)
