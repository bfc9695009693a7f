"""Linear and mean squared error: the network finds the subspace of PCA."""

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

SIZE = 6
TWIN: Mapping[str, SettingValue] = {
    "variant": "undercomplete",
    "dataset": "mnist_5k",
    "latent_dim": SIZE,
    "loss": "mse",
    "epochs": 40,
    "batch_size": 64,
    "learning_rate": 0.01,
    "schedule": "cosine",
}
CLOSE = 1.0  # degrees


def _angles(network: Network) -> Values:
    """Principal angles between what the decoder can paint and PCA's subspace, in degrees."""
    size = network.settings.latent_dim
    origin = network.decode(np.zeros((1, size), np.float32)).reshape(1, -1)
    painted = (network.decode(np.eye(size, dtype=np.float32)).reshape(size, -1) - origin).astype(np.float64)
    basis, _triangle = np.linalg.qr(painted.T)  # (pixels, size)
    cosines = np.linalg.svd(network.pca().components_[:size].astype(np.float64) @ basis, compute_uv=False)
    angles = np.degrees(np.arccos(np.clip(cosines, 0.0, 1.0)))
    return {"angle": float(angles.max()), "mean_angle": float(angles.mean())}


def _facts(runs: Sequence[Values]) -> Values:
    linear, bent = runs
    return {
        "angle": linear["angle"],
        "linear": linear["mse"] / linear["pca_mse"],
        "bent": bent["mse"] / bent["pca_mse"],
    }


LESSON = Lesson(
    number=2,
    title="A linear network is PCA",
    see=See(
        "undercomplete",
        "loss",
        "A network with bends, which are activation functions such as ReLU, beside PCA (the dashed line), which needs "
        "no training at all. The network ends below that line.",
    ),
    question=f"A network without any bend learns a code of {SIZE} numbers by gradient descent; nobody tells it of PCA. "
    "All pictures that its decoder can paint lie in a flat space, and so do those of PCA. How large is the largest "
    "angle between the two spaces at the end, in degrees?",
    experiments=(
        Experiment("Linear", {**TWIN, "linear": True}),
        Experiment("With bends", {**TWIN, "linear": False, "widths": (128,)}),
    ),
    rows=(
        Row("mse", "Error per pixel, test"),
        Row("pca_mse", "Error of PCA"),
        Row("angle", "Largest angle to PCA", "degrees"),
        Row("mean_angle", "Mean angle to PCA", "degrees"),
    ),
    facts=_facts,
    slider=Slider("angle", 0.0, 90.0, 1.0, "°"),
    answers=(
        Answer(
            "",
            lambda facts: facts["angle"] < CLOSE and abs(facts["linear"] - 1) < 0.02 and facts["bent"] < 0.95,
            "The spaces are the same: the largest angle is {angle:.2f}°, and the error is {linear:.3f} times that of "
            "PCA. With bends, as many numbers leave {bent:.2f} times the error of PCA.",
            claimed=True,
        ),
        Answer(
            "",
            lambda facts: facts["angle"] < CLOSE,
            "The spaces are the same ({angle:.2f}°), but the errors came out otherwise than expected: {linear:.3f} "
            "times that of PCA without bends, {bent:.2f} times with them.",
        ),
        Answer(
            "",
            always,
            "Otherwise than expected: {angle:.1f}° are left between the two spaces. It was not trained for long "
            "enough; its error is {linear:.3f} times that of PCA.",
        ),
    ),
    why=Why(
        "A linear code can only choose a flat space and project onto it. The squared error of a projection is what "
        "lies outside the space, and that is least for the directions of largest variance: those of PCA. There are no "
        "other minima, only saddle points, so gradient descent gets there. It finds the space, not the single axes: "
        "any turn within it costs nothing. A bend lets the network leave the flat space.",
        r"\min_{W, W'} \frac{1}{d}\, \mathbb{E} \lVert x - W' W x \rVert^2 = \frac{1}{d} \sum_{j > k} \lambda_j, "
        r"\qquad \cos \theta_j = \sigma_j(Q^{\top} P)",
        (
            ("k", "numbers in the code"),
            (r"\lambda_j", "variance of the data along the j-th principal axis"),
            ("Q", "orthonormal basis of what the decoder can paint"),
            ("P", "the first k principal axes"),
            (r"\theta_j", "principal angles between the two spaces; all are 0 if the spaces are the same"),
        ),
        """code = keras.layers.Dense(6)(pixels)  # no activation: linear
output = keras.layers.Dense(784)(code)
model.compile(optimizer="adam", loss="mse")""",
    ),
    measure=_angles,
)
