"""Words of the field, each in one or two sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One of them.

    Args:
        term: The word.
        meaning: One or two sentences.
        lesson: Name of the lesson that shows it; empty for none.
    """

    term: str
    meaning: str
    lesson: str = ""


GLOSSARY = (
    Word("Activation", "What a unit answers to its input, after its bend (ReLU, sigmoid, …).", "few_at_work"),
    Word(
        "Adam",
        "A rule that turns gradients into steps, with a step size of its own for each weight.",
        "loss_that_stays",
    ),
    Word(
        "Anomaly",
        "An example unlike those that were learnt. The reconstruction error may show it, and may not.",
        "which_is_odd",
    ),
    Word("Autoencoder", "A network that learns to restore its own input through a code.", "copying"),
    Word(
        "Backpropagation",
        "The chain rule, applied from the loss backwards: it gives each weight its gradient.",
        "layer_by_layer",
    ),
    Word("Batch", "The examples of one step, over which the gradient is averaged."),
    Word(
        "β",
        "In a variational autoencoder the price of what the code tells; elsewhere the weight of a penalty.",
        "cloud",
    ),
    Word("Bottleneck", "The narrowest place of the network: the code.", "linear_is_pca"),
    Word("Checkerboard", "A pattern in pictures from filters that overlap unevenly.", "sliding_filters"),
    Word("Code", "What the encoder makes of an example, and all that the decoder sees of it. Also: latent code."),
    Word("Codebook", "The entries among which a vector-quantised code chooses.", "dictionary"),
    Word("Collapse", "Code dimensions that say nothing any more: their clouds have become the prior.", "cloud"),
    Word(
        "Contrastive divergence",
        "An estimate of the likelihood's gradient from a few steps of Gibbs sampling.",
    ),
    Word(
        "Convolution",
        "A small filter that slides over the picture, with the same weights everywhere.",
        "sliding_filters",
    ),
    Word("Corruption", "Damage that is done to the input on purpose: noise, masking.", "damage_teaches"),
    Word(
        "Cross-entropy",
        "A loss that reads each pixel as a probability. Grey pixels keep it above zero, see floor.",
        "loss_that_stays",
    ),
    Word("Dead unit", "A unit that answers zero to everything and gets no gradient any more.", "loss_that_stays"),
    Word("Decoder", "The half of the network that makes an example of a code."),
    Word(
        "Deep belief network",
        "A stack of restricted Boltzmann machines, trained one after the other.",
        "layer_by_layer",
    ),
    Word(
        "Dropout",
        "Hidden units are switched off at random in training, so that none relies on another.",
        "damage_teaches",
    ),
    Word("Encoder", "The half of the network that makes a code of an example."),
    Word("Epoch", "One pass over all training examples."),
    Word(
        "Evidence lower bound",
        "What a variational autoencoder makes large: at most the log-probability of the picture.",
        "cloud",
    ),
    Word("Fine-tuning", "Training the whole, after its parts were trained before.", "layer_by_layer"),
    Word("Floor", "The loss that a perfect reconstruction would still have.", "loss_that_stays"),
    Word("Gradient", "The direction in weights along which the loss rises fastest; a step goes the other way."),
    Word(
        "Identity",
        "The function that leaves everything as it is: what an autoencoder must not merely learn.",
        "copying",
    ),
    Word("Jacobian", "How each number of the code changes when each pixel does: a matrix of slopes.", "flat_elsewhere"),
    Word("k-sparse", "Only the k largest numbers of a code are kept.", "few_at_work"),
    Word(
        "KL divergence",
        "How far one distribution is from another, in nats; zero only if they are the same.",
        "cloud",
    ),
    Word("L1, L2", "Penalties: the sum of absolute values, the sum of squares.", "few_at_work"),
    Word("Latent", "Not seen itself: the code's numbers, from which the visible is made.", "depth"),
    Word("Learning rate", "The size of the steps.", "loss_that_stays"),
    Word("Linear probe", "A linear classifier on the code, which shows what the code knows of the classes."),
    Word("Loss", "The number that training makes small."),
    Word("Masking", "Noise that sets values to zero, or hides patches.", "damage_teaches"),
    Word("Mean squared error", "The mean over pixels of the squared difference.", "linear_is_pca"),
    Word("Nat", "The unit of information with the natural logarithm; 1 nat is about 1.44 bits.", "cloud"),
    Word("Overcomplete", "With a code as large as the input, or larger.", "copying"),
    Word("Over-fitting", "Learning the training examples instead of what they have in common.", "incompressible"),
    Word(
        "PCA",
        "Principal component analysis: the flat space in which the data vary most, in closed form.",
        "linear_is_pca",
    ),
    Word("Perplexity", "How many entries would be in use if all were used alike.", "dictionary"),
    Word("Posterior", "The cloud of codes that the encoder gives a picture.", "cloud"),
    Word("Pretraining", "Training parts of a network before the whole.", "layer_by_layer"),
    Word(
        "Principal angle", "An angle between two flat spaces; all are zero if the spaces are the same.", "linear_is_pca"
    ),
    Word("Prior", "The cloud from which codes are drawn when nothing is known: here the standard normal.", "cloud"),
    Word("Reconstruction", "What the decoder makes of the code of an example."),
    Word("ReLU", "The bend max(0, a).", "loss_that_stays"),
    Word(
        "Restricted Boltzmann machine",
        "A layer of visible and one of hidden random units, with a probability for each state.",
    ),
    Word("Sigmoid", "The bend 1 / (1 + e⁻ᵃ), from 0 to 1; its slope is at most one quarter.", "layer_by_layer"),
    Word("Sparsity", "Few units at work at a time.", "few_at_work"),
    Word("Step", "One change of all weights, after one batch."),
    Word("Straight through", "The gradient passes a choice that has no slope as if nothing lay between.", "dictionary"),
    Word("Tied weights", "The decoder uses the encoder's weights, transposed.", "flat_elsewhere"),
    Word("Token", "One piece that a transformer looks at: here a patch of the picture.", "patches_as_tokens"),
    Word("Undercomplete", "With a code smaller than the input.", "linear_is_pca"),
    Word("Validation", "Examples kept out of training, to see whether what was learnt holds elsewhere."),
)


def texts() -> list[str]:
    """Every word and sentence that a person reads, for whoever translates them."""
    return [text for one in GLOSSARY for text in (one.term, one.meaning)]
