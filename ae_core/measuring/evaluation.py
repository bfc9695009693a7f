"""What a trained model is worth: every number, on images that it has never seen."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.measuring import metrics
from ae_core.measuring.pca import PrincipalComponents
from ae_core.measuring.probe import flat_map
from ae_core.messages import Numbers
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.contracts import Look

if TYPE_CHECKING:
    from ae_core.data.preparation import Prepared
    from ae_core.measuring.probe import Probe

TERMS_AT_A_TIME = 1000  # images, so that memory stays bounded
MAPPED = 1000  # images on the map whose neighbours are looked at: all pairs of them are compared
LARGEST_PROBE = 2_000_000  # numbers in the codes that the linear probe learns from, so that it takes seconds


def evaluate(
    model: Autoencoder, data: "Prepared", pca: PrincipalComponents, probe: "Probe", most: int | None = None
) -> Numbers:
    """Every metric on the test images, from damaged inputs where the variant damages them.

    Args:
        model: The trained model.
        data: Its data.
        pca: PCA fitted to the same training images.
        probe: The run's probe, for its panels and whether labels mean anything.
        most: Test images, at most, and five times as many training images whose codes they are compared with; all of
            them by default.

    Returns:
        Numbers by name, see `metrics`; None where one has no meaning for these data.
    """
    images = data.scaled(data.x_test[:most])
    inputs = images
    if model.corruption is not None:
        inputs = np.asarray(model.corruption.apply(images, test_normals(images.shape)))
    exact = data.exact(data.x_test[:most])
    known = model.without_gaps(inputs, pca.mean_.reshape(data.spec.shape)) if inputs is not images else exact
    seen = model.encode(inputs)
    reconstructions = model.decode(seen)
    codes = seen if inputs is images else model.encode(images)
    unit, squared = data.spec.unit_range, metrics.squared_errors(images, reconstructions)
    pictures = unit and data.spec.is_image
    look = Look(model, images, inputs, codes, probe.display)
    return (
        {
            "mse": metrics.mean_squared_error(images, reconstructions),
            "bce": metrics.cross_entropy(images, reconstructions) if unit else None,
            "reconstruction": _reconstruction_loss(model, images, inputs),
            "psnr": metrics.peak_signal_to_noise(images, reconstructions) if unit else None,
            "ssim": metrics.structural_similarity(images, reconstructions) if pictures else None,
            "squared_error_per_image": float(squared.mean()),
            "pca_mse": metrics.mean_squared_error(exact, pca.reconstruct(known, probe.code_size)),
            "active_units": metrics.active_units(codes),
            "trustworthiness": metrics.trustworthiness(images[:MAPPED], flat_map(codes)[:MAPPED])
            if len(images) >= metrics.FEWEST_POINTS
            else None,
        }
        | {name: value for panel in probe.panels for name, value in panel.numbers(look).items()}
        | _of_classes(model, data, codes, probe.labelled, most)
    )


def test_normals(shape: tuple[int, ...]) -> np.ndarray:
    """The standard normal numbers that damage the test images: always the same ones."""
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def _reconstruction_loss(model: Autoencoder, images: np.ndarray, inputs: np.ndarray) -> float:
    """The loss term that compares pictures, exact from the logits."""
    parts = range(0, len(images), TERMS_AT_A_TIME)
    losses = [
        model.evaluate_terms(images[start : start + TERMS_AT_A_TIME], inputs[start : start + TERMS_AT_A_TIME])
        for start in parts
    ]
    sizes = [len(images[start : start + TERMS_AT_A_TIME]) for start in parts]
    return float(np.average([terms["reconstruction"] for terms in losses], weights=sizes))


def _of_classes(
    model: Autoencoder, data: "Prepared", codes: np.ndarray, labelled: bool, most: int | None
) -> dict[str, float | None]:
    """What labels say of the codes, compared with those of training images."""
    if not labelled:
        return {"knn1_error": None, "linear_probe_accuracy": None}
    x_train = data.x_train if most is None else data.x_train[: 5 * most]
    known = [model.encode(data.scaled(rows)) for rows in np.array_split(x_train, -(-len(x_train) // 2000))]
    train_codes, labels = np.concatenate(known), data.y_test[: len(codes)]
    accuracy = metrics.nearest_neighbour_accuracy(train_codes, data.y_train[: len(x_train)], codes, labels)
    few = max(100, LARGEST_PROBE // codes[0].size)
    probed = metrics.linear_probe_accuracy(train_codes[:few], data.y_train[: len(x_train)][:few], codes, labels)
    return {"knn1_error": 1.0 - accuracy, "linear_probe_accuracy": probed}
