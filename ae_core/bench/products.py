"""A contender: products of large matrices and nothing else, as TensorFlow and NumPy make them on this machine."""

import time
from typing import Any

import numpy as np
from keras import ops

from ae_core.bench.child import Round, serve

SIZE = 2048


def begin(given: dict[str, Any]) -> tuple[dict[str, Any], Round]:
    """Makes the matrices.

    Args:
        given: `seconds` that a round shall last at least.

    Returns:
        Nothing of note; and a round, which says how many multiply-adds it did with the faster one of the two.
    """
    random = np.random.default_rng(0)
    left, right = (random.standard_normal((SIZE, SIZE), np.float32) for _ in range(2))
    tensors = ops.convert_to_tensor(left), ops.convert_to_tensor(right)
    kinds = [lambda: left @ right, lambda: np.asarray(ops.matmul(*tensors))]
    for kind in kinds:
        kind()

    def one_round() -> dict[str, Any]:
        best: dict[str, Any] = {"seconds": 1.0, "multiply_adds": 0.0}
        for kind in kinds:
            begun, count = time.perf_counter(), 0
            while time.perf_counter() - begun < given["seconds"] / 2:
                kind()
                count += 1
            said = {"seconds": time.perf_counter() - begun, "multiply_adds": float(count) * SIZE**3}
            best = max(best, said, key=lambda one: one["multiply_adds"] / one["seconds"])
        return best

    return {}, one_round


if __name__ == "__main__":
    serve(begin)
