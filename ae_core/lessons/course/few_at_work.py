"""Few units at work: a penalty on activity makes a large code sparse."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Network, Row, See, SettingValue, Values, Why, always

WIDE: Mapping[str, SettingValue] = {
    "variant": "sparse",
    "dataset": "mnist_5k",
    "latent_dim": 256,
    "sparsity": "kl",
    "sparsity_target": 0.05,
    "epochs": 25,
    "batch_size": 64,
    "learning_rate": 0.003,
}


def _activity(network: Network) -> Values:
    """Mean activation of the code's units over the test pictures, and the size of the encoder's weights."""
    codes = network.encode(network.test)
    return {"activity": float(np.mean(codes)), "at_work": float(np.mean(codes > 0.5))}


def _facts(runs: Sequence[Values]) -> Values:
    free, sparse = runs
    return {
        "free": 100 * free["activity"],
        "penalised": 100 * sparse["activity"],
        "cost": sparse["mse"] / free["mse"],
        "pca": sparse["mse"] / sparse["pca_mse"],
    }


LESSON = Lesson(
    number=5,
    title="Few units at work",
    see=See(
        "sparse",
        "panel",
        "What each unit of a sparse code has learnt to look for: a stroke here, a loop there.",
        "filters",
    ),
    question="A KL penalty asks each of the 256 sigmoid units of a code for a mean activation of 5 %. What becomes of "
    "the units, and of the pictures?",
    experiments=(
        Experiment("No penalty", {**WIDE, "sparsity_weight": 0.0}),
        Experiment("Penalty to ρ = 0.05", {**WIDE, "sparsity_weight": 0.003}),
    ),
    rows=(
        Row("activity", "Mean activation of a unit", "percent"),
        Row("at_work", "Units above one half, per picture", "percent"),
        Row("population_sparsity", "Population sparsity"),
        Row("mse", "Error per pixel, test"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Most rest, and the pictures become worse",
            lambda facts: (
                facts["penalised"] < 15 and facts["free"] > 2 * facts["penalised"] and 1.0 < facts["cost"] < 4
            ),
            "The penalty works: the mean activation of a unit is {penalised:.1f} %, instead of {free:.0f} %; not quite "
            "5 %, as the pictures pull the other way. They pay for it: their error is {cost:.2f} times as large.",
            claimed=True,
        ),
        Answer(
            "Most rest, and the pictures become better",
            lambda facts: facts["penalised"] < 15 and facts["cost"] <= 1.0,
            "The units rest ({penalised:.1f} % instead of {free:.0f} %), and otherwise than expected the pictures did "
            "not suffer: their error is {cost:.2f} times the one without.",
        ),
        Answer(
            "Nothing: 256 units stay 256 units",
            always,
            "Otherwise than expected: the mean activation of a unit is {penalised:.1f} % with the penalty and "
            "{free:.0f} % without; the error is {cost:.2f} times as large.",
        ),
    ),
    why=Why(
        "The penalty looks at each unit's mean activity over many pictures and pulls it to ρ. So each unit may speak "
        "for a few pictures only, and pictures are told by different units. A penalty on weights (L2, weight decay) is "
        "another thing: it makes all units speak softly, and none rest. ρ̂ is a running mean over mini-batches, "
        "because a single batch is too small to tell a mean of 5 %. L1 pulls all activations alike, so that small "
        "ones become zero; L2 makes large ones smaller, and none zero; k-sparse keeps the k largest and needs "
        "no penalty.",
        r"\beta \sum_j \Big[ \rho \ln \frac{\rho}{\hat\rho_j} + (1 - \rho) \ln \frac{1 - \rho}{1 - \hat\rho_j} \Big], "
        r"\qquad \hat\rho \leftarrow \lambda \hat\rho + (1 - \lambda)\, \overline{z}_{\text{batch}}",
        (
            (r"\rho", "the mean activity that is asked for: 0.05"),
            (r"\hat\rho_j", "the mean activity of unit j, as it is"),
            (r"\beta", "weight of the penalty"),
            (r"\lambda", "how slowly the running mean follows the mini-batches"),
            (r"\overline{z}_{\text{batch}}", "mean code of one mini-batch"),
        ),
        """code = keras.layers.Dense(256, activation="sigmoid")(pixels)
mean = keras.ops.mean(code, axis=0)            # rho-hat of this batch
log = keras.ops.log
kl = rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean))
layer.add_loss(beta * keras.ops.sum(kl))             # on activity
# keras.regularizers.L2 on a kernel is another thing: on weights""",
    ),
    measure=_activity,
)
