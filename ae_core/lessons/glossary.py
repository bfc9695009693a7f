"""Words of the field, each in one or two sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One of them.

    Args:
        term: The word.
        meaning: One or two sentences.
        lesson: Name of the lesson that shows it; empty for none.
        also: Other forms in which it stands on pages, beside the plural.
    """

    term: str
    meaning: str
    lesson: str = ""
    also: tuple[str, ...] = ()


GLOSSARY = (
    Word(
        "1-NN accuracy",
        "How often the nearest code belongs to an example of the same class: what a map of codes is worth.",
        "depth",
        also=(
            "1-NN",
            "nearest neighbour",
        ),
    ),
    Word(
        "Activation",
        "The bend of a unit: the function (ReLU, sigmoid, …) through which it passes its weighted sum. Also what comes "
        "out of it.",
        "few_at_work",
        also=("activation function", "bend", "non-linearity"),
    ),
    Word(
        "Active dimension",
        "A dimension of a variational code whose mean still changes with the picture: its variance is above 0.01.",
        "cloud",
    ),
    Word("Active unit", "A unit of the code whose value still changes from example to example.", "loss_that_stays"),
    Word(
        "Adam",
        "A rule that turns gradients into steps, with a step size of its own for each weight.",
        "loss_that_stays",
    ),
    Word(
        "Adversarial",
        "Trained against a discriminator, which learns to tell codes from draws of the prior; the encoder learns to "
        "deceive it.",
        "cloud",
    ),
    Word(
        "Anomaly",
        "An example unlike those that were learnt. The reconstruction error may show it, and may not.",
        "which_is_odd",
        also=(
            "anomalies",
            "odd",
        ),
    ),
    Word("Attention", "Each token looks at all the others and takes from them what it needs.", "patches_as_tokens"),
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
    Word("Bias", "A number that a unit adds to its weighted sum; training changes it.", also=("biases",)),
    Word("Bit", "The unit of information: one answer, yes or no. 1 bit is about 0.69 nats.", "incompressible"),
    Word("Bottleneck", "The narrowest place of the network: the code.", "linear_is_pca"),
    Word("Checkerboard", "A pattern in pictures from filters that overlap unevenly.", "sliding_filters"),
    Word(
        "Code",
        "What the encoder makes of an example, and all that the decoder sees of it. Also: latent code.",
        also=("latent code",),
    ),
    Word(
        "Code map",
        "Codes of held-out examples as points, two numbers each. The colour is the class, which no network sees.",
        "depth",
    ),
    Word("Codebook", "The entries among which a vector-quantised code chooses.", "dictionary", also=("dictionary",)),
    Word(
        "Collapse",
        "Code dimensions that say nothing any more: their clouds have become the prior.",
        "cloud",
        also=("collapsed",),
    ),
    Word(
        "Contractive",
        "With a penalty on the encoder's slope, so that the code stands still when the input moves a little.",
        "flat_elsewhere",
    ),
    Word("Contrastive divergence", "An estimate of the likelihood's gradient from a few steps of Gibbs sampling."),
    Word(
        "Convolution",
        "A small filter that slides over the picture, with the same weights everywhere.",
        "sliding_filters",
    ),
    Word(
        "Corruption",
        "Damage that is done to the input on purpose: noise, masking.",
        "damage_teaches",
        also=(
            "corrupted",
            "noise",
        ),
    ),
    Word(
        "Cross-entropy",
        "A loss that reads each pixel as a probability. Grey pixels keep it above zero, see floor.",
        "loss_that_stays",
    ),
    Word("Dead unit", "A unit that answers zero to everything and gets no gradient any more.", "loss_that_stays"),
    Word("Decoder", "The half of the network that turns a code into an example."),
    Word(
        "Deep belief network",
        "A stack of restricted Boltzmann machines, trained one after the other.",
        "layer_by_layer",
        also=("belief network",),
    ),
    Word("Denoising", "Shown damaged inputs and asked for the undamaged ones.", "damage_teaches"),
    Word(
        "Discriminator",
        "A network that tells codes of pictures from codes drawn from the prior; the encoder learns to deceive it.",
        "cloud",
    ),
    Word(
        "Dropout",
        "Hidden units are switched off at random in training, so that none relies on another.",
        "damage_teaches",
    ),
    Word("Encoder", "The half of the network that makes a code of an example."),
    Word("Epoch", "One pass over all training examples."),
    Word(
        "Error",
        "How far a reconstruction is from its original: usually the mean over pixels of the squared difference.",
        "linear_is_pca",
        also=("reconstruction error",),
    ),
    Word(
        "Evidence lower bound",
        "What a variational autoencoder makes large: at most the log-probability of the picture.",
        "cloud",
        also=("ELBO",),
    ),
    Word(
        "Filling",
        "Unknown values, taken from what the network makes of the known ones.",
        "patches_as_tokens",
        also=("filled",),
    ),
    Word(
        "Filter",
        "The weights with which a unit looks at its input: drawn as a picture, what it looks for.",
        "sliding_filters",
    ),
    Word("Fine-tuning", "Training the whole, after its parts were trained before.", "layer_by_layer"),
    Word(
        "Flat space",
        "A line, a plane, or the like in more dimensions: all that can be reached from one point along a few "
        "directions. Also: subspace.",
        "linear_is_pca",
        also=("subspace",),
    ),
    Word("Floor", "The loss that a perfect reconstruction would still have.", "loss_that_stays", also=("loss floor",)),
    Word(
        "Gibbs sampling",
        "Hidden units are drawn from the visible ones, then visible ones from the hidden, again and again: so a "
        "Boltzmann machine makes samples.",
    ),
    Word("Gradient", "The direction in weights along which the loss rises fastest; a step goes the other way."),
    Word("Hidden unit", "One number that a layer computes, between input and output.", "few_at_work", also=("unit",)),
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
        also=("KL",),
    ),
    Word("L1, L2", "Penalties: the sum of absolute values, the sum of squares.", "few_at_work"),
    Word("Latent", "Not seen itself: the code's numbers, from which the visible is made.", "depth"),
    Word("Learning rate", "The size of the steps.", "loss_that_stays"),
    Word("Lifetime sparsity", "How seldom a unit is at work over all examples, from 0 to 1.", "few_at_work"),
    Word(
        "Linear probe",
        "A linear classifier on the code, which shows what the code knows of the classes.",
        also=("probe",),
    ),
    Word("Loss", "The number that training makes small."),
    Word("Masking", "Noise that sets values to zero, or hides patches.", "damage_teaches", also=("masked",)),
    Word(
        "Mean squared error",
        "The mean over pixels of the squared difference.",
        "linear_is_pca",
        also=(
            "MSE",
            "squared error",
        ),
    ),
    Word("MMD", "Maximum mean discrepancy: how far two clouds of codes are apart, measured with kernels.", "cloud"),
    Word("Nat", "The unit of information with the natural logarithm; 1 nat is about 1.44 bits.", "cloud"),
    Word("Network", "Layers of units, each a weighted sum of those before, bent by an activation."),
    Word(
        "Over-fitting",
        "Learning the training examples instead of what they have in common.",
        "incompressible",
        also=(
            "over-fit",
            "overfitting",
        ),
    ),
    Word("Overcomplete", "With a code as large as the input, or larger.", "copying"),
    Word("Parameter", "A number that is learnt: a weight or a bias."),
    Word(
        "PCA",
        "Principal component analysis: the flat space in which the data vary most, in closed form.",
        "linear_is_pca",
        also=("principal component",),
    ),
    Word(
        "Penalty",
        "A term added to the loss, times a weight, so that training makes something small besides the error.",
        "few_at_work",
        also=("penalties",),
    ),
    Word("Perplexity", "How many entries would be in use if all were used alike.", "dictionary"),
    Word("Population sparsity", "How few units are at work for one example, from 0 to 1.", "few_at_work"),
    Word("Posterior", "The cloud of codes that the encoder gives a picture.", "cloud"),
    Word("Pretraining", "Training parts of a network before the whole.", "layer_by_layer", also=("pretrained",)),
    Word(
        "Principal angle", "An angle between two flat spaces; all are zero if the spaces are the same.", "linear_is_pca"
    ),
    Word("Prior", "The cloud from which codes are drawn when nothing is known: here the standard normal.", "cloud"),
    Word("Reconstruction", "What the decoder makes of the code of an example.", also=("reconstruct",)),
    Word("ReLU", "The bend max(0, a).", "loss_that_stays"),
    Word(
        "Reparametrisation",
        "A random code is computed as mean plus standard deviation times noise, so that the gradient reaches both, "
        "although the noise is drawn.",
        "cloud",
        also=("reparameterisation", "reparameterization"),
    ),
    Word(
        "Restricted Boltzmann machine",
        "A layer of visible and one of hidden random units, with a probability for each state.",
        also=("Boltzmann machine",),
    ),
    Word(
        "ROC curve",
        "Odd ones found against false alarms, for every threshold. The area under it is 1 at best, one half by chance.",
        "which_is_odd",
    ),
    Word("Seed", "The number with which random numbers begin: the same seed gives the same training."),
    Word("Sigmoid", "The bend 1 / (1 + e⁻ᵃ), from 0 to 1; its slope is at most one quarter.", "layer_by_layer"),
    Word(
        "Signal to noise",
        "How large the signal is beside the error, in decibels: 10 more mean a tenth of the squared error.",
        "damage_teaches",
        also=("PSNR",),
    ),
    Word("Sparsity", "Few units at work at a time.", "few_at_work", also=("sparse",)),
    Word(
        "SSIM",
        "Structural similarity: compares brightness, contrast and pattern in small windows; 1 means identical.",
        "sliding_filters",
    ),
    Word("Step", "One change of all weights, after one batch."),
    Word("Straight through", "The gradient passes a choice that has no slope as if nothing lay between.", "dictionary"),
    Word(
        "t-SNE", "A map that puts neighbours close together; distances between far points mean nothing on it.", "depth"
    ),
    Word(
        "Throughput",
        "How many examples a training looks at in a second.",
        also=(
            "images a second",
            "images/s",
        ),
    ),
    Word("Tied weights", "The decoder uses the encoder's weights, transposed.", "flat_elsewhere", also=("tied",)),
    Word("Token", "One piece that a transformer looks at: here a patch of the picture.", "patches_as_tokens"),
    Word(
        "Trustworthiness",
        "How many of the neighbours on the map are neighbours among the pictures themselves, too; 1 means all.",
        "depth",
    ),
    Word("Undercomplete", "With a code smaller than the input.", "linear_is_pca"),
    Word(
        "Validation",
        "Examples kept out of training, to see whether what was learnt holds elsewhere.",
        also=(
            "validation loss",
            "held-out",
        ),
    ),
    Word("Variational", "With a cloud of codes for each picture instead of one point.", "cloud"),
    Word(
        "Vector-quantised",
        "With a code of entries from a codebook: each part of what the encoder puts out is replaced by the nearest "
        "entry.",
        "dictionary",
        also=("vector quantisation",),
    ),
    Word(
        "Wasserstein",
        "Named after a distance between distributions: the least work, mass times path, that turns one into another. A "
        "Wasserstein autoencoder keeps it small by a small error and by codes that lie as the prior does.",
        "cloud",
    ),
    Word("Weight", "A number by which an input counts in a unit; training changes it."),
)


def texts() -> list[str]:
    """Every word and sentence that a person reads, for whoever translates them."""
    return [text for one in GLOSSARY for text in (one.term, one.meaning, *one.also)]
