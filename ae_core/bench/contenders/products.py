"""A contender: products of matrices and nothing else, as TensorFlow and NumPy make them on this machine."""

import time

import numpy as np
from keras import ops

from ae_core.bench.contenders.serving import Given, Round, Said, serve


def begin(given: Given) -> tuple[Said, Round]:
    """Makes the matrices.

    Args:
        given: `seconds` that a round shall last at least; `products`, triples of rows, terms in each sum, and columns.

    Returns:
        Nothing of note; and a round, which says how many multiply-adds it did with the faster one of the two.
    """
    random = np.random.default_rng(0)
    pairs, tensors, outputs = [], [], []
    for rows, terms, columns in given["products"]:
        pair = [random.standard_normal(shape, np.float32) for shape in ((rows, terms), (terms, columns))]
        pairs.append(pair)
        tensors.append([ops.convert_to_tensor(one) for one in pair])
        outputs.append(np.empty((rows, columns), np.float32))
    multiply_adds = float(sum(rows * terms * columns for rows, terms, columns in given["products"]))

    def with_numpy() -> None:
        for (left, right), product in zip(pairs, outputs, strict=True):
            np.matmul(left, right, out=product)

    def with_keras() -> None:
        for product in [ops.matmul(*pair) for pair in tensors]:
            np.asarray(product)  # which waits for it

    kinds = [with_numpy, with_keras]
    for kind in kinds:
        kind()

    def one_round() -> Said:
        best: Said = {"seconds": 1.0, "multiply_adds": 0.0}
        for kind in kinds:
            begun, count = time.perf_counter(), 0
            while time.perf_counter() - begun < given["seconds"] / len(kinds):
                kind()
                count += 1
            said = {"seconds": time.perf_counter() - begun, "multiply_adds": count * multiply_adds}
            best = max(best, said, key=lambda one: one["multiply_adds"] / one["seconds"])
        return best

    return {}, one_round


if __name__ == "__main__":
    serve(begin)
