"""Numbers about a trained model. Each says its unit and which way is better."""

import numpy as np

HALF_GREY_LEVEL = 1 / 510
LARGEST_FIT = 2_000_000  # numbers in the codes that a linear probe learns from: a second or two on two cores
SMALLEST_FIT = 2000  # but so many images, however large their codes
MOST_NEIGHBOURHOODS = 1000  # images; time and memory grow with the square
FEWEST_POINTS = 4  # among which a point has neighbours, and others
ACTIVE_VARIANCE = 0.01  # of Burda et al.
SMALLEST_PROBABILITY = 1e-7  # the resolution of a 32-bit number below 1
LARGEST_SINGLE = 1e9  # whose fourth power, summed over many, still is a 32-bit number


def roomy(values: np.ndarray) -> np.ndarray:
    """The same numbers, with 64 bits if they are so large that sums of their squares would leave the range of 32."""
    return values if not values.size or np.abs(values).max() <= LARGEST_SINGLE else values.astype(np.float64)


def weighted_mean(errors: np.ndarray, weights: np.ndarray | None) -> float:
    """`Σ w e / Σ w`; not a number where all weights are 0. An error of weight 0 may be anything, also not a number.

    Args:
        errors: ndarray of any shape.
        weights: How much each counts, at least 0, numbers or bool of the same shape; None: all alike.
    """
    if weights is None:
        return float(np.mean(errors))
    if not np.any(weights):
        return float("nan")
    return float(np.average(np.where(weights != 0, errors, 0.0), weights=weights))


