"""Comparisons of ideas, short and exact, each with the lesson that shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Theory:
    """One comparison.

    Args:
        name: By which a page knows it.
        title: The two or more ideas.
        heads: What is compared, one column each.
        rows: A question, and its answer for each column.
        text: One to four sentences: what follows.
        formula: In LaTeX.
        symbols: Each symbol of the formula in LaTeX, and its meaning.
        lesson: Name of the lesson that shows it.
        rival: What a recorded sheet of pictures shows, with the errors of `recordings.boltzmann` in braces; or empty.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text: str
    formula: str
    symbols: tuple[tuple[str, str], ...]
    lesson: str
    rival: str = ""


THEORY = (
    Theory(
        "networks",
        "Autoencoder, feed-forward network, Boltzmann machine, belief network",
        ("Feed-forward network", "Autoencoder", "Restricted Boltzmann machine", "Deep belief network"),
        (
            ("What is it told?", "Inputs and targets", "Inputs only", "Inputs only", "Inputs only"),
            (
                "What does it learn?",
                "A function from input to target",
                "A code, and the way back from it",
                "A probability of inputs and hidden units",
                "A probability, layer by layer",
            ),
            ("Units", "Deterministic", "Deterministic", "Random, 0 or 1", "Random, 0 or 1"),
            (
                "Connections",
                "Forwards",
                "Forwards, through the code",
                "Both ways, the same weights",
                "Both ways at the top, downwards below",
            ),
            (
                "How is it trained?",
                "Backpropagation of the error",
                "Backpropagation of the reconstruction error",
                "Contrastive divergence, an estimate of the likelihood's gradient",
                "One Boltzmann machine after the other",
            ),
            (
                "Can it draw new inputs?",
                "No",
                "Only with a prior on the code",
                "Yes, by Gibbs sampling",
                "Yes, from the top down",
            ),
        ),
        "An autoencoder is a feed-forward network whose target is its input. A restricted Boltzmann machine has the "
        "same two layers, but says how probable a picture is. Stacks of either made deep networks of "
        "sigmoids learn, around 2006: each layer alone, then the whole by backpropagation.",
        r"E(v, h) = -a^{\top} v - b^{\top} h - v^{\top} W h, \qquad \Delta W \propto \langle v h^{\top} "
        r"\rangle_{\text{data}} - \langle v h^{\top} \rangle_{\text{one step}}",
        (
            ("E", "energy of a state: the lower, the more probable"),
            ("v", "visible units: the picture"),
            ("h", "hidden units, 0 or 1"),
            ("a, b", "biases of visible and of hidden units"),
            ("W", "weights between them, the same in both directions"),
            (r"\Delta W", "by how much a step changes them"),
            (r"\langle v h^{\top} \rangle", "a mean: over the data, or after one step of Gibbs sampling"),
        ),
        "layer_by_layer",
        "784 pixels and 500 units each, 4,000 digits, 30 epochs. From above: digits that neither has seen; the "
        "autoencoder's reconstructions, mean squared error {autoencoder:.4f}; the Boltzmann machine's, "
        "{boltzmann:.4f}; and digits that the machine draws by itself.",
    ),
    Theory(
        "denoising",
        "Denoising beside dropout",
        ("Denoising", "Dropout"),
        (
            ("What is damaged?", "The input", "Hidden units"),
            ("What is asked for?", "The undamaged input", "The same target as without"),
            ("What is it for?", "To learn which inputs are likely", "To keep units from relying on each other"),
            ("When is it on?", "In training; the task itself is to clean", "In training only"),
            ("What is left at the end?", "A network that cleans", "About the mean of many thinned networks"),
        ),
        "Masking noise and dropout set values of the input to zero in the same way; dropout also scales up the others. "
        "What differs is the target: a denoising autoencoder must paint what was taken away.",
        r"\text{denoising: } \lVert x - r(\tilde{x}) \rVert^2, \qquad \text{dropout: } \ell\big(y, f(m \odot h)\big)",
        (
            ("x", "the undamaged input"),
            (r"\tilde{x}", "the damaged one, which the network sees"),
            ("r", "the whole network: encoder and decoder"),
            ("m", "a mask of zeros and ones, fresh at every step"),
            ("h", "hidden units"),
            ("f", "the rest of the network"),
            ("y", "the target"),
            (r"\ell", "its loss"),
        ),
        "damage_teaches",
    ),
    Theory(
        "undercomplete",
        "Undercomplete beside PCA",
        ("PCA", "Linear autoencoder", "Autoencoder with bends"),
        (
            ("Pictures it can paint", "A flat space", "The same flat space", "A bent surface"),
            ("How is it found?", "Eigenvectors, in closed form", "Gradient descent", "Gradient descent"),
            ("Axes of the code", "Uncorrelated, by falling variance", "Any axes of that space", "Any"),
            ("Is it the best of its kind?", "Yes", "Yes, at the end", "Nobody knows"),
        ),
        "A code smaller than the input forbids copying. Without bends, and with squared error, what is left to learn "
        "is the subspace of PCA; each bend goes beyond it.",
        r"\min \mathbb{E} \lVert x - W' W x \rVert^2 = \sum_{j > k} \lambda_j",
        (
            ("x", "the picture, its mean taken away"),
            ("W, W'", "matrices of encoder and decoder"),
            ("k", "numbers in the code"),
            (r"\lambda_j", "variance of the data along principal component j"),
            (r"\mathbb{E}", "the mean over all pictures"),
        ),
        "linear_is_pca",
    ),
    Theory(
        "sparsity",
        "Sparsity beside L1 and L2",
        ("Penalty on activity", "L1 on weights", "L2 on weights"),
        (
            ("What becomes small?", "What units say of a picture", "The weights", "The weights"),
            ("What becomes zero?", "Most units, others for each picture", "Some weights, for all pictures", "Nothing"),
            ("As a prior", "Few causes at a time", "Laplace on weights", "Gaussian on weights"),
            ("What is it for?", "Parts that have a meaning", "Fewer connections", "A smoother function"),
        ),
        "All of them hold a network back, but only a penalty on activity makes different pictures use different units. "
        "In Keras one is an activity regulariser, the others are kernel regularisers.",
        r"\beta \sum_j \lvert z_j(x) \rvert \qquad \ne \qquad \beta \sum_{ij} \lvert W_{ij} \rvert, \;\; \beta "
        r"\sum_{ij} W_{ij}^2",
        (
            (r"\beta", "weight of the penalty"),
            ("z_j(x)", "what unit j of the code answers to picture x"),
            ("W_{ij}", "weight from input i to unit j"),
        ),
        "few_at_work",
    ),
)


def texts() -> list[str]:
    """Every sentence that a person reads, for whoever translates them."""
    return [
        text
        for one in THEORY
        for text in (
            one.title,
            *one.heads,
            *(cell for row in one.rows for cell in row),
            one.text,
            *((one.rival,) if one.rival else ()),
            *(meaning for _symbol, meaning in one.symbols),
        )
    ]
