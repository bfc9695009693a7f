"""Detectors without a neural network, which learn from the same training examples as the run did.

Each is bounded in the examples that it learns from, so that all four take seconds.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from ae_core.anomalies.split import Examples, Split
from ae_core.measuring import pca_of_gaps
from ae_core.measuring.pca import PrincipalComponents

NEIGHBOURS, TREES, NU, SEED = 5, 100, 0.1, 0
MOST_FOR_SVM = 2000  # training examples, as its time grows with their square

Scorer = Callable[[Examples], np.ndarray]
"""How odd examples are: ndarray of shape `(n_samples,)`."""


def pca(split: Split, code_size: int) -> tuple[Scorer, int]:
    """Reconstruction error of principal components, as many as the run's code has numbers.

    Where values are unknown, gaps are filled and components fitted in turns, and an example's gaps are filled before it
    is judged by what is known of it.

    Args:
        split: The run's data.
        code_size: Numbers in the run's code.

    Returns:
        What tells how odd examples are, and how many training examples it has learnt from.
    """
    fitted = PrincipalComponents()
    fitted.fit(split.data.x_train, split.data.scale, split.data.offset)
    size = min(code_size, len(fitted.components_))
    own, count = fitted.of_size(size), len(split.data.x_train)
    if own is not fitted:
        count = min(count, pca_of_gaps.most_rows(split.spec.size))

    def scorer(examples: Examples) -> np.ndarray:
        return examples.mean(np.square(own.reconstruct(examples.gapped, size) - examples.inputs))

    return scorer, count


def knn(split: Split, code_size: int) -> tuple[Scorer, int]:
    """Distance to the fifth-nearest training example.

    Args:
        split: See `pca`, like the next and what is returned.
        code_size: Not used.

    References:
        Ramaswamy, Rastogi & Shim, Efficient algorithms for mining outliers from large data sets, SIGMOD 2000.
    """
    from sklearn.neighbors import NearestNeighbors

    train = _rows(split.train)
    fitted = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(train)), algorithm="brute").fit(train)
    return lambda examples: fitted.kneighbors(_rows(examples))[0][:, -1], len(train)


def isolation_forest(split: Split, code_size: int) -> tuple[Scorer, int]:
    """How few random cuts part an example from all others.

    Args:
        split: See `pca`, like the next and what is returned.
        code_size: Not used.

    References:
        Liu, Ting & Zhou, Isolation forest, ICDM 2008.
    """
    from sklearn.ensemble import IsolationForest

    train = _rows(split.train)
    fitted = IsolationForest(n_estimators=TREES, random_state=SEED).fit(train)
    return lambda examples: -fitted.score_samples(_rows(examples)), len(train)


def one_class_svm(split: Split, code_size: int) -> tuple[Scorer, int]:
    """How far outside of the smallest region that holds nine tenths of the training examples.

    Args:
        split: See `pca`, like the next and what is returned.
        code_size: Not used.

    References:
        Schölkopf et al., Estimating the support of a high-dimensional distribution, Neural Computation 2001.
    """
    from sklearn.svm import OneClassSVM

    train = _rows(split.train)[:MOST_FOR_SVM]
    fitted = OneClassSVM(gamma="scale", nu=NU).fit(train)
    return lambda examples: -fitted.score_samples(_rows(examples)), len(train)


RIVALS: Mapping[str, Callable[[Split, int], tuple[Scorer, int]]] = MappingProxyType(
    {"pca": pca, "knn": knn, "isolation_forest": isolation_forest, "one_class_svm": one_class_svm}
)


def _rows(examples: Examples) -> np.ndarray:
    return examples.inputs.reshape(len(examples.inputs), -1)
