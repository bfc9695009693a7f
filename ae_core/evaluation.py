"""What a trained model is worth: every number, on the whole test set."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ae_core import metrics
from ae_core.autoencoder import Autoencoder
from ae_core.panels import Look
from ae_core.pca import PrincipalComponents

if TYPE_CHECKING:
    from ae_core.data import Prepared
    from ae_core.probe import Probe


def evaluate(model: Autoencoder, data: "Prepared", pca: PrincipalComponents, probe: "Probe") -> dict[str, Any]:
    """Every metric on all test images, from damaged inputs where the variant damages them.

    Args:
        model: The trained model.
        data: Its data.
        pca: PCA fitted to the same training images.
        probe: The run's probe, for its panels and whether labels mean anything.

    Returns:
        Numbers by name, see `metrics`; None where one has no meaning for these data.
    """
    images = (data.x_test * data.scale + data.offset).astype(np.float32)
    inputs = images
    if model.corruption is not None:
        noise = np.random.default_rng(0).standard_normal(images.shape, np.float32)
        inputs = np.asarray(model.corruption.apply(images, noise))
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
            "psnr": metrics.peak_signal_to_noise(images, reconstructions) if unit else None,
            "ssim": metrics.structural_similarity(images, reconstructions) if pictures else None,
            "squared_error_per_image": float(squared.mean()),
            "pca_mse": metrics.mean_squared_error(images, pca.reconstruct(inputs, probe.code_size)),
            "active_units": metrics.active_units(codes),
        }
        | {name: value for panel in probe.panels for name, value in panel.numbers(look).items()}
        | _of_classes(model, data, codes, probe.labelled)
    )


def _of_classes(model: Autoencoder, data: "Prepared", codes: np.ndarray, labelled: bool) -> dict[str, float | None]:
    if not labelled:
        return {"knn1_error": None}
    known = [
        model.encode((rows * data.scale + data.offset).astype(np.float32))
        for rows in np.array_split(data.x_train, -(-len(data.x_train) // 2000))
    ]
    train_codes = np.concatenate(known)
    accuracy = metrics.nearest_neighbour_accuracy(train_codes, data.y_train, codes, data.y_test)
    return {"knn1_error": 1.0 - accuracy}
