"""Flat in all other directions: the contractive penalty."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Network, Row, See, SettingValue, Values, Why, always

CALM: Mapping[str, SettingValue] = {
    "variant": "contractive",
    "dataset": "mnist_5k",
    "latent_dim": 64,
    "tied": True,
    "epochs": 25,
    "batch_size": 64,
    "learning_rate": 0.005,
}
NOISE = 0.2


def _movement(network: Network) -> Values:
    """How far the code moves with a small noise, beside how far it lies from another picture's code."""
    pictures = network.test[:500]
    noise = np.random.default_rng(0).standard_normal(pictures.shape, np.float32)
    codes = network.encode(pictures)
    moved = np.linalg.norm(network.encode(pictures + NOISE * noise) - codes, axis=1).mean()
    apart = np.linalg.norm(codes - np.roll(codes, 1, axis=0), axis=1).mean()
    return {"moved": float(moved), "apart": float(apart), "share_moved": float(moved / apart)}


def _facts(runs: Sequence[Values]) -> Values:
    free, calm = runs
    return {
        "free": 100 * free["share_moved"],
        "calm": 100 * calm["share_moved"],
        "norm": calm["jacobian_norm"] / free["jacobian_norm"],
        "cost": calm["mse"] / free["mse"],
    }


LESSON = Lesson(
    number=8,
    title="Flat in all other directions",
    see=See(
        "contractive",
        "panel",
        "How far the code moves when the picture moves a little, direction by direction.",
        "spectrum",
    ),
    question="A penalty on the encoder's slope asks the code to stand still when the picture moves. Noise moves the "
    "picture in any direction; another digit lies in one of those in which digits differ. What does the penalty do?",
    experiments=(
        Experiment("No penalty", {**CALM, "contraction_weight": 0.0}),
        Experiment("Penalty on the slope", {**CALM, "contraction_weight": 0.01}),
    ),
    rows=(
        Row("jacobian_norm", "Jacobian norm"),
        Row("share_moved", "Moved by noise, of the way to another picture", "percent"),
        Row("mse", "Error per pixel, test"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Noise moves the code less; in comparison, digits stay as far apart",
            lambda facts: facts["norm"] < 0.8 and facts["calm"] < 0.9 * facts["free"],
            "The slope falls to {norm:.2f} of what it was. Noise moves the code by {calm:.0f} % of the way to another "
            "picture, instead of {free:.0f} %: the code has gone flat where digits do not differ. The error is "
            "{cost:.2f} times as large.",
            claimed=True,
        ),
        Answer(
            "The whole code shrinks, so nothing is gained",
            lambda facts: facts["norm"] < 0.8,
            "The slope falls to {norm:.2f}, but otherwise than expected everything shrank alike: noise moves the code "
            "by {calm:.0f} % of the way to another picture, before by {free:.0f} %.",
        ),
        Answer(
            "Nothing to speak of",
            always,
            "Otherwise than expected: the slope is {norm:.2f} times what it was without the penalty.",
        ),
    ),
    why=Why(
        "The loss wants different pictures to have different codes, the penalty wants no code to move. Both are "
        "content if the code moves in the few directions in which digits differ, and in no other. The singular values "
        "of the Jacobian show it: a few stay, the rest go to zero. With free decoder weights a network can cheat, with "
        "small encoder weights and large decoder ones; tied weights (here) prevent that. Denoising with small noise "
        "asks for nearly the same, but of the whole network instead of the encoder.",
        r"L + \beta \left\lVert \frac{\partial z}{\partial x} \right\rVert_F^2, \qquad "
        r"\left\lVert \frac{\partial z}{\partial x} \right\rVert_F^2 = \sum_j \big(z_j (1 - z_j)\big)^2 \sum_i "
        r"W_{ij}^2 = \sum_k s_k^2",
        (
            ("z", "the code, of sigmoid units"),
            ("x", "the picture"),
            ("W", "the encoder's weights"),
            ("s_k", "singular values of the Jacobian, one for each direction"),
            (r"\beta", "weight of the penalty"),
        ),
        """code = keras.layers.Dense(64, activation="sigmoid", name="code")(pixels)
slope = code * (1 - code)                          # of the sigmoid
norm = ops.matmul(slope**2, ops.sum(kernel**2, axis=0))
layer.add_loss(beta * ops.mean(norm))""",
    ),
    measure=_movement,
)
