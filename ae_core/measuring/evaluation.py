"""What a trained model is worth: every number, on images that it has never seen."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.measuring import metrics
from ae_core.measuring.compression import MOST_KNOWN, compression, few
from ae_core.measuring.imputation import imputation
from ae_core.measuring.pca import PrincipalComponents
from ae_core.measuring.probe import flat_map, where_known
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
    raw, pca = data.x_test[:most], pca.of_size(probe.code_size)
    images, known, exact = data.fed(raw), data.known(raw), data.exact(raw)
    inputs, seen_by_pca = images, exact
    if model.corruption is not None:
        inputs = where_known(np.asarray(model.corruption.apply(images, test_normals(images.shape))), known, images)
        filled = model.without_gaps(inputs, pca.mean_.reshape(data.spec.shape))
        seen_by_pca = where_known(filled, known, np.nan)
    seen = model.encode(inputs)
    reconstructions = model.decode(seen)
    codes = seen if inputs is images else model.encode(images)
    unit, squared = data.spec.unit_range, metrics.squared_errors(images, reconstructions, known)
    pictures = unit and data.spec.is_image
    look = Look(model, images, inputs, codes, probe.display, known)
    own = {name: value for panel in probe.panels for name, value in panel.numbers(look).items()}
    return (
        {
            "mse": metrics.mean_squared_error(images, reconstructions, known),
            "bce": metrics.cross_entropy(images, reconstructions, known) if unit else None,
            "reconstruction": _reconstruction_loss(model, images, inputs, known),
            "psnr": metrics.peak_signal_to_noise(images, reconstructions, known) if unit else None,
            "ssim": metrics.structural_similarity(images, reconstructions) if pictures else None,
            "squared_error_per_image": float(squared.mean()),
            "pca_mse": metrics.mean_squared_error(exact, pca.reconstruct(seen_by_pca, probe.code_size), known),
            "active_units": metrics.active_units(codes),
            "trustworthiness": metrics.trustworthiness(images[:MAPPED], flat_map(codes)[:MAPPED])
            if len(images) >= metrics.FEWEST_POINTS
            else None,
        }
        | own
        | _of_classes(model, data, codes, probe.labelled, most)
        | (imputation(model, data, pca, raw) if data.has_gaps else {})
        | (_compression(model, data, pca, images, own.get("code_bits")) if pictures else {})
    )


def _compression(
    model: Autoencoder, data: "Prepared", pca: PrincipalComponents, images: np.ndarray, code_bits: object
) -> Numbers:
    """Bits of a few of the test images; those that a variant counts itself are taken from it."""
    known = data.fed(data.x_train[: few(data.x_train, MOST_KNOWN)])
    counted = float(code_bits) if isinstance(code_bits, int | float) else None
    return compression(images[: few(images)], known, model.encode, model.decode, pca, counted)


def test_normals(shape: tuple[int, ...]) -> np.ndarray:
    """The standard normal numbers that damage the test images: always the same ones."""
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def _reconstruction_loss(model: Autoencoder, images: np.ndarray, inputs: np.ndarray, known: np.ndarray | None) -> float:
    """The loss term that compares pictures, exact from the logits."""
    parts = [slice(start, start + TERMS_AT_A_TIME) for start in range(0, len(images), TERMS_AT_A_TIME)]
    cells = None if known is None else known.astype(np.float32)
    losses = [
        model.evaluate_terms(images[part], inputs[part], None if cells is None else cells[part]) for part in parts
    ]
    sizes = np.array([len(images[part]) if known is None else np.count_nonzero(known[part]) for part in parts])
    return metrics.weighted_mean(np.array([terms["reconstruction"] for terms in losses]), sizes)


def _of_classes(
    model: Autoencoder, data: "Prepared", codes: np.ndarray, labelled: bool, most: int | None
) -> dict[str, float | None]:
    """What labels say of the codes, compared with those of training images."""
    if not labelled:
        return {"knn1_error": None, "linear_probe_accuracy": None}
    x_train = data.x_train if most is None else data.x_train[: 5 * most]
    known = [model.encode(data.fed(rows)) for rows in np.array_split(x_train, -(-len(x_train) // 2000))]
    train_codes, labels = np.concatenate(known), data.y_test[: len(codes)]
    accuracy = metrics.nearest_neighbour_accuracy(train_codes, data.y_train[: len(x_train)], codes, labels)
    few = max(100, LARGEST_PROBE // codes[0].size)
    probed = metrics.linear_probe_accuracy(train_codes[:few], data.y_train[: len(x_train)][:few], codes, labels)
    return {"knn1_error": 1.0 - accuracy, "linear_probe_accuracy": probed}
