"""Principal component analysis: the closed-form rival, with the autoencoder's own encode and decode."""

import numpy as np

from ae_core.measuring import pca_of_gaps

CHUNK_ROWS = 4096
LARGEST_COVARIANCE = 2048  # numbers in one example; above it the covariance matrix is slow and large
SAMPLED_ROWS = 4000


class PrincipalComponents:
    """The best linear code: `z = (x - mean) Wᵀ`, `x̂ = z W + mean`.

    The rows of W are the leading eigenvectors of the training images' covariance matrix. One fit serves all code sizes,
    but where training values are unknown each size needs its own, see `of_size`. Unknown values, which are NaN, are
    filled by what the components make of the known ones before a row is encoded.

    Attributes:
        mean_: Mean image, ndarray of shape `(size,)`: float32 for bytes, float64 for other values, like the next.
        components_: Eigenvectors as rows, largest eigenvalue first, ndarray of shape `(n_components, size)`.
        variances_: Eigenvalues, ndarray of shape `(n_components,)`.

    References:
        Hotelling, Analysis of a complex of statistical variables into principal components, 1933.
    """

    mean_: np.ndarray
    components_: np.ndarray
    variances_: np.ndarray

    def __init__(self) -> None:
        self._rows: np.ndarray | None = None  # those with gaps, if there are any
        self._of_sizes: dict[int, PrincipalComponents] = {}

    def fit(self, table: np.ndarray, scale: np.ndarray, offset: np.ndarray, largest_code: int = 1024) -> None:
        """Fits to the training images, `table * scale + offset`, a chunk of rows at a time.

        Args:
            table: Raw values, ndarray of shape `(n_samples, *example)`; NaN where one is unknown, for which the mean of
                the known ones stands here.
            scale: Factor, broadcastable to one example.
            offset: Summand, broadcastable to one example.
            largest_code: Components kept, for examples too large for a covariance matrix.
        """
        size = int(np.prod(table.shape[1:]))
        if table.dtype.kind == "f" and np.isnan(table).any():
            self._rows = (table.astype(np.float64) * scale + offset).reshape(-1, size)
            known = ~np.isnan(table)
            sums = np.where(known, table, 0).sum(axis=0, dtype=np.float64)
            table = np.where(known, table, sums / np.maximum(np.count_nonzero(known, axis=0), 1))
        sampled = size > LARGEST_COVARIANCE
        table = table[:SAMPLED_ROWS] if sampled else table
        # Bytes vary about as much as they are large, and 32 bits do; other values may have a mean of any size.
        kind = np.float32 if table.dtype == np.uint8 or sampled else np.float64
        pieces = [table[start : start + CHUNK_ROWS] for start in range(0, len(table), CHUNK_ROWS)]
        raw_mean = sum(piece.sum(axis=0, dtype=np.float64) for piece in pieces) / len(table)
        # Centred before anything is multiplied: the difference of large products would be their rounding errors.
        centred = (((piece - raw_mean) * scale).reshape(-1, size).astype(kind) for piece in pieces)
        self.mean_ = (raw_mean * scale + offset).reshape(size).astype(kind)
        if sampled:
            self._fit_sampled(np.concatenate(list(centred)), largest_code)
            return
        products = np.zeros((size, size))
        for rows in centred:
            products += rows.T @ rows
        variances, vectors = np.linalg.eigh(products / len(table))
        self.components_ = np.ascontiguousarray(vectors[:, ::-1].T, dtype=kind)
        self.variances_ = np.maximum(variances[::-1], 0.0)

    def _fit_sampled(self, rows: np.ndarray, largest_code: int) -> None:
        from sklearn.decomposition import PCA

        fitted = PCA(min(largest_code, *rows.shape), svd_solver="randomized", random_state=0).fit(rows)
        self.components_, self.variances_ = fitted.components_, fitted.explained_variance_

    def of_size(self, code_size: int) -> "PrincipalComponents":
        """The rival for codes of a size: this one, or where training values were unknown one of its own.

        Args:
            code_size: Numbers in a code, from 1.

        References:
            See `pca_of_gaps.fitted`.
        """
        if self._rows is None:
            return self
        if code_size not in self._of_sizes:
            own = PrincipalComponents()
            own.mean_, own.components_, own.variances_ = pca_of_gaps.fitted(self._rows, code_size)
            self._of_sizes[code_size] = own
        return self._of_sizes[code_size]

    def encode(self, images: np.ndarray, code_size: int) -> np.ndarray:
        """Images `(n_samples, *example)`, NaN where a value is unknown → codes `(n_samples, code_size)`.

        A code larger than the number of components is cut to it.
        """
        rows = images.reshape(len(images), -1)
        if rows.dtype.kind == "f" and np.isnan(rows).any():
            rows = pca_of_gaps.completed(rows, self.mean_, self.components_[:code_size])
        return (rows - self.mean_) @ self.components_[:code_size].T

    def decode(self, codes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Codes `(n_samples, code_size)` → reconstructions `(n_samples, *shape)`."""
        return (codes @ self.components_[: codes.shape[1]] + self.mean_).reshape(-1, *shape)

    def reconstruct(self, images: np.ndarray, code_size: int) -> np.ndarray:
        """Encodes and decodes: shape in is shape out."""
        return self.decode(self.encode(images, code_size), images.shape[1:])
