"""Principal components where some values are unknown: gaps are filled, components fitted, gaps filled anew."""

import numpy as np

ROUNDS = 50
SETTLED = 1e-4  # of the spread of what is known: gaps that move less than that stay where they are
MOST_NUMBERS = 4_000_000  # in the rows that are fitted again and again
LARGEST_COVARIANCE = 512  # numbers in one row; above it the covariance matrix would be made too often


def fitted(rows: np.ndarray, code_size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best linear code of a size for the known values: gaps hold what it reconstructs there.

    Starting from the mean in all gaps, components are fitted to the filled rows and the gaps filled with what these
    make of them, `x_gap ← ((x - mean) Wᵀ W + mean)_gap`, in turns until the gaps move by less than 1e-4 of the spread
    of what is known, or 50 times. Each turn lowers the squared error over the known values. How many components there
    are is part of the problem, so one fit serves one size.

    Args:
        rows: ndarray of shape `(n_samples, size)`, float64, NaN where a value is unknown; of many the first are taken.
        code_size: Components, from 1; at most as many as there are numbers in a row.

    Returns:
        Mean `(size,)`, components as rows `(code_size, size)`, and their variances `(code_size,)`.

    References:
        Ilin & Raiko, Practical approaches to principal component analysis in the presence of missing values, JMLR 11,
        2010.
    """
    rows = rows[: most_rows(rows.shape[1])]
    gaps = np.isnan(rows)
    made = _known_means(rows, gaps)
    filled = np.where(gaps, made, rows)
    spread = _spread(filled - made, gaps)
    for _ in range(ROUNDS):
        mean = filled.mean(axis=0)
        variances, components = _leading(filled - mean, code_size)
        made = (filled - mean) @ components.T @ components + mean
        moved = _fill(filled, made, gaps)
        if moved <= SETTLED * spread:
            break
    return mean, components, variances


def most_rows(size: int) -> int:
    """How many rows of so many numbers `fitted` looks at, at most."""
    return max(1, MOST_NUMBERS // size)


def completed(rows: np.ndarray, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Rows whose gaps hold what given components make of what is known, found in the same way.

    Args:
        rows: ndarray of shape `(n_samples, size)`, NaN where a value is unknown.
        mean: ndarray of shape `(size,)`.
        components: Rows of unit length at right angles, ndarray of shape `(n_components, size)`.
    """
    gaps = np.isnan(rows)
    filled = np.where(gaps, mean, rows)
    spread = _spread(filled - mean, gaps)
    for _ in range(ROUNDS):
        made = (filled - mean) @ components.T @ components + mean
        if _fill(filled, made, gaps) <= SETTLED * spread:
            break
    return filled


def _known_means(rows: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """The mean of each column over its known values; 0 where there are none."""
    return np.where(gaps, 0.0, rows).sum(axis=0) / np.maximum(np.count_nonzero(~gaps, axis=0), 1)


def _spread(centred: np.ndarray, gaps: np.ndarray) -> float:
    """Root mean square of what is known."""
    return float(np.sqrt(np.mean(np.square(centred[~gaps])))) if not gaps.all() else 0.0


def _fill(filled: np.ndarray, made: np.ndarray, gaps: np.ndarray) -> float:
    """Puts what was made into the gaps; returns by how much they moved, root mean square."""
    if not gaps.any():
        return 0.0
    before, filled[gaps] = filled[gaps], made[gaps]
    return float(np.sqrt(np.mean(np.square(filled[gaps] - before))))


def _leading(centred: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest variances and their directions as rows."""
    size = centred.shape[1]
    if size <= LARGEST_COVARIANCE:
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
        return np.maximum(variances[: -count - 1 : -1], 0.0), np.ascontiguousarray(vectors[:, : -count - 1 : -1].T)
    from sklearn.utils.extmath import randomized_svd

    _, scales, directions = randomized_svd(centred, min(count, *centred.shape), random_state=0)
    return np.square(scales) / len(centred), directions
