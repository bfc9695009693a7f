"""The declared table of set-ups and of the figures they are held against. A new row is a new entry."""

from collections.abc import Mapping
from types import MappingProxyType

from ae_core import data, variants
from ae_core.measuring import metrics
from ae_core.reference import use_rows
from ae_core.reference.quantities import (
    constant,
    of_best_filter,
    of_noisy_images,
    pca_neighbour_error,
    pca_squared_error,
    tested,
)
from ae_core.reference.row import Row
from ae_core.reference.trial import Classified, leave_untrained

SCIENCE = "Hinton & Salakhutdinov, Science 313, 2006, Fig. 2B"
TUTORIAL = "Keras blog, Building Autoencoders in Keras, 2016"
MEASURED = "measured here, on the same test images"

PCA = {"variant": "vanilla"}  # nothing of it is trained: only its images are looked at
# Cross-entropy, though squared error is what is reported: it gets there in fewer epochs. So does ELU against ReLU.
DEEP = {"variant": "stacked", "widths": "1000,500,250", "activation": "elu", "learning_rate": 0.002}
DEEP_30 = DEEP | {"latent_dim": 30, "epochs": 40}
DEEP_10 = DEEP_30 | {"latent_dim": 10, "epochs": 20}
DEEP_2 = DEEP_30 | {"latent_dim": 2, "epochs": 20}
DENOISING = {
    "variant": "denoising",
    "noise": "gaussian",
    "noise_factor": 0.5,
    "widths": "1024",
    "latent_dim": 128,
    "epochs": 12,
    "learning_rate": 0.002,
}

STACK = {
    "widths": "1000,1000",
    "latent_dim": 1000,
    "code_activation": "relu",
    "pretraining": True,
    "pretraining_epochs": 5,
    "epochs": 1,
}
JMLR = "Vincent et al., JMLR 11, 2010, Table 3"
INTERVAL = 0.0022  # half of the 95 % confidence interval of an error of 1.3 % in 10,000 images
FINE_TUNED = Classified(epochs=20, learning_rate=0.001, batch_size=256)

