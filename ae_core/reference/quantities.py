"""Numbers beside a model's own: what PCA, a filter or doing nothing achieves on the same test images."""

import functools
from collections.abc import Callable, Iterable

import numpy as np

from ae_core.measuring import evaluation, metrics
from ae_core.reference.trial import Images, Trial

Quantity = Callable[[Trial], float]
Score = Callable[[np.ndarray, np.ndarray], float]

TUNING_IMAGES = 2000
GAUSSIAN_WIDTHS = np.arange(0.3, 2.01, 0.1)  # standard deviations in pixels
MEDIAN_WIDTHS = (2, 3, 4, 5, 6, 7)  # sides of a square in pixels


def constant(value: float) -> Quantity:
    """A number that somebody else published."""
    return lambda trial: value


def tested(name: str) -> Quantity:
    """A number of the test set, by its name in the result."""
    return lambda trial: trial.test(name)


def pca_squared_error(components: int) -> Quantity:
    """Squared error per test image that PCA leaves with so many components."""

    def measure(trial: Trial) -> float:
        test = trial.images.test
        return float(metrics.squared_errors(test, trial.images.pca.reconstruct(test, components)).mean())

    return measure


def pca_neighbour_error(components: int) -> Quantity:
    """Share of test images whose nearest training image by its PCA code bears another label."""

    def measure(trial: Trial) -> float:
        return _pca_neighbour_error(trial.images, components)

    return measure


@functools.lru_cache(maxsize=8)
def _pca_neighbour_error(source: Images, components: int) -> float:
    codes = (source.pca.encode(table, components) for table in (source.known, source.test))
    known, test = codes
    return 1.0 - metrics.nearest_neighbour_accuracy(known, source.known_labels, test, source.test_labels)


def of_noisy_images(score: Score) -> Quantity:
    """What the damaged test images themselves score against the clean ones."""
    return lambda trial: score(trial.images.test, damaged_test_images(trial))


def of_best_filter(score: Score) -> Quantity:
    """What the best blur or median filter scores on the same damaged test images.

    Its kind and width are those of the least squared error on training images with noise of their own.
    """

    def measure(trial: Trial) -> float:
        smooth = best_filter(trial)
        return score(trial.images.test, smooth(damaged_test_images(trial)))

    return measure


def damaged_test_images(trial: Trial) -> np.ndarray:
    """The test images as a denoising model was given them in its evaluation, number for number."""
    return _damage(trial, trial.images.test, evaluation.test_normals(trial.images.test.shape))


def best_filter(trial: Trial) -> "Smoother":
    """The filter of the least squared error on training images damaged like the test images."""
    clean = trial.images.known[:TUNING_IMAGES]
    noisy = _damage(trial, clean, np.random.default_rng(1).standard_normal(clean.shape, np.float32))
    return min(_smoothers(), key=lambda smooth: metrics.mean_squared_error(clean, smooth(noisy)))


Smoother = Callable[[np.ndarray], np.ndarray]


def _smoothers() -> Iterable[Smoother]:
    from scipy.ndimage import gaussian_filter, median_filter

    for width in GAUSSIAN_WIDTHS:
        yield functools.partial(gaussian_filter, sigma=(0, width, width, 0))
    for width in MEDIAN_WIDTHS:
        yield functools.partial(median_filter, size=(1, width, width, 1))


def _damage(trial: Trial, clean: np.ndarray, normals: np.ndarray) -> np.ndarray:
    from ae_core.models.layers.corruption import Corruption

    settings = trial.settings
    corruption = Corruption(settings.noise, settings.noise_factor, trial.images.spec, settings.seed)  # type: ignore[attr-defined]
    return np.asarray(corruption.apply(clean, normals))
