"""Which one is odd? When the reconstruction error finds it, and when not."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.anomalies.curves import areas
from ae_core.data.classes import class_numbers, of_classes
from ae_core.lessons.lesson import Answer, Experiment, Lesson, Network, Row, See, SettingValue, Values, Why, always

NORMAL: Mapping[str, SettingValue] = {
    "variant": "stacked",
    "dataset": "mnist_5k",
    "latent_dim": 16,
    "widths": (128, 64),
    "epochs": 40,
    "batch_size": 32,
    "learning_rate": 0.002,
}
DIGITS = "0123456789"


def _area(network: Network) -> Values:
    """Area under the ROC curve of the reconstruction error, and the mean error of normal and of odd test pictures."""
    pictures = network.test
    errors = (
        np.square(network.reconstruct(pictures) - pictures).reshape(len(pictures), -1).mean(axis=1, dtype=np.float64)
    )
    odd = ~of_classes(network.data.y_test, class_numbers(network.settings.normal, tuple(DIGITS)))
    return {
        "area": float(areas([errors], odd).values[0]),
        "normal_error": float(errors[~odd].mean()),
        "odd_error": float(errors[odd].mean()),
    }


def _facts(runs: Sequence[Values]) -> Values:
    zeros, all_but_one = runs
    return {"zeros": 100 * zeros["area"], "ones": 100 * all_but_one["area"]}


LESSON = Lesson(
    number=13,
    title="Which one is odd?",
    see=See("stacked", "grid", "A network paints well what it has learnt. So what it paints badly should be odd."),
    question="One network learns zeros only, and every other digit is odd to it. Another learns every digit but ones, "
    "which are odd to it. Does the reconstruction error find the odd digits?",
    experiments=(
        Experiment("Learns zeros only", {**NORMAL, "normal": "0"}),
        Experiment("Learns all but ones", {**NORMAL, "normal": "0,2,3,4,5,6,7,8,9"}),
    ),
    rows=(
        Row("area", "Area under the ROC curve"),
        Row("normal_error", "Error of normal pictures"),
        Row("odd_error", "Error of odd pictures"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Both times: what was never seen is painted badly",
            lambda facts: facts["zeros"] > 80 and facts["ones"] > 80,
            "Otherwise than expected it works both times: an odd picture has a larger error than a normal one in "
            "{zeros:.0f} % and {ones:.0f} % of pairs.",
        ),
        Answer(
            "For zeros yes; ones slip through",
            lambda facts: facts["zeros"] > 80 and facts["ones"] < 60,
            "Beside a zero, another digit has the larger error in {zeros:.0f} % of pairs: found. Beside the other "
            "digits, a one has the larger error in {ones:.0f} % of pairs; chance would be 50 %. A one is so simple "
            "that a network which has never seen ones paints it better than most digits that it has seen.",
            claimed=True,
        ),
        Answer(
            "Neither: an error cannot tell what is odd",
            always,
            "Otherwise than expected: the pairs are in the right order in {zeros:.0f} % of cases with zeros, and in "
            "{ones:.0f} % with ones.",
        ),
    ),
    why=Why(
        "The error measures how hard a picture is to paint for this code, not how rare it is. What is simpler than the "
        "normal ones passes, and so does what is made of the same strokes. A smaller code, the distance of codes, or a "
        "model of probability judge differently; none of them finds everything. So compare any score with rivals that "
        "need no network, as “Find the odd ones” on the Train page does.",
        r"s(x) = \frac{1}{d} \lVert x - \hat{x} \rVert^2, \qquad A = P\big(s(x_{\text{odd}}) > "
        r"s(x_{\text{normal}})\big)",
        (
            ("s", "score: the reconstruction error of one picture"),
            ("A", "area under the ROC curve: 1 is perfect, one half is chance"),
            (r"x_{\text{odd}}", "a picture of a class that was not learnt"),
        ),
        """normal = x_train[y_train == 0]
model.fit(normal, normal)
errors = ops.mean((model.predict(x_test) - x_test) ** 2, axis=(1, 2, 3))
sklearn.metrics.roc_auc_score(y_test != 0, errors)""",
    ),
    measure=_area,
)