def squared_errors(original: np.ndarray, reconstruction: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """Squared error of each image, summed over its pixels: ndarray of shape `(n_samples,)`; lower is better.

    Args:
        original: ndarray of shape `(n_samples, *example)`.
        reconstruction: The same shape.
        known: Which values are known, bool of the same shape; the others do not enter the sum. None: all are.
    """
    if known is not None:
        original = np.where(known, original, reconstruction)
    difference = (original - reconstruction).reshape(len(original), -1)
    # In the precision that the images have: doubles would take four times as long, for the seventh digit.
    errors = np.einsum("ij,ij->i", difference, difference).astype(np.float64)
    if np.isfinite(errors).all():
        return errors
    difference = difference.astype(np.float64)  # a training that diverges may have squares that only these hold
    return np.einsum("ij,ij->i", difference, difference)


def mean_squared_error(original: np.ndarray, reconstruction: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean over pixels and images of `(x - x̂)²`; lower is better. `weights`: how much each pixel counts."""
    if weights is not None:
        return weighted_mean((original - reconstruction).astype(np.float64) ** 2, weights)
    return float(squared_errors(original, reconstruction).mean() / original[0].size)


def mean_squared_errors(original: np.ndarray, reconstruction: np.ndarray, known: np.ndarray | None) -> np.ndarray:
    """Squared error of each example, mean over its known values: ndarray of shape `(n_samples,)`; lower is better.

    It is not a number where an example has no known value.

    Args:
        original: ndarray of shape `(n_samples, *example)`.
        reconstruction: The same shape.
        known: Which values are known, bool of the same shape; None: all are.
    """
    sums = squared_errors(original, reconstruction, known)
    if known is None:
        return sums / original[0].size
    counts = np.count_nonzero(known.reshape(len(known), -1), axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def cross_entropy(original: np.ndarray, reconstruction: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean over pixels and images of `-[x ln x̂ + (1-x) ln(1-x̂)]`, in nats; lower is better.

    A reconstruction is first clipped to half a grey level (1/510) from 0 and 1: what leaves [0, 1], as PCA's does,
    would else cost without bound. The arrays are `(n_samples, *example)` with originals in [0, 1]; `weights` tell
    how much each pixel counts.
    """
    clipped = np.clip(reconstruction, HALF_GREY_LEVEL, 1 - HALF_GREY_LEVEL).astype(np.float64)
    return -weighted_mean(original * np.log(clipped) + (1 - original) * np.log1p(-clipped), weights)


def peak_signal_to_noise(original: np.ndarray, reconstruction: np.ndarray, known: np.ndarray | None = None) -> float:
    """`10 log₁₀(1 / MSE)` of each image with peak value 1, averaged over images, in decibels; higher is better.

    Args:
        original: ndarray of shape `(n_samples, *example)`, in [0, 1].
        reconstruction: The same shape.
        known: Which values are known, see `mean_squared_errors`; examples without any are left out.
    """
    errors = mean_squared_errors(original, reconstruction, known)
    return weighted_mean(10 * np.log10(1 / np.maximum(errors, 1e-12)), None if known is None else ~np.isnan(errors))


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
        blurred = gaussian_filter(images, sigma=(0, 1.5, 1.5, 0), truncate=5 / 1.5)
        edge = 5 if min(images.shape[1:3]) > 10 else 0
        return blurred[:, edge : images.shape[1] - edge, edge : images.shape[2] - edge]

    original, reconstruction = original.astype(np.float32), roomy(reconstruction.astype(np.float32))
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

    asked, known = (roomy(one.reshape(len(one), -1)) for one in (codes, train_codes))
    nearest = pairwise_distances_argmin(asked, known)
    return float(np.mean(train_labels[nearest] == labels))


def active_units(codes: np.ndarray) -> float:
    """Share of code units that vary: standard deviation over the images above 1 % of the largest unit's; 0 to 1.

    Args:
        codes: ndarray of shape `(n_samples, ...)`.
    """
    spread = roomy(codes.reshape(len(codes), -1)).std(axis=0)
    return float(np.mean(spread > 0.01 * spread.max())) if spread.max() > 0 else 0.0


def active_latent_dimensions(z_mean: np.ndarray) -> int:
    """Dimensions of a variational code that the images move: `Var_x(μⱼ(x)) > 0.01`; a count, higher is a fuller code.

    Args:
        z_mean: Means of the posterior, ndarray of shape `(n_samples, latent_dim)`.

    References:
        Burda, Grosse & Salakhutdinov, Importance weighted autoencoders, ICLR 2016, section 5.2.
    """
    return int(np.count_nonzero(z_mean.astype(np.float64).var(axis=0) > ACTIVE_VARIANCE))


def mean_activation(codes: np.ndarray) -> np.ndarray:
    """Mean value of each code unit over the images: ndarray of shape `(units,)`, in the unit of the code.

    Args:
        codes: ndarray of shape `(n_samples, ...)`.
    """
    return codes.reshape(len(codes), -1).astype(np.float64).mean(axis=0)


def lifetime_sparsity(codes: np.ndarray) -> float:
    """How rarely a code unit responds, averaged over units; 0 to 1, higher is sparser.

    `S = (1 - a) / (1 - 1/n)` with the Treves–Rolls measure `a = (Σᵢ|rᵢ|/n)² / (Σᵢrᵢ²/n)` of one unit's responses `rᵢ`
    to `n` images. A unit that answers one image only has 1, a unit that answers all alike has 0. Negative values count
    by their size; a unit that never responds is left out, and 0 is returned where all are.

    Args:
        codes: ndarray of shape `(n_samples, ...)`.

    References:
        Rolls & Tovee, J. Neurophysiology 73, 1995 (`a`); Vinje & Gallant, Science 287, 2000 (`S`);
        Willmore & Tolhurst, Characterizing the sparseness of neural codes, Network 12, 2001.
    """
    return _treves_rolls(codes.reshape(len(codes), -1).T)


def population_sparsity(codes: np.ndarray) -> float:
    """How few units tell one image, averaged over images; 0 to 1, higher is sparser.

    The formula of `lifetime_sparsity` with the `n` units' responses to one image. One active unit has 1, all units
    equally active has 0. An image to which no unit responds is left out.

    Args:
        codes: ndarray of shape `(n_samples, ...)`.

    References:
        Willmore & Tolhurst, Characterizing the sparseness of neural codes, Network 12, 2001.
    """
    return _treves_rolls(codes.reshape(len(codes), -1))


def _treves_rolls(responses: np.ndarray) -> float:
    """Mean over the rows of `(1 - a) / (1 - 1/n)`, where `n` is the length of a row."""
    count = responses.shape[1]
    sizes = np.abs(responses[np.any(responses != 0, axis=1)], dtype=np.float64)
    if count < 2 or not len(sizes):
        return 0.0
    sizes /= sizes.max(axis=1, keepdims=True)  # squares of tiny values would vanish
    density = sizes.mean(axis=1) ** 2 / np.mean(sizes**2, axis=1)
    return float(np.mean((1 - density) / (1 - 1 / count)))


def linear_probe_accuracy(
    train_codes: np.ndarray, train_labels: np.ndarray, codes: np.ndarray, labels: np.ndarray
) -> float:
    """Share of codes whose class a linear classifier names; 0 to 1, higher is better.

    Multinomial logistic regression with the penalty `½ ‖w‖²` on codes of mean 0 and standard deviation 1 per unit, both
    learnt from the training codes alone: from the first 2,000,000 / units of them, but at least 2000, so that it stays
    quick. A fit that is not finished after 200 steps is taken as it is.

    Args:
        train_codes: ndarray of shape `(n_train, ...)`: other images than those of `codes`.
        train_labels: ndarray of shape `(n_train,)`.
        codes: ndarray of shape `(n_samples, ...)`.
        labels: ndarray of shape `(n_samples,)`.

    References:
        Alain & Bengio, Understanding intermediate layers using linear classifier probes, 2016.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    units = int(np.prod(train_codes.shape[1:]))
    rows = max(SMALLEST_FIT, LARGEST_FIT // units)
    known, train_labels = roomy(train_codes[:rows].reshape(-1, units).astype(np.float32)), train_labels[:rows]
    if len(np.unique(train_labels)) < 2:
        return float(np.mean(labels == train_labels[0]))
    scaler = StandardScaler().fit(known)
    # With a tolerance of 1e-3 MNIST's codes need some 20 steps and score as they do after 50, at 1e-4.
    classifier = LogisticRegression(tol=1e-3, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(scaler.transform(known), train_labels)
    asked = scaler.transform(roomy(codes.reshape(len(codes), -1).astype(np.float32)))
    return float(np.mean(classifier.predict(asked) == labels))


def trustworthiness(images: np.ndarray, flat_map: np.ndarray, neighbours: int = 10) -> float:
    """Whether neighbours on a map are neighbours among the images; 0 to 1, higher is better, chance is about 0.5.

    `T = 1 - 2 / (n k (2n - 3k - 1)) Σᵢ Σⱼ max(0, r(i, j) - k)` over the `k` nearest neighbours j of point i on the map,
    where j is the `r(i, j)`-th nearest to i among the images. Only the first 1000 points are looked at.

    Args:
        images: ndarray of shape `(n_samples, ...)`.
        flat_map: Places of the same images, ndarray of shape `(n_samples, 2)`.
        neighbours: `k`, from 1; lowered where there are not twice as many points.

    Raises:
        ValueError: If there are fewer than 4 points.

    References:
        Venna & Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001.
    """
    from sklearn.manifold import trustworthiness as measured

    images, flat_map = images[:MOST_NEIGHBOURHOODS], flat_map[:MOST_NEIGHBOURHOODS]
    if len(images) < FEWEST_POINTS:
        raise ValueError(f"trustworthiness needs at least {FEWEST_POINTS} points. Received: {len(images)}.")
    neighbours = min(neighbours, (len(images) - 1) // 2)
    return float(measured(images.reshape(len(images), -1), flat_map, n_neighbors=neighbours))


def gaussian_kl(z_mean: np.ndarray, z_log_var: np.ndarray) -> np.ndarray:
    """`KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² - 1 - ln σ²)` of each image and dimension, in nats, from 0.

    Its sum over dimensions is the information that a code of the image carries, its mean over images what one dimension
    carries: a dimension near 0 says nothing.

    Args:
        z_mean: μ, ndarray of shape `(n_samples, latent_dim)`.
        z_log_var: ln σ², of the same shape.

    Returns:
        ndarray of the same shape.

    References:
        Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014, appendix B.
    """
    mean, log_var = z_mean.astype(np.float64), z_log_var.astype(np.float64)
    return 0.5 * (mean**2 + np.expm1(log_var) - log_var)


def bound_in_nats(
    images: np.ndarray,
    reconstruction: np.ndarray,
    z_mean: np.ndarray,
    z_log_var: np.ndarray,
    from_logits: bool = False,
    known: np.ndarray | None = None,
) -> float:
    """Negative evidence lower bound, mean over images, in nats per image; lower is better.

    `-Σᵢ [xᵢ ln x̂ᵢ + (1-xᵢ) ln(1-x̂ᵢ)] + Σⱼ KL(N(μⱼ, σⱼ²) ‖ N(0, 1))`: the cross-entropy is summed over pixels, not
    averaged, and `x̂` is decoded from a random code `z ~ N(μ, σ²)`, not from μ. For grey images the first sum is no
    longer a probability's logarithm, but it is what the literature reports.

    Args:
        images: ndarray of shape `(n_samples, *example)`, in [0, 1].
        reconstruction: Probabilities in [0, 1] or logits, of the same shape.
        z_mean: μ, ndarray of shape `(n_samples, latent_dim)`.
        z_log_var: ln σ², of the same shape.
        from_logits: Whether `reconstruction` holds logits: exact, while probabilities are clipped to 1e-7 from 0 and 1.
        known: Which values are known, bool of the same shape; the others do not enter the sum. None: all are.

    References:
        Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014, eq. 10.
    """
    x, y = (array.reshape(len(images), -1) for array in (images, reconstruction))
    if from_logits:  # in their own precision, as this is measured at every snapshot
        errors = np.maximum(y, 0) - x * y + np.log1p(np.exp(-np.abs(y)))
    else:
        x, y = x.astype(np.float64), y.astype(np.float64)
        y = np.clip(y, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        errors = -(x * np.log(y) + (1 - x) * np.log1p(-y))
    if known is not None:
        errors = np.where(known.reshape(errors.shape), errors, 0)
    return float(np.mean(errors.sum(axis=1, dtype=np.float64) + gaussian_kl(z_mean, z_log_var).sum(axis=1)))


def perplexity(counts: np.ndarray) -> float:
    """How many entries, used alike, would say as much: `exp(-Σₖ pₖ ln pₖ)`, from 1 to all; higher is fuller use.

    Args:
        counts: How often each entry was chosen, ndarray of shape `(entries,)`.

    Returns:
        The perplexity; 0 if nothing was counted.

    References:
        van den Oord, Vinyals & Kavukcuoglu, Neural discrete representation learning, NeurIPS 2017.
    """
    used = counts[counts > 0] / max(counts.sum(), 1)
    return float(np.exp(-np.sum(used * np.log(used)))) if len(used) else 0.0


def max_mean_discrepancy(a: np.ndarray, b: np.ndarray) -> float:
    """Distance between the distributions that two samples come from; about 0 if they are one, higher is farther.

    The unbiased estimate `mean_{i≠j} k(aᵢ, aⱼ) + mean_{i≠j} k(bᵢ, bⱼ) - 2 mean_{ij} k(aᵢ, bⱼ)` of the squared maximum
    mean discrepancy, which may fall a little below 0, with the inverse multiquadric kernel
    `k(x, y) = C / (C + ‖x - y‖²)`. `C = 2d` is the mean squared distance of two draws from N(0, I) in d dimensions, the
    usual prior of a code.

    Args:
        a: ndarray of shape `(n_samples, d)`, two samples or more.
        b: ndarray of shape `(m_samples, d)`, two samples or more.

    References:
        Gretton et al., A kernel two-sample test, JMLR 13, 2012, lemma 6;
        Tolstikhin, Bousquet, Gelly & Schölkopf, Wasserstein auto-encoders, ICLR 2018, section 4.
    """

    def kernel_sum(rows: np.ndarray, others: np.ndarray) -> float:
        scale = 2.0 * rows.shape[1]
        sizes, total = np.einsum("ij,ij->i", others, others), 0.0
        for part in np.array_split(rows, -(-len(rows) // 1000)):  # so that memory stays bounded
            squares = np.einsum("ij,ij->i", part, part)[:, None] + sizes - 2 * part @ others.T
            total += float(np.sum(scale / (scale + np.maximum(squares, 0))))
        return total

    a, b = (sample.reshape(len(sample), -1).astype(np.float64) for sample in (a, b))
    count, others = len(a), len(b)
    within_a = (kernel_sum(a, a) - count) / (count * (count - 1))  # k(x, x) = 1
    within_b = (kernel_sum(b, b) - others) / (others * (others - 1))
    return within_a + within_b - 2 * kernel_sum(a, b) / (count * others)
