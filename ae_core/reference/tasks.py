"""What a trained network is asked for beyond its pictures: clusters, odd examples, how probable pictures are to it."""

import dataclasses
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core.anomalies import curves, split
from ae_core.anomalies.rivals import RIVALS
from ae_core.anomalies.scores import Network
from ae_core.measuring.likelihood import importance_weighted
from ae_core.messages import Numbers
from ae_core.models.autoencoder import in_batches
from ae_core.models.layers.sampling import mean_and_log_var
from ae_core.reference.quantities import Quantity
from ae_core.reference.trial import Emit, Images, Trial
from ae_core.settings import Settings
from ae_core.training import classifier
from ae_core.training.session import TrainingSession

CLUSTERINGS = 5  # beginnings of k-means, of which the tightest is taken
LABELS, SPREAD_AMONG, NEIGHBOURS, UNLABELLED = 100, 10_000, 10, -1
FAR = 0.9  # how much neighbours say against what an image itself is said to be
SURE = 1e-7  # the resolution of a 32-bit number below 1

Ask = Callable[[TrainingSession], Numbers]


@dataclass(frozen=True)
class Asked:
    """Trains as the command line does, then asks the trained network.

    Args:
        ask: What is asked: a session that has trained → numbers.
    """

    ask: Ask

    def __call__(self, settings: Settings, emit: Emit) -> Trial:
        """Trains, and asks."""
        begun = time.perf_counter()
        session = TrainingSession(settings, emit=emit)
        session.train()
        return Trial(settings, self.ask(session), time.perf_counter() - begun)


@dataclass(frozen=True)
class OneClass:
    """Trains on one class alone, in turn for each, and finds all others odd by the reconstruction error.

    Its numbers are `auc`, the area under the ROC curve on the test set, mean over these classes; `auc_by_class`; and
    `auc_of_…` of each rival on the same examples, see `anomalies.rivals`.

    Args:
        classes: Names of the classes that are normal in turn.
        rivals: Names of rivals.
    """

    classes: tuple[str, ...]
    rivals: tuple[str, ...] = ("pca",)

    def __call__(self, settings: Settings, emit: Emit) -> Trial:
        """Trains as many networks as there are classes."""
        begun = time.perf_counter()
        rows = np.array([self._areas(dataclasses.replace(settings, normal=one), emit) for one in self.classes])
        own, *others = rows.mean(axis=0).tolist()
        numbers: Numbers = {"auc": own, "auc_by_class": rows[:, 0].tolist()}
        numbers |= {f"auc_of_{name}": area for name, area in zip(self.rivals, others, strict=True)}
        return Trial(settings, numbers, time.perf_counter() - begun)

    def _areas(self, settings: Settings, emit: Emit) -> np.ndarray:
        """Areas of the network and of each rival."""
        session = TrainingSession(settings, emit=emit)
        session.train()
        of_run = split.load(settings)
        network = Network(session.model.standalone(), settings, of_run)
        scorers = [network.errors, *(RIVALS[name](of_run, network.code_size)[0] for name in self.rivals)]
        return curves.areas([scorer(of_run.test) for scorer in scorers], of_run.test.odd).values


def code_clusters(session: TrainingSession) -> Numbers:
    """`cluster_accuracy`: how well k-means on the codes of all images, trained on or not, finds their classes."""
    data = session.data
    tables = (data.x_train, data.x_validation, data.x_test)
    codes = np.concatenate([session.model.encode(data.fed(table)) for table in tables])
    labels = np.concatenate([data.y_train, data.y_validation, data.y_test])
    return {"cluster_accuracy": cluster_accuracy(codes.reshape(len(codes), -1), labels)}


def pixel_clusters() -> Quantity:
    """The same of k-means on pixels."""
    return lambda trial: _pixel_clusters(trial.images)


@functools.lru_cache(maxsize=2)
def _pixel_clusters(source: Images) -> float:
    rows = np.concatenate([source.known, source.test])
    return cluster_accuracy(rows.reshape(len(rows), -1), np.concatenate([source.known_labels, source.test_labels]))


