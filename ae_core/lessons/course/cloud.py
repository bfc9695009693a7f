"""A cloud instead of a point: what β costs in a variational autoencoder."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

SIZE = 16
CLOUD: Mapping[str, SettingValue] = {
    "variant": "variational",
    "dataset": "mnist_5k",
    "latent_dim": SIZE,
    "epochs": 25,
    "batch_size": 64,
    "learning_rate": 0.002,
}


def _facts(runs: Sequence[Values]) -> Values:
    one, eight = runs
    return {
        "one": one["active_latent_dimensions"],
        "eight": eight["active_latent_dimensions"],
        "nats_one": one["kl"],
        "nats_eight": eight["kl"],
        "cost": eight["mse"] / one["mse"],
    }


LESSON = Lesson(
    number=9,
    title="A cloud instead of a point",
    see=See("variational", "panel", "Samples: random codes, decoded. Nobody has written these digits.", "samples"),
    question=f"The code of a variational autoencoder has {SIZE} numbers, and what they tell is paid for at the price "
    "β. One network is trained with β = 1, the other with β = 8. What happens to the code, and to the pictures?",
    experiments=(
        Experiment("β = 1", {**CLOUD, "kl_weight": 1.0}),
        Experiment("β = 8", {**CLOUD, "kl_weight": 8.0}),
    ),
    rows=(
        Row("active_latent_dimensions", "Active dimensions", "count"),
        Row("kl", "KL, nats per picture"),
        Row("mse", "Error per pixel, test"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "Dimensions fall silent, and the pictures blur",
            lambda facts: facts["eight"] < facts["one"] and facts["cost"] > 1.1,
            "With β = 8, {eight:.0f} of the dimensions still say something, instead of {one:.0f}; the code carries "
            "{nats_eight:.1f} nats instead of {nats_one:.1f}. The pictures are blurred: their error is {cost:.2f} "
            "times as large.",
            claimed=True,
        ),
        Answer(
            "All dimensions say a little less",
            lambda facts: facts["eight"] >= facts["one"] and facts["nats_eight"] < facts["nats_one"],
            "Otherwise than expected: no dimension fell silent ({eight:.0f} against {one:.0f}); the code carries "
            "{nats_eight:.1f} nats instead of {nats_one:.1f}.",
        ),
        Answer(
            "The pictures become sharper",
            always,
            "Otherwise than expected: {eight:.0f} active dimensions against {one:.0f}; the error is {cost:.2f} times "
            "as large.",
        ),
    ),
    why=Why(
        "A dimension that tells less about the picture than it costs is given up: its cloud becomes the prior itself, "
        "and its KL is 0. That is called collapse. Sum and mean must not be mixed: with the pixel loss as a mean and "
        "the KL as a sum, β is d times what it seems to be (d = 784), and everything collapses; here both are divided "
        "by d. A Wasserstein or adversarial autoencoder gives each picture one sharp code and only asks that all codes "
        "together look like the prior: sharper pictures, but no estimate of how probable a picture is.",
        r"L = \frac{1}{d} \Big[ \sum_i \ell(x_i, \hat{x}_i) + \beta \sum_j \tfrac{1}{2} (\mu_j^2 + \sigma_j^2 - 1 - "
        r"\ln \sigma_j^2) \Big], \qquad z = \mu + \sigma \varepsilon",
        (
            (r"\mu_j, \sigma_j", "mean and width of the picture's cloud along dimension j"),
            (r"\varepsilon", "standard normal numbers, drawn at every step"),
            (r"\beta", "price of what the code tells; with 1 the loss is the negative evidence lower bound per pixel"),
            (r"\ell", "cross-entropy of one pixel"),
            ("d", "pixels of a picture"),
        ),
        """z_mean, z_log_var = keras.layers.Dense(16)(h), keras.layers.Dense(16)(h)
z = z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean))
kl = 0.5 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)
loss = (pixels * ops.mean(cross_entropy) + beta * ops.mean(kl)) / pixels""",
    ),
)
