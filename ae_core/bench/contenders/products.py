"""A contender: products of matrices and nothing else, as Keras and NumPy make them on this machine.

A card gets many of them in a row, and only a corner of the last one is fetched, which waits for all: whole products
would take longer on their way to the processor than to be made.
"""

import math
import time

import numpy as np
from keras import ops

from ae_core.bench.contenders.serving import Given, Round, Said, serve
from ae_core.training import execution

ROW = 2e12  # multiply-adds that a card gets in a row, at least: some hundredths of a second


def begin(given: Given) -> tuple[Said, Round]:
    """Makes the matrices.

    Args:
        given: `seconds` that a round shall last at least; `products`, triples of rows, terms in each sum, and columns.

    Returns:
        Nothing of note; and a round, which says how many multiply-adds it did with the faster one of the two.
    """
    execution.configure()
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

    in_a_row = math.ceil(ROW / multiply_adds)

    def on_card() -> None:
        for _ in range(in_a_row):
            products = [ops.matmul(*pair) for pair in tensors]
        np.asarray(products[-1][:1, :1])  # which waits for it, and so for those before it

    kinds = {with_numpy: 1, with_keras: 1} if execution.on_cpu() else {on_card: in_a_row}
    for kind in kinds:
        kind()

    def one_round() -> Said:
        best: Said = {"seconds": 1.0, "multiply_adds": 0.0}
        for kind, times in kinds.items():
            begun, count = time.perf_counter(), 0
            while time.perf_counter() - begun < given["seconds"] / len(kinds):
                kind()
                count += times
            said = {"seconds": time.perf_counter() - begun, "multiply_adds": count * multiply_adds}
            best = max(best, said, key=lambda one: one["multiply_adds"] / one["seconds"])
        return best

    return {}, one_round


if __name__ == "__main__":
    serve(begin)