def cluster_accuracy(rows: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows in the right cluster, when k-means makes as many as there are classes: see `matched_accuracy`.

    Args:
        rows: ndarray of shape `(n_samples, numbers)`.
        labels: Class numbers.
    """
    from sklearn.cluster import KMeans

    found = KMeans(len(np.unique(labels)), n_init=CLUSTERINGS, random_state=0).fit_predict(rows)
    return matched_accuracy(found, labels)


def matched_accuracy(found: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows whose cluster stands for their class, each cluster standing for another, as well as can be.

    `max_m 1/n Σ_i [m(c_i) = y_i]` over one-to-one m, by the Hungarian method.

    Args:
        found: Cluster numbers from 0.
        labels: Class numbers from 0.

    References:
        Kuhn, The Hungarian method for the assignment problem, 1955; Xie, Girshick & Farhadi, Unsupervised deep
        embedding for clustering analysis, ICML 2016 (the measure).
    """
    from scipy.optimize import linear_sum_assignment

    size = int(max(found.max(), labels.max())) + 1
    together = np.zeros((size, size), np.int64)
    np.add.at(together, (found, labels), 1)
    return float(together[linear_sum_assignment(together, maximize=True)].sum() / len(labels))


def few_labels(session: TrainingSession) -> Numbers:
    """What a code is worth where 100 images have labels, ten of each class: shares of test images named wrongly.

    `softmax_error` is that of a softmax on the codes of these alone; `spread_error` lets their labels spread among the
    codes of 10,000 training images, and `spread_error_of_pca` does so among as many principal components.
    """
    data, seed, size = session.data, session.settings.seed, int(np.prod(session.model.code_shape))
    encoder, _decoder = session.model.standalone_parts()
    head = classifier.classify(encoder, data, labels=LABELS, seed=seed, compare=False)
    labels = data.y_train[:SPREAD_AMONG].copy()
    hidden = np.setdiff1d(np.arange(len(labels)), classifier.balanced_rows(labels, LABELS, seed))
    labels[hidden] = UNLABELLED
    found: Numbers = {"softmax_error": head.test_error}
    for name, encode in (
        ("spread_error", session.model.encode),
        ("spread_error_of_pca", lambda images: session.prepared.pca.encode(images, size)),
    ):
        known, test = (encode(data.fed(part)) for part in (data.x_train[:SPREAD_AMONG], data.x_test))
        found[name] = spread_error(known, labels, test, data.y_test)
    return found


def spread_error(known: np.ndarray, labels: np.ndarray, test: np.ndarray, truth: np.ndarray) -> float:
    """Share of test rows that get a wrong label, or none, when labels spread along nearest neighbours.

    Args:
        known: Rows of which some have a label, ndarray of shape `(n_samples, numbers)`.
        labels: Their class numbers, or -1.
        test: Rows to be named.
        truth: Their class numbers.

    References:
        Zhou, Bousquet, Lal, Weston & Schölkopf, Learning with local and global consistency, NIPS 2003.
    """
    from sklearn.semi_supervised import LabelSpreading

    spread = LabelSpreading(kernel="knn", n_neighbors=NEIGHBOURS, alpha=FAR, max_iter=100).fit(known, labels)
    with np.errstate(invalid="ignore"):  # where no label comes to, all chances are 0
        chances = spread.predict_proba(test)
    named = spread.classes_[chances.argmax(axis=1)]
    return float(np.mean((named != truth) | np.isnan(chances).any(axis=1)))


def surprise(session: TrainingSession) -> Numbers:
    """`surprise`: `-ln p(x)` in nats per binary test image, with 100 draws, of a variational model.

    Each pixel of a test image is white with the probability that its grey says, drawn once with a fixed seed; so the
    images are black and white, and their probability is one. Training has seen the greys.
    """
    images = session.test_images
    binary = (np.random.default_rng(0).random(images.shape) < images).astype(np.float32)
    mean, log_var = mean_and_log_var(in_batches(session.model.features, binary))

    def log_likelihood(codes: np.ndarray) -> np.ndarray:
        white = np.clip(session.model.decode(codes.astype(np.float32)), SURE, 1 - SURE)
        chances = np.where(binary > 0, white, 1 - white)
        return np.log(chances.reshape(len(codes), -1)).sum(axis=1, dtype=np.float64)

    return {"surprise": -float(importance_weighted(mean, log_var, log_likelihood, draws=100).mean())}
