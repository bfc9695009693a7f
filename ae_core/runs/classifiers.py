"""The classifiers that were trained on a stored run's code: what is kept of them beside the run, and how it is read."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from msgspec import UNSET, Meta

from ae_core.errors import DataError, WrongValueError
from ae_core.formats import typed
from ae_core.messages import ClassifierResult, ClassifierSummary, ErrorCurve, Network, NetworkErrors
from ae_core.runs.files import CLASSIFIERS
from ae_core.whole_files import write

NETWORKS: tuple[Network, ...] = get_args(Network)  # what a head is trained on, in this order
MOST_KEPT = 6  # of one run: a table that is read at a glance
LARGEST_FILE = 2**20

_Kept = Annotated[list[ClassifierSummary], Meta(max_length=MOST_KEPT)]


def summary(result: ClassifierResult) -> ClassifierSummary:
    """What is kept of a classifier and its rivals.

    Args:
        result: What `classifier.classify` returned, its rivals trained too.
    """
    networks: dict[Network, ClassifierResult | NetworkErrors] = {"code": result}
    if result.pixels is not UNSET and result.pca is not UNSET:
        networks |= {"pixels": result.pixels, "pca": result.pca}
    return ClassifierSummary(
        labels=result.labels,
        fine_tune=result.fine_tune,
        epochs=result.epochs,
        seed=result.seed,
        code_size=result.code_size,
        test_images=result.test_images,
        seconds=result.seconds,
        curves={
            name: ErrorCurve(validation_error=list(one.history["validation_error"]), test_error=one.test_error)
            for name, one in networks.items()
        },
    )


def read(folder: Path) -> Sequence[ClassifierSummary]:
    """The classifiers kept beside a run, the newest first; do not change them, all readers share them.

    Args:
        folder: The run's folder.

    Raises:
        DataError: If the file is damaged.
    """
    path = folder / CLASSIFIERS
    try:
        facts = path.stat()
        return _read(path, facts.st_mtime_ns, facts.st_ino, facts.st_size)
    except FileNotFoundError:
        return ()


@functools.lru_cache(maxsize=64)
def _read(path: Path, modified: int, inode: int, size: int) -> Sequence[ClassifierSummary]:
    """The file as it was at that moment: a page looks twice a second, for every viewer."""
    if size > LARGEST_FILE:
        raise DataError(f"The stored run {path.parent.name} must be whole. Received: too large a {path.name}.")
    try:
        return checked(path.read_bytes())
    except ValueError as error:
        raise DataError(f"The stored run {path.parent.name} must be whole. Received: a damaged {path.name}.") from error


def checked(payload: bytes) -> list[ClassifierSummary]:
    """The file's content, if it is what `add` writes.

    Raises:
        WrongValueError: If it is something else.
        ValueError: If it is damaged.
    """
    found = typed.from_json(payload, _Kept, CLASSIFIERS)
    for place, one in enumerate(found):
        if set(one.curves) != set(NETWORKS) or any(curve.test_error is None for curve in one.curves.values()):
            raise WrongValueError(f"{CLASSIFIERS}[{place}].curves", f"be those of {', '.join(NETWORKS)}", "others")
        if any(len(curve.validation_error) > one.epochs for curve in one.curves.values()):
            raise WrongValueError(f"{CLASSIFIERS}[{place}]", "have at most one point an epoch", "more")
    return found


def packed(kept: Sequence[ClassifierSummary]) -> bytes:
    """The file's content."""
    return msgspec.json.encode(kept)


def add(folder: Path, found: ClassifierSummary) -> None:
    """Keeps a classifier beside a run, in place of one that was trained in the same way. Whoever holds its lock writes.

    Args:
        folder: The run's folder.
        found: What `summary` made.

    Raises:
        OSError: If it cannot be written.
        DataError: If the file is damaged.
    """
    others = [one for one in read(folder) if _asked(one) != _asked(found)]
    write(folder / CLASSIFIERS, packed([found, *others][:MOST_KEPT]))


def _asked(one: ClassifierSummary) -> tuple[int, bool, int, int]:
    """What distinguishes one classifier of a run from another."""
    return one.labels, one.fine_tune, one.epochs, one.seed
