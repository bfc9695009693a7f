"""Beside a Boltzmann machine: the same units and weights, learnt in another way for another end."""

from collections.abc import Sequence

import numpy as np

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Network, Row, See, Values, Why, always
from ae_core.measuring import metrics

HIDDEN = 500


def _machine(network: Network) -> Values:
    """A restricted Boltzmann machine of the same size, trained on the same pictures: how it restores and tells apart.

    References:
        Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation 14, 2002; here by
        its persistent form, as scikit-learn has it.
    """
    from sklearn.neural_network import BernoulliRBM

    def rows(pictures: np.ndarray) -> np.ndarray:
        return pictures.reshape(len(pictures), -1)

    known, unseen = rows(network.data.scaled(network.data.x_train)), rows(network.test)
    machine = BernoulliRBM(HIDDEN, learning_rate=0.05, batch_size=20, n_iter=10, random_state=network.settings.seed)
    machine.fit(known)
    hidden = machine.transform(unseen)  # probabilities, (pictures, hidden)
    restored = 1.0 / (1.0 + np.exp(-(hidden @ machine.components_ + machine.intercept_visible_)))
    told = metrics.linear_probe_accuracy(machine.transform(known), network.data.y_train, hidden, network.data.y_test)
    return {"machine_error": metrics.mean_squared_error(unseen, restored), "machine_told": told}


def _facts(runs: Sequence[Values]) -> Values:
    (run,) = runs
    return {
        "share": run["mse"] / run["machine_error"],
        "times": run["machine_error"] / run["mse"],
        "told": 100 * run["linear_probe_accuracy"],
        "machine_told": 100 * run["machine_told"],
    }


LESSON = Lesson(
    number=15,
    title="Beside a Boltzmann machine",
    see=See("vanilla", "panel", "The weights of hidden units, as pictures: what each of them looks for.", "filters"),
    question=f"A plain autoencoder with tied weights and a restricted Boltzmann machine both have 784 visible and "
    f"{HIDDEN} "
    "hidden units, and one matrix that is used both ways. The one learns by backpropagation to restore pictures, the "
    "other by contrastive divergence to make pictures probable. Which one restores new digits better?",
    experiments=(
        Experiment(
            "Autoencoder",
            {
                "variant": "vanilla",
                "dataset": "mnist_5k",
                "latent_dim": HIDDEN,
                "code_activation": "sigmoid",
                "tied": True,
                "epochs": 12,
                "batch_size": 64,
                "learning_rate": 0.002,
            },
        ),
    ),
    rows=(
        Row("mse", "Error, autoencoder"),
        Row("machine_error", "Error, Boltzmann machine"),
        Row("linear_probe_accuracy", "Digits named from its code", "percent"),
        Row("machine_told", "… from the machine's hidden units", "percent"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "The autoencoder, by far",
            lambda facts: facts["share"] < 0.7,
            "The autoencoder restores better: the machine's error is {times:.1f} times as large. That is what the one "
            "was trained for, and the other was not. As features for a linear classifier both do well: it names "
            "{told:.0f} % of digits from the code, and {machine_told:.0f} % from the machine's hidden units.",
            claimed=True,
        ),
        Answer(
            "The machine: it knows how probable pictures are",
            lambda facts: facts["share"] > 1.3,
            "Otherwise than expected: the machine restores better; its error is {times:.2f} times the autoencoder's.",
        ),
        Answer(
            "Both alike: the units and weights are the same",
            always,
            "Otherwise than expected: there is little between them; the machine's error is {times:.2f} times the "
            "autoencoder's.",
        ),
    ),
    why=Why(
        "The autoencoder follows the gradient of the very error that is measured here. The machine's gradient is the "
        "difference of two means: how often a visible and a hidden unit are on together in the data, and how often in "
        "what the machine itself draws. It lowers the energy of pictures and raises that of everything else, so it can "
        "draw new ones and say that one picture is more probable than another, which a plain autoencoder cannot. "
        "Stacks of either were used to pretrain deep networks.",
        r"P(v, h) = \frac{1}{Z}\, e^{\,a^{\top} v + b^{\top} h + v^{\top} W h}, \qquad \Delta W \propto \langle v "
        r"h^{\top} \rangle_{\text{data}} - \langle v h^{\top} \rangle_{\text{model}}",
        (
            ("v, h", "visible and hidden units"),
            ("W", "weights, used both ways"),
            ("a, b", "biases"),
            ("Z", "the sum over all states, which nobody can compute: hence the estimate"),
            (r"\langle \cdot \rangle", "mean over the data, or over what the machine draws"),
        ),
        """code = keras.layers.Dense(500, activation="sigmoid")
# backpropagation: model.fit(x, x)

machine = sklearn.neural_network.BernoulliRBM(500, learning_rate=0.05)
machine.fit(x)                        # contrastive divergence
hidden = machine.transform(x)         # probabilities""",
    ),
    measure=_machine,
)