_ALL = (
    Row(
        "pca-30",
        "PCA, 30 components",
        "squared error per image",
        PCA,
        pca_squared_error(30),
        constant(13.87),
        SCIENCE,
        "equal",
        0.0005,
        seeds=1,
        run=leave_untrained,
    ),
    Row(
        "linear-30",
        "Linear autoencoder, 30-D code",
        "squared error per image",
        {"variant": "undercomplete", "linear": True, "latent_dim": 30, "epochs": 15, "learning_rate": 0.002},
        tested("squared_error_per_image"),
        constant(13.87),
        SCIENCE + " (PCA: the optimum of a linear network)",
        "equal",
        0.02,
    ),
    Row(
        "deep-30",
        "Deep autoencoder 784-1000-500-250-30",
        "squared error per image",
        DEEP_30,
        tested("squared_error_per_image"),
        constant(3.00),
        SCIENCE,
        seeds=1,
        tolerance=0.005 / 3,
        remark="The published network was pretrained layer by layer; a later run without that reached 2.65.",
    ),
    Row(
        "keras-dense",
        "One dense layer, 32-D code",
        "nats per pixel",
        {"variant": "vanilla", "latent_dim": 32, "epochs": 30, "learning_rate": 0.002},
        tested("reconstruction"),
        constant(0.093),
        TUTORIAL + " (says about 0.09; its code ends at 0.093)",
        tolerance=0.0005 / 0.093,
    ),
    Row(
        "keras-sparse",
        "The same with an L1 penalty on the code",
        "nats per pixel",
        {
            "variant": "sparse",
            "sparsity": "l1",
            "sparsity_weight": 1e-4,
            "latent_dim": 32,
            "epochs": 25,
            "learning_rate": 0.005,
        },
        tested("reconstruction"),
        constant(0.10),
        TUTORIAL,
        tolerance=0.05,
        remark="The tutorial's weight of 1e-4 multiplies a sum over code units, averaged over the batch, as here.",
    ),
    Row(
        "keras-deep",
        "Deep autoencoder 784-128-64-32",
        "nats per pixel",
        {
            "variant": "stacked",
            "widths": "128,64",
            "latent_dim": 32,
            "activation": "elu",
            "epochs": 30,
            "learning_rate": 0.003,
        },
        tested("reconstruction"),
        constant(0.08),
        TUTORIAL + " (says about 0.08)",
        tolerance=0.005 / 0.08,
        remark="With ELU and a linear code; the tutorial's ReLU lets units die, with this rate a third of the code's.",
    ),
    Row(
        "keras-convolutional",
        "Convolutional, 4×4×8 code",
        "nats per pixel",
        {
            "variant": "convolutional",
            "channels": "16,8,8",
            "spatial": True,
            "activation": "elu",
            "epochs": 50,
            "learning_rate": 0.004,
            "batch_size": 128,
        },
        tested("reconstruction"),
        constant(0.094),
        TUTORIAL,
        seeds=1,
        tolerance=0.0005 / 0.094,
    ),
    Row(
        "variational-2",
        "Variational, 2-D code: negative bound",
        "nats per image",
        {
            "variant": "variational",
            "latent_dim": 2,
            "kl_weight": 1.0,
            "widths": "512,256",
            "epochs": 60,
            "learning_rate": 0.002,
        },
        tested("bound"),
        constant(146.95),
        "Keras example Variational AutoEncoder, last epoch",
        tolerance=0.005 / 146.95,
        remark="The published figure is a mean over training images, of a convolutional network.",
    ),
    Row(
        "variational-20",
        "Variational, 20-D code: negative bound",
        "nats per image",
        {
            "variant": "variational",
            "latent_dim": 20,
            "kl_weight": 1.0,
            "widths": "400",
            "epochs": 40,
            "learning_rate": 0.002,
        },
        tested("bound"),
        constant(105.6),
        "PyTorch example VAE, test loss after 10 epochs",
        tolerance=0.05 / 105.6,
    ),
    Row(
        "denoising-input",
        "Denoising, Gaussian noise 0.5: error against the noisy image",
        "squared error per pixel",
        DENOISING,
        tested("mse"),
        of_noisy_images(metrics.mean_squared_error),
        "The noisy image itself, " + MEASURED,
    ),
    Row(
        "denoising-filter",
        "The same against the best filter",
        "squared error per pixel",
        DENOISING,
        tested("mse"),
        of_best_filter(metrics.mean_squared_error),
        "Best of Gaussian blur and median filter, width tuned on training images, " + MEASURED,
    ),
    Row(
        "denoising-decibel",
        "The same in decibels",
        "dB",
        DENOISING,
        tested("psnr"),
        of_best_filter(metrics.peak_signal_to_noise),
        "Best of Gaussian blur and median filter, width tuned on training images, " + MEASURED,
        "at least",
    ),
    Row(
        "classifier-plain",
        "Three layers of 1000, pretrained as plain autoencoders, then a classifier: error",
        "share of test images",
        {"variant": "stacked", **STACK},
        tested("classifier_error"),
        constant(0.0140),
        JMLR + " (SAE-3; a support vector machine has the same)",
        tolerance=INTERVAL / 0.0140,
        seeds=1,
        run=FINE_TUNED,
        remark="Reached means within the 95 % confidence interval of a test set of 10,000 images.",
    ),
    Row(
        "classifier-denoising",
        "The same, pretrained as denoising autoencoders",
        "share of test images",
        {"variant": "denoising", "noise": "masking", "noise_factor": 0.25, **STACK},
        tested("classifier_error"),
        constant(0.0128),
        JMLR + " (SDAE-3)",
        tolerance=INTERVAL / 0.0128,
        seeds=1,
        run=FINE_TUNED,
        remark="Reached means within the 95 % confidence interval of a test set of 10,000 images.",
    ),
    *(
        Row(
            f"pca-{size}-neighbour",
            f"PCA, {size} components: 1-NN error",
            "share of test images",
            PCA,
            pca_neighbour_error(size),
            constant(error),
            "DESIGN",
            "equal",
            0.0005 / error,
            seeds=1,
            run=leave_untrained,
        )
        for size, error in ((2, 0.610), (10, 0.086), (30, 0.028))
    ),
    *(
        Row(
            f"deep-{size}-neighbour",
            f"Deep autoencoder, {size}-D code: 1-NN error",
            "share of test images",
            settings,
            tested("knn1_error"),
            pca_neighbour_error(size),
            f"PCA with {size} components, " + MEASURED,
            seeds=1,
        )
        for size, settings in ((2, DEEP_2), (10, DEEP_10), (30, DEEP_30))
    ),
)

ROWS: Mapping[str, Row] = MappingProxyType({row.name: row for row in (*_ALL, *use_rows.ALL)})


def available() -> tuple[Row, ...]:
    """The rows whose variant exists, and whose data set can be had if they name one, in order."""
    known = data.catalogue()
    return tuple(
        row
        for row in ROWS.values()
        if row.settings["variant"] in variants.registry() and row.settings.get("dataset", "mnist") in known
    )
