"""The numbers that every variant has, in words: what each is called, its unit, and which way is better.

How each is computed stands in `metrics`. What only some variants measure is declared by them, and `variants.metrics`
puts all of it together. Pages read this table, so nothing heavy may be imported here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LOWER, HIGHER, NEITHER = "lower", "higher", ""
NATS = "nats per image"  # in which information is told everywhere; loss terms in files are parts of a mean over pixels


@dataclass(frozen=True)
class Metric:
    """One number in words.

    Args:
        name: Its name in messages and results, such as `knn1_accuracy`.
        title: Two or three words for a label.
        unit: What it is counted in; empty for a pure number. A `share` lies between 0 and 1 and is shown in per cent.
        better: `lower` or `higher`, or empty where neither is better in itself.
        help: One sentence for a student.
    """

    name: str
    title: str
    unit: str
    better: str
    help: str


_ALL = (
    # How good the pictures are.
    Metric(
        "mse",
        "Test MSE",
        "per pixel",
        LOWER,
        "Mean squared error per pixel between held-out images and their reconstructions.",
    ),
    Metric(
        "test_mse",
        "Test MSE",
        "per pixel",
        LOWER,
        "Mean squared error per pixel between held-out images and their reconstructions.",
    ),
    Metric(
        "pca_mse",
        "MSE of PCA",
        "per pixel",
        LOWER,
        "The same error for PCA with a code of the same size: the best linear code of undamaged images.",
    ),
    Metric(
        "turned_mse",
        "MSE upside down",
        "per pixel",
        NEITHER,
        "The same error for held-out images that stand upside down, of which the network has seen none.",
    ),
    Metric(
        "squared_error_per_image",
        "Squared error",
        "per image",
        LOWER,
        "Squared error summed over the pixels of an image, averaged over held-out images.",
    ),
    Metric(
        "bce",
        "Cross-entropy",
        "nats per pixel",
        LOWER,
        "Cross-entropy of pixels and reconstruction; grey pixels keep it above zero even for perfect pictures.",
    ),
    Metric(
        "psnr",
        "Signal to noise",
        "dB",
        HIGHER,
        "Peak signal-to-noise ratio: 10 dB more means a squared error ten times smaller.",
    ),
    Metric(
        "ssim",
        "Similarity (SSIM)",
        "",
        HIGHER,
        "Structural similarity: compares brightness, contrast and pattern in small windows; 1 means identical.",
    ),
    # How well unknown values are filled, where some are.
    Metric(
        "imputation_rmse",
        "Filling error",
        "",
        LOWER,
        "Root mean squared error of known values that were hidden and filled by the reconstruction, in units "
        "of the scaled values.",
    ),
    Metric(
        "imputation_rmse_of_mean",
        "Filled by mean",
        "",
        LOWER,
        "The same error where the training mean fills the hidden values: what knowing nothing of the others reaches.",
    ),
    Metric(
        "imputation_rmse_of_pca",
        "Filled by PCA",
        "",
        LOWER,
        "The same error where PCA with a code of the same size fills them again and again until nothing changes.",
    ),
    # How few bits an image takes.
    Metric(
        "compressed_bits",
        "Bits of the code",
        "bits per image",
        LOWER,
        "Numbers in the code times the bits of each: the fewest that leave the error within 1 % of what it is.",
    ),
    Metric(
        "compressed_bits_of_pca",
        "Bits with PCA",
        "bits per image",
        LOWER,
        "The fewest bits of a PCA code, of any size and rounded by the same rule, that leave no larger error.",
    ),
    Metric(
        "compressed_bits_of_jpeg",
        "Bits with JPEG",
        "bits per image",
        LOWER,
        "Bits of JPEG files that leave no larger error, without their headers and tables.",
    ),
    # What the code is worth.
    Metric(
        "knn1_accuracy",
        "1-NN accuracy",
        "share",
        HIGHER,
        "How often the training image with the nearest code shows the same class.",
    ),
    Metric(
        "pca_knn1_accuracy",
        "1-NN with PCA",
        "share",
        HIGHER,
        "How often the nearest code shows the same class when PCA makes codes of the same size.",
    ),
    Metric(
        "knn1_error",
        "1-NN error",
        "share",
        LOWER,
        "How often the training image with the nearest code shows another class.",
    ),
    Metric(
        "linear_probe_accuracy",
        "Linear probe",
        "share",
        HIGHER,
        "How often a linear classifier on the codes names the class: high where flat cuts separate the classes.",
    ),
    Metric(
        "trustworthiness",
        "Trustworthiness",
        "",
        HIGHER,
        "Whether neighbours on the 2-D map are neighbours among the images: 1 is perfect, chance is about 0.5.",
    ),
    Metric(
        "active_units",
        "Active units",
        "share",
        NEITHER,
        "Share of the code's units whose value still changes from image to image.",
    ),
    # Losses.
    Metric("loss", "Loss", "", LOWER, "What training makes small: reconstruction error plus all penalties."),
    Metric(
        "val_loss",
        "Validation loss",
        "",
        LOWER,
        "The loss on images that are never trained on; if it rises while the loss falls, the network memorises.",
    ),
    Metric(
        "reconstruction",
        "Reconstruction",
        "per pixel",
        LOWER,
        "The part of the loss that compares reconstructions with originals.",
    ),
    Metric(
        "pca_loss",
        "Loss of PCA",
        "per pixel",
        LOWER,
        "The reconstruction loss of PCA with a code of the same size on the validation images.",
    ),
    Metric(
        "loss_floor",
        "Loss floor",
        "per pixel",
        NEITHER,
        "The loss that a perfect reconstruction would still have: grey pixels cost cross-entropy.",
    ),
    # The training itself.
    Metric("samples_per_second", "Images a second", "images/s", HIGHER, "Training images per second."),
    Metric("eta_seconds", "Time left", "s", LOWER, "Training time that remains at the present speed."),
    Metric("seconds", "Training time", "s", LOWER, "Time spent in training steps."),
    Metric("epochs", "Epochs", "", NEITHER, "How many times the network has seen every training image."),
    Metric("parameters", "Parameters", "", NEITHER, "Trained numbers in the network; tied weights count once."),
)

COMMON: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
