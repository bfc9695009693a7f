"""The classifiers that were trained on a stored run's code: what is kept of them beside the run, and how it is read."""

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ae_core.errors import DataError, WrongValueError
from ae_core.formats import packing
from ae_core.formats.checks import boolean, entries, integer, number, record
from ae_core.runs.files import CLASSIFIERS, write

NETWORKS = ("code", "pixels", "pca")  # what a head is trained on, in this order
MOST_KEPT = 6  # of one run: a table that is read at a glance
MOST_EPOCHS = 500
LARGEST_FILE = 2**20

# Test errors as shares of the 10,000 test images; 95 % confidence intervals of the paper are about ± 0.0022.
PUBLISHED: Mapping[str, tuple[dict[str, Any], ...]] = {
    "mnist": (
        {"name": "SVM with an RBF kernel, on pixels", "test_error": 0.0140},
        {"name": "SAE-3: three layers pretrained as plain autoencoders", "test_error": 0.0140},
        {"name": "DBN-3: three layers pretrained as Boltzmann machines", "test_error": 0.0124},
        {"name": "SDAE-3: three layers pretrained as denoising autoencoders, 25 % masking", "test_error": 0.0128},
    )
}
PUBLISHED_IN = "Vincent et al., Stacked denoising autoencoders, JMLR 11, 2010, Table 3"

_SHARE = number(0, 1)
_CURVE = record({"validation_error": entries(_SHARE, MOST_EPOCHS), "test_error": _SHARE})
_CHECK = entries(
    record(
        {
            "labels": integer(1),
            "fine_tune": boolean,
            "epochs": integer(1, MOST_EPOCHS),
            "seed": integer(),
            "code_size": integer(1),
            "test_images": integer(1),
            "seconds": number(0),
            "curves": record(dict.fromkeys(NETWORKS, _CURVE)),
        }
    ),
    MOST_KEPT,
)


def summary(result: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a classifier and its rivals.

    Args:
        result: What `classifier.classify` returned, its rivals trained too.

    Returns:
        What was asked for, and `curves`: for the code, pixels and PCA `validation_error` (shares of mistakes, one an
        epoch) and `test_error`.
    """
    names = ("labels", "fine_tune", "epochs", "seed", "code_size", "test_images", "seconds")
    curves = {name: result if name == "code" else result[name] for name in NETWORKS}
    return {name: result[name] for name in names} | {
        "curves": {
            name: {"validation_error": list(one["history"]["validation_error"]), "test_error": one["test_error"]}
            for name, one in curves.items()
        }
    }


def read(folder: Path) -> Sequence[Mapping[str, Any]]:
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
def _read(path: Path, modified: int, inode: int, size: int) -> Sequence[Mapping[str, Any]]:
    """The file as it was at that moment: a page looks twice a second, for every viewer."""
    if size > LARGEST_FILE:
        raise DataError(f"The stored run {path.parent.name} must be whole. Received: too large a {path.name}.")
    try:
        return checked(packing.parse(path.read_bytes()))
    except ValueError as error:
        raise DataError(f"The stored run {path.parent.name} must be whole. Received: a damaged {path.name}.") from error


def checked(values: Any) -> list[dict[str, Any]]:
    """The file's content, if it is what `add` writes.

    Raises:
        WrongValueError: If it is not.
    """
    _CHECK(values, CLASSIFIERS)
    for place, one in enumerate(values):
        if any(len(curve["validation_error"]) > one["epochs"] for curve in one["curves"].values()):
            raise WrongValueError(f"{CLASSIFIERS}.{place}", "have at most one point an epoch", "more")
    return values


def add(folder: Path, found: Mapping[str, Any]) -> None:
    """Keeps a classifier beside a run, in place of one that was trained in the same way. Whoever holds its lock writes.

    Args:
        folder: The run's folder.
        found: What `summary` made.

    Raises:
        OSError: If it cannot be written.
        DataError: If the file is damaged.
    """
    asked = ("labels", "fine_tune", "epochs", "seed")
    others = [one for one in read(folder) if any(one[name] != found[name] for name in asked)]
    kept = checked([dict(found), *others][:MOST_KEPT])
    write(folder / CLASSIFIERS, json.dumps(packing.plain(kept), allow_nan=False).encode())
