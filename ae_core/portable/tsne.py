"""Codes laid out on a plane by t-SNE, so that neighbours stay neighbours; in stretches, between which one may stop."""

import numpy as np

from ae_core.errors import DataError

STRETCHES = 4  # of 250 iterations: a thousand, as scikit-learn has them by default
PERPLEXITY = 30.0
FEWEST = 5  # images
MOST_DIRECTIONS = 50  # principal ones, by which longer codes are described, as scikit-learn advises

_ITERATIONS = 250  # of a stretch: the fewest that scikit-learn takes
_EXAGGERATION = 12.0  # of neighbourhoods in the first stretch
_START = 1e-4  # standard deviation of the layout that t-SNE begins with
_FASTER = 2.5  # times the learning rate, see `stretch`

TOO_FEW = "t-SNE needs at least {fewest} images; this run shows {count}."
NO_NUMBERS = "The codes of this network are no numbers any more, so they cannot be laid out."
ALIKE = "All images have the same code, so there is nothing to lay out."


def narrowed(codes: np.ndarray) -> np.ndarray:
    """Codes as t-SNE is given them: along their principal directions, the widest first, with a deviation of 1 there.

    Neither turning nor scaling changes what t-SNE makes of them.

    Args:
        codes: ndarray of shape (n, ...).

    Returns:
        float32 ndarray of shape (n, directions), at most `MOST_DIRECTIONS`.

    Raises:
        DataError: If there are too few, some are no numbers, or all are the same.
    """
    from sklearn.decomposition import PCA

    rows = codes.reshape(len(codes), -1).astype(np.float64)
    if len(rows) < FEWEST:
        raise DataError(TOO_FEW.format(fewest=FEWEST, count=len(rows)))
    if not np.isfinite(rows).all():
        raise DataError(NO_NUMBERS)
    if not np.ptp(rows, axis=0).any():
        raise DataError(ALIKE)
    rows /= np.abs(rows).max()  # no square of a very large or a very small number
    turned = PCA(min(MOST_DIRECTIONS, *rows.shape), random_state=0).fit_transform(rows)
    return (turned / turned[:, 0].std()).astype(np.float32)


def stretch(rows: np.ndarray, places: np.ndarray | None = None) -> np.ndarray:
    """Goes on with a layout for one stretch, `STRETCHES` of which are all; the same rows give the same layout.

    It is scikit-learn's t-SNE, called once for each stretch with the layout so far. The first stretch exaggerates
    neighbourhoods, as its first 250 iterations always do; the others do not. Their momentum is that of its first
    iterations, 0.5, where it takes 0.8 for the later ones. A step of gradient descent with momentum m goes as far as
    one of 1 / (1 − m) times the learning rate, so that a rate 2.5 times as large makes up for it.

    Args:
        rows: ndarray of shape (n, directions), see `narrowed`.
        places: Layout that the stretch before has left, ndarray of shape (n, 2); None for the first one.

    Returns:
        float32 ndarray of shape (n, 2).

    References:
        van der Maaten & Hinton, Visualizing Data using t-SNE, JMLR 2008. Barnes-Hut: van der Maaten, JMLR 2014.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    first = places is None
    count = len(rows)
    rate = max(count / _EXAGGERATION / 4, 50.0)  # what scikit-learn calls "auto"
    layout = TSNE(
        perplexity=min(PERPLEXITY, (count - 1) / 3),
        early_exaggeration=_EXAGGERATION if first else 1.0,
        learning_rate=rate if first else _FASTER * rate,
        max_iter=_ITERATIONS,
        init=np.ascontiguousarray(_start(rows) if places is None else places, np.float32),
        random_state=0,
    )
    # On one thread: several add their sums in any order, which would give another layout, and disturb a training.
    with threadpool_limits(1, "openmp"):
        return np.asarray(layout.fit_transform(rows), np.float32)


def _start(rows: np.ndarray) -> np.ndarray:
    """The plane of the first two principal directions, made small; chance in the place of a second that is missing."""
    second = rows[:, 1] if rows.shape[1] > 1 else np.random.default_rng(0).standard_normal(len(rows))
    return _START * np.column_stack([rows[:, 0], second])
