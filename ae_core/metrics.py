"""Numbers about a trained model. Each says its unit and which way is better."""

import numpy as np

HALF_GREY_LEVEL = 1 / 510


def squared_errors(original: np.ndarray, reconstruction: np.ndarray) -> np.ndarray:
    """Squared error of each image, summed over its pixels: ndarray of shape `(n_samples,)`; lower is better."""
    difference = (original - reconstruction).reshape(len(original), -1).astype(np.float64)
    return np.einsum("ij,ij->i", difference, difference)


def mean_squared_error(original: np.ndarray, reconstruction: np.ndarray) -> float:
    """Mean over pixels and images of `(x - x̂)²`; lower is better."""
    return float(squared_errors(original, reconstruction).mean() / original[0].size)


def cross_entropy(original: np.ndarray, reconstruction: np.ndarray) -> float:
    """Mean over pixels and images of `-[x ln x̂ + (1-x) ln(1-x̂)]`, in nats; lower is better.

    A reconstruction is first clipped to half a grey level (1/510) from 0 and 1: what leaves [0, 1], as PCA's does,
    would else cost without bound. Both arrays are `(n_samples, *example)` with originals in [0, 1].
    """
    clipped = np.clip(reconstruction, HALF_GREY_LEVEL, 1 - HALF_GREY_LEVEL).astype(np.float64)
    return float(-np.mean(original * np.log(clipped) + (1 - original) * np.log1p(-clipped)))


def peak_signal_to_noise(original: np.ndarray, reconstruction: np.ndarray) -> float:
    """`10 log₁₀(1 / MSE)` of each image with peak value 1, averaged over images, in decibels; higher is better."""
    errors = squared_errors(original, reconstruction) / original[0].size
    return float(np.mean(10 * np.log10(1 / np.maximum(errors, 1e-12))))


def structural_similarity(original: np.ndarray, reconstruction: np.ndarray) -> float:
    """Mean structural similarity of images in [0, 1]; 1 is perfect, higher is better.

    `SSIM = (2 μₓμᵧ + c₁)(2 σₓᵧ + c₂) / ((μₓ² + μᵧ² + c₁)(σₓ² + σᵧ² + c₂))` in a Gaussian window of 11×11 pixels with
    standard deviation 1.5, `c₁ = 0.01²`, `c₂ = 0.03²`, averaged over the windows that lie inside the image.

    Args:
        original: ndarray of shape `(n_samples, height, width, channels)`.
        reconstruction: The same shape.

    References:
        Wang, Bovik, Sheikh & Simoncelli, Image quality assessment, IEEE Trans. Image Processing 13, 2004, eq. 13.
    """
    from scipy.ndimage import gaussian_filter

    def blur(images: np.ndarray) -> np.ndarray:
        blurred = gaussian_filter(images.astype(np.float32), sigma=(0, 1.5, 1.5, 0), truncate=5 / 1.5)
        edge = 5 if min(images.shape[1:3]) > 10 else 0
        return blurred[:, edge : images.shape[1] - edge, edge : images.shape[2] - edge]

    mean_x, mean_y = blur(original), blur(reconstruction)
    variance_x = blur(original * original) - mean_x**2
    variance_y = blur(reconstruction * reconstruction) - mean_y**2
    covariance = blur(original * reconstruction) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + 0.01**2) / (mean_x**2 + mean_y**2 + 0.01**2)
    contrast = (2 * covariance + 0.03**2) / (variance_x + variance_y + 0.03**2)
    return float(np.mean(luminance * contrast))


def nearest_neighbour_accuracy(
    train_codes: np.ndarray, train_labels: np.ndarray, codes: np.ndarray, labels: np.ndarray
) -> float:
    """Share of codes whose nearest training code (Euclidean) bears the same label; 0 to 1, higher is better.

    Args:
        train_codes: ndarray of shape `(n_train, ...)`: other images than those of `codes`.
        train_labels: ndarray of shape `(n_train,)`.
        codes: ndarray of shape `(n_samples, ...)`.
        labels: ndarray of shape `(n_samples,)`.
    """
    from sklearn.metrics import pairwise_distances_argmin

    nearest = pairwise_distances_argmin(codes.reshape(len(codes), -1), train_codes.reshape(len(train_codes), -1))
    return float(np.mean(train_labels[nearest] == labels))


def active_units(codes: np.ndarray) -> float:
    """Share of code units that vary: standard deviation over the images above 1 % of the largest unit's; 0 to 1.

    Args:
        codes: ndarray of shape `(n_samples, ...)`.
    """
    spread = codes.reshape(len(codes), -1).std(axis=0)
    return float(np.mean(spread > 0.01 * spread.max())) if spread.max() > 0 else 0.0
