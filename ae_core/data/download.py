"""MNIST and Fashion-MNIST through `keras.datasets`, in a process of its own that can be watched and ended.

A download inside this process could not be stopped when the network hangs, and would load Keras here. So a child
process runs `python -m ae_core.data.download NAME FOLDER`; this side watches the folder grow, ends the child when
nothing happens for a while, checks that what came is the published data, and keeps it with its SHA-256.
"""

import gzip
import hashlib
import importlib
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ae_core.errors import DISK_FULL, DataError, disk_reason
from ae_core.folders import ROOT, cache_folder

logger = logging.getLogger(__name__)

STALL_SECONDS = 20.0
LIMIT_SECONDS = 300.0
EXIT_DISK_FULL = 28
EXIT_UNREACHABLE = 29
ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

Arrays = dict[str, np.ndarray]
Progress = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Published:
    """What is known of a published data set before it is fetched.

    Args:
        title: Its name for a person.
        folder: Where Keras keeps it, below its own folder `datasets`.
        files: Keras's file name → (hash algorithm, digest, bytes).
        mean: Mean of the training pixels in [0, 1].
        deviation: Their standard deviation.
    """

    title: str
    folder: str
    files: Mapping[str, tuple[str, str, int]]
    mean: float
    deviation: float


PUBLISHED = {
    "mnist": Published(
        "MNIST",
        "",
        {"mnist.npz": ("sha256", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", 11_490_434)},
        0.13066,
        0.30811,
    ),
    "fashion_mnist": Published(
        "Fashion-MNIST",
        "fashion-mnist",
        {
            "train-labels-idx1-ubyte.gz": ("md5", "25c81989df183df01b3e8a0aad5dffbe", 29_515),
            "train-images-idx3-ubyte.gz": ("md5", "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
            "t10k-labels-idx1-ubyte.gz": ("md5", "bb300cfdad3c16e7a12a480ee83cd310", 5_148),
            "t10k-images-idx3-ubyte.gz": ("md5", "bef4ecab320f06d8554ea6380940ec79", 4_422_102),
        },
        0.28604,
        0.35302,
    ),
}


def available(name: str) -> bool:
    """Whether a published data set lies on this machine already. Cheap: looks at files' sizes only."""
    try:
        if (cache_folder() / f"{name}.npz.sha256").is_file() and (cache_folder() / f"{name}.npz").is_file():
            return True
        return all(path.is_file() and path.stat().st_size == size for path, (_, _, size) in _keras_files(name).items())
    except OSError:  # the home folder is closed to this process, as a service's often is
        return False


def fetch(name: str, progress: Progress, stall: float = STALL_SECONDS, limit: float = LIMIT_SECONDS) -> Arrays:
    """A published data set from this machine, or else from the network.

    Args:
        name: `mnist` or `fashion_mnist`.
        progress: Called with a text and a share from 0 to 1, or None while the share is unknown.
        stall: Seconds without progress after which the download is ended.
        limit: Seconds after which it is ended in any case.

    Returns:
        `x_train` (60000, 28, 28), `y_train` (60000,), `x_test` (10000, 28, 28) and `y_test` (10000,), all uint8.

    Raises:
        DataError: If it cannot be had; the sentence says what to do instead.
    """
    published = PUBLISHED[name]
    found = _from_cache(name)
    if found is None:
        found = _from_keras_files(name)
    if found is not None:
        return found
    progress(f"Reaching for {published.title}", None)
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="download-", dir=cache_folder()) as scratch:
            return _download(name, Path(scratch), progress, stall, limit)
    except OSError as error:
        logger.warning("%s could not be kept", name, exc_info=True)
        raise _failure(name, disk_reason(error)) from error


def _failure(name: str, reason: str) -> DataError:
    title = PUBLISHED[name].title
    return DataError(
        f"{title} could not be had because {reason}: choose the data set mnist_5k, which needs no download, or put "
        f"{name}.npz into a folder and name that folder in AE_DATA_DIR."
    )


def _from_cache(name: str) -> Arrays | None:
    """What an earlier download kept, if its SHA-256 is still the one noted beside it."""
    path = cache_folder() / f"{name}.npz"
    noted = path.with_name(f"{name}.npz.sha256")
    try:
        if digest(path) != noted.read_text().strip():
            logger.warning("%s is damaged and is fetched again", path)
            return None
        with np.load(path, allow_pickle=False) as file:
            return {one: file[one] for one in file.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read and is fetched again: %s", path, error)
        return None


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Hash of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _keras_files(name: str) -> dict[Path, tuple[str, str, int]]:
    """Where Keras itself would have kept the files, with their hashes."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    published = PUBLISHED[name]
    return {home / "datasets" / published.folder / file: facts for file, facts in published.files.items()}


def _from_keras_files(name: str) -> Arrays | None:
    """The files of Keras's own cache, if all are there and have the published hashes."""
    files = _keras_files(name)
    try:
        if any(digest(path, algorithm) != expected for path, (algorithm, expected, _) in files.items()):
            logger.warning("Files of %s in Keras's cache are not the published ones and are not used", name)
            return None
        if name == "mnist":
            with np.load(next(iter(files)), allow_pickle=False) as file:
                return {one: file[one] for one in ("x_train", "y_train", "x_test", "y_test")}
        raw = [np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8) for path in files]
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("Keras's cache of %s cannot be read: %s", name, error)
        return None
    # The IDX format: a header of 8 bytes before labels, of 16 before images.
    return {
        "x_train": raw[1][16:].reshape(-1, 28, 28),
        "y_train": raw[0][8:],
        "x_test": raw[3][16:].reshape(-1, 28, 28),
        "y_test": raw[2][8:],
    }


def _download(name: str, scratch: Path, progress: Progress, stall: float, limit: float) -> Arrays:
    """Runs the child in a scratch folder, checks what it brought, and keeps it."""
    published = PUBLISHED[name]
    total = sum(size for _, _, size in published.files.values())

    def report(seconds: float) -> None:
        size = folder_size(scratch / "keras" / "datasets")
        share = min(size / total, 1.0) if size else None
        progress(f"Downloading {published.title}", share)

    root = str(ROOT)
    # Keras keeps its files in the scratch folder, so that a broken download leaves nothing in the user's own cache.
    environment = os.environ | {
        "KERAS_HOME": str(scratch / "keras"),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    (scratch / "keras").mkdir()
    command = [sys.executable, "-m", "ae_core.data.download", name, str(scratch)]
    status = supervise(command, environment, scratch, report, stall, limit)
    if status != 0:
        if status is not None:
            logger.warning("Download of %s ended with %d: %s", name, status, (scratch / "log").read_text()[-2000:])
        reasons = {
            None: "the server gave no answer for too long",
            EXIT_UNREACHABLE: "it could not be reached over the internet",
            EXIT_DISK_FULL: f"the disk that holds {cache_folder()} is full",
        }
        raise _failure(name, reasons.get(status, "its download failed"))
    with np.load(scratch / "arrays.npz", allow_pickle=False) as file:
        arrays = {one: file[one] for one in file.files}
    if not is_published(arrays, published):
        raise _failure(name, "what was downloaded is not the published data")
    kept = cache_folder() / f"{name}.npz"
    (scratch / "sha256").write_text(digest(scratch / "arrays.npz"))
    (scratch / "arrays.npz").replace(kept)
    (scratch / "sha256").replace(kept.with_name(f"{name}.npz.sha256"))
    return arrays


def is_published(arrays: Mapping[str, np.ndarray], published: Published) -> bool:
    """Whether arrays have the published shapes, class counts, mean and standard deviation."""
    if set(arrays) != {"x_train", "y_train", "x_test", "y_test"}:
        return False
    x = arrays["x_train"]
    if x.shape != (60_000, 28, 28) or arrays["x_test"].shape != (10_000, 28, 28):
        return False
    if arrays["y_train"].shape != (60_000,) or arrays["y_test"].shape != (10_000,):
        return False
    if any(one.dtype != np.uint8 for one in arrays.values()) or arrays["y_train"].max() != 9:
        return False
    greys = np.bincount(x.reshape(-1), minlength=256) / x.size
    values = np.arange(256) / 255
    mean = float(greys @ values)
    deviation = float(np.sqrt(greys @ (values - mean) ** 2))
    return abs(mean - published.mean) < 1e-5 and abs(deviation - published.deviation) < 1e-5


def folder_size(folder: Path) -> int:
    """Bytes in all files below a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def supervise(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    report: Callable[[float], None],
    stall: float,
    limit: float,
) -> int | None:
    """Runs a program and ends it when its folder stops growing.

    Args:
        command: The program and its arguments; its messages go to the file `log` in the folder.
        environment: Its environment variables.
        folder: The folder that it writes to.
        report: Called about five times a second with the seconds since the start.
        stall: Seconds without a change of the folder's size after which it is ended.
        limit: Seconds after which it is ended in any case.

    Returns:
        Its exit status, or None if it was ended.
    """
    with (folder / "log").open("wb") as log:
        started = moved = time.monotonic()
        size = 0
        process = subprocess.Popen(  # noqa: S603
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
        try:
            while True:
                try:
                    return process.wait(0.2)
                except subprocess.TimeoutExpired:
                    now = time.monotonic()
                report(now - started)
                if (current := folder_size(folder)) != size:
                    size, moved = current, now
                if now - moved > stall or now - started > limit:
                    return None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _child(name: str, folder: Path) -> int:
    """The child's side: reaches the server, imports Keras, downloads, writes `arrays.npz`."""
    socket.setdefaulttimeout(STALL_SECONDS)
    first = ORIGIN + next(iter(PUBLISHED[name].files))
    try:
        # Asked before Keras is imported, which takes seconds: without a network the answer comes at once.
        with urllib.request.urlopen(urllib.request.Request(first, method="HEAD")):  # noqa: S310
            pass
    except OSError:
        logger.exception("%s cannot be reached", first)
        return EXIT_UNREACHABLE
    imported = threading.Event()
    threading.Thread(target=_beat, args=(folder / "beat", imported), daemon=True).start()
    module = importlib.import_module(f"keras.datasets.{name}")
    imported.set()
    try:
        (x_train, y_train), (x_test, y_test) = module.load_data()
        np.savez(folder / "arrays.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    except OSError as error:
        logger.exception("%s could not be downloaded", name)
        return EXIT_DISK_FULL if error.errno in DISK_FULL else 1
    return 0


def _beat(path: Path, finished: threading.Event) -> None:
    """Lets the folder grow while Keras is imported, so that this does not look like a stalled network."""
    while not finished.wait(1.0):
        with path.open("ab") as stream:
            stream.write(b".")


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1], Path(sys.argv[2])))
