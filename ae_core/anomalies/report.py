"""The work from a stored run to what is said of it, in parts between which one may stop."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
from msgspec.structs import replace

from ae_core.anomalies import OWN, PARTS, curves, examples, split, thresholds
from ae_core.anomalies.rivals import RIVALS
from ae_core.anomalies.scores import Network
from ae_core.anomalies.split import Split
from ae_core.data import Fitted
from ae_core.data.classes import of_classes
from ae_core.errors import DataError
from ae_core.messages import Anomalies, Detector, Example, Part, Scores
from ae_core.runs import StoredRun
from ae_core.settings import Settings
from ae_core.training.stored_model import restore

NO_MODEL = "This run has no trained model: it failed, or has not ended."
NO_NUMBERS = "The numbers of this network are too large to be compared, or no numbers any more."


def examine(run: StoredRun, normal: str = "", quantile: float = thresholds.QUANTILE) -> Iterator[float | Anomalies]:
    """All of it, for whoever has Keras: the share that is done again and again, and what it comes to.

    Args:
        run: A run that has ended.
        normal: Classes that are called normal; empty for those that it was trained on.
        quantile: See `report`.

    Raises:
        SettingError: If one of these classes is none.
        DataError: If the run has no model, or its data cannot be had.
    """
    found = []
    for done, name in enumerate(PARTS):
        yield done / (len(PARTS) + 1)
        found.append(part(run, name, normal))
    yield len(PARTS) / (len(PARTS) + 1)
    yield report(run.id, found, quantile)


def part(run: StoredRun, name: str, normal: str = "") -> Part:
    """What one part of the work comes to.

    Args:
        run: See `examine`, like what is raised.
        name: One of `PARTS`.
        normal: Likewise.
    """
    if run.model is None:
        raise DataError(NO_MODEL)
    settings, of_run = run.experiment, split.load(run.experiment, normal)
    if name == OWN:
        return of_network(restore(run.model, settings, of_run.spec), settings, of_run)
    code_size = run.code_size or settings.latent_dim
    scorer, count = RIVALS[name](of_run, code_size)
    return _part(of_run, [_scores(name, count, scorer(of_run.validation), scorer(of_run.test))])


def of_file(run: StoredRun, file: Fitted) -> Part:
    """The scores of a run's network for all examples of a file, in its order.

    Args:
        run: See `examine`.
        file: See `data.fitting`.

    Raises:
        DataError: If its examples have another shape.
    """
    if run.model is None:
        raise DataError(NO_MODEL)
    settings, of_run = run.experiment, split.load(run.experiment)
    shape = file.examples.shape[1:]
    if shape != of_run.spec.shape:
        wanted, came = ("×".join(map(str, one)) for one in (of_run.spec.shape, shape))
        raise DataError(f"The examples must have the shape {wanted}, as those of the run. Received: {came}.")
    network = Network(restore(run.model, settings, of_run.spec), settings, of_run)
    pieces = split.pieces(of_run, file.examples)
    errors = np.concatenate([network.errors(split.brought(of_run, one)) for one in pieces])
    oddest, plainest = examples.extremes(network, lambda rows: split.brought(of_run, file.examples[rows]), errors)
    return Part(
        scores=[_scores("error", len(of_run.data.x_train), errors[:0], errors)],
        normal=[],
        class_names=[],
        validation_labels=b"",
        test_labels=np.zeros(len(errors), "<i2").tobytes(),
        oddest=oddest,
        plainest=plainest,
        noun=of_run.spec.noun,
        rows=_rows(file.rows),
        identities={name: list(texts) for name, texts in file.identities.items()},
        notes=list(file.notes),
    )


def _rows(rows: np.ndarray | None) -> bytes:
    return b"" if rows is None else rows.astype("<i4").tobytes()


def of_network(whole: keras.Model, settings: Settings, of_run: Split) -> Part:
    """The scores of a trained network, and the oddest examples.

    Args:
        whole: See `Network`, like the next two.
        settings: Likewise.
        of_run: Likewise.

    Raises:
        DataError: If its numbers are none any more.
    """
    network, count = Network(whole, settings, of_run), len(of_run.data.x_train)
    parts = of_run.validation, of_run.test
    errors = [network.errors(one) for one in parts]
    scores = [_scores("error", count, *errors)]
    for name, found, rows in (
        ("distance", network.distances(*parts), len(of_run.train.inputs)),
        ("bound", network.bounds(*parts), count),
    ):
        scores += [_scores(name, rows, *found)] if found else []
    oddest, plainest = examples.extremes(network, of_run.test.some, errors[1])
    return _part(of_run, scores, oddest, plainest)


def _part(
    of_run: Split, scores: list[Scores], oddest: Sequence[Example] = (), plainest: Sequence[Example] = ()
) -> Part:
    return Part(
        scores=scores,
        normal=list(of_run.normal),
        class_names=list(of_run.info.class_names),
        validation_labels=of_run.validation.labels.astype("<i2").tobytes(),
        test_labels=of_run.test.labels.astype("<i2").tobytes(),
        noun=of_run.spec.noun,
        alone=of_run.alone,
        rows=_rows(of_run.rows),
        oddest=list(oddest),
        plainest=list(plainest),
    )


def _scores(name: str, rows: int, validation: np.ndarray, test: np.ndarray) -> Scores:
    if not (np.isfinite(validation).all() and np.isfinite(test).all()):
        raise DataError(NO_NUMBERS)
    with np.errstate(over="ignore"):
        kept = [one.astype("<f4") for one in (validation, test)]
    if not all(np.isfinite(one).all() for one in kept):
        raise DataError(NO_NUMBERS)
    return Scores(name=name, validation=kept[0].tobytes(), test=kept[1].tobytes(), rows=rows)


def report(run_id: str, parts: Sequence[Part], quantile: float = thresholds.QUANTILE) -> Anomalies:
    """What all parts come to together. Nothing but numbers: no data, no network.

    Args:
        run_id: The run.
        parts: Of `PARTS`, in this order.
        quantile: Share of normal validation examples below each threshold, above 0 and below 1.
    """
    first, scores = parts[0], [one for each in parts for one in each.scores]
    test_labels, validation_labels = (np.frombuffer(one, "<i2") for one in (first.test_labels, first.validation_labels))
    odd, odd_before = (~of_classes(labels, first.normal) for labels in (test_labels, validation_labels))
    normal_scores = [_numbers(one.validation)[~odd_before] for one in scores]
    if not len(normal_scores[0]):
        raise DataError("No validation example is of a normal class, so there is nothing to choose a threshold on.")
    limits = [thresholds.by_quantile(one, quantile) for one in normal_scores]
    judged = bool(odd.any()) and not odd.all()
    found = curves.areas([_numbers(one.test) for one in scores], odd) if judged else None
    detectors = []
    for place, (one, limit) in enumerate(zip(scores, limits, strict=True)):
        tested = _numbers(one.test)
        detectors.append(
            Detector(
                name=one.name,
                rows=one.rows,
                auc=None if found is None else min(float(found.values[place]), 1.0),
                auc_interval=None if found is None else found.interval(place),
                ap=curves.average_precision(tested, odd) if judged else None,
                ap_interval=curves.average_precision_interval(tested, odd) if judged else None,
                p_value=found.p_value(0, place) if found is not None and place else None,
                threshold=limit,
            )
        )
    confusion = thresholds.confusion(_numbers(scores[0].test), odd, limits[0]) if judged else None
    whole = replace(first, scores=scores)
    return Anomalies(
        run_id=run_id, quantile=quantile, whole=whole, detectors=detectors, own=len(first.scores), confusion=confusion
    )


def _numbers(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, "<f4").astype(np.float64)
