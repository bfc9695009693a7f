"""Makes a data set of gene expression in blood cells from the package scanpy, for the folder that `AE_DATA_DIR` names.

pip download scanpy --no-deps && python -m ae_core.data.make_blood_cells scanpy-*.whl FOLDER/blood_cells.npz

The counts are those of 10x Genomics (Zheng et al., Nature Communications 8, 2017), 700 cells and 765 genes of them. It
does not ship with this program: whoever makes the file sees to it that he may use it.
"""

import io
import itertools
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np

from ae_core.data.make_mnist_5k import save
from ae_core.formats.npz import split_rows

MEMBER = "scanpy/datasets/10x_pbmc68k_reduced.h5ad"


def arrays_of(file: h5py.File) -> dict[str, np.ndarray]:
    """The arrays of the file: of each kind of cell every fifth is for testing.

    Args:
        file: An `.h5ad` file: `raw.X` holds `log(1 + counts)`, row by row and without zeros; `raw.var` names the genes,
            `obs` the kind of each cell.

    Returns:
        `x_train` and `x_test` as float32 `(n, genes)`, `y_train` and `y_test` as uint8, `class_names` and `columns`.
    """
    raw, genes = file["raw.X"], [row[0].decode() for row in file["raw.var"][()]]
    ends, places, values = (raw[name][()] for name in ("indptr", "indices", "data"))
    rows = np.zeros((len(ends) - 1, len(genes)), np.float32)
    for row, (first, last) in enumerate(itertools.pairwise(ends)):
        rows[row, places[first:last]] = values[first:last]
    labels = file["obs"]["bulk_labels"].astype(np.uint8)
    train, test = split_rows(len(rows), labels)
    return {
        "x_train": rows[train],
        "y_train": labels[train],
        "x_test": rows[test],
        "y_test": labels[test],
        "class_names": np.array([name.decode() for name in file["uns/bulk_labels_categories"][()]]),
        "columns": np.array(genes),
    }


def main() -> None:
    """Does what the command says."""
    wheel, target = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive, h5py.File(io.BytesIO(archive.read(MEMBER)), "r") as file:
        save(Path(target), arrays_of(file))


if __name__ == "__main__":
    main()
