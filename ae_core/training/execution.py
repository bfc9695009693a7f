"""How a model is best run on this machine: XLA or not, how long a chunk of steps is, and how the process is set up.

What was measured for each decision stands in `tests/bench/README.md`, "How a model is best run on a CPU".
"""

import functools
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from ae_core.folders import cache_folder

logger = logging.getLogger(__name__)

CHUNK_SECONDS = 0.25  # a pause is felt at once when a chunk of steps is short; but 3 ms pass between two of them
LONGEST_CHUNK = 256  # steps
CACHED_WEIGHTS = 2_000_000  # numbers, with what the optimiser notes of them, that a processor has at hand
WEIGHT_SECONDS = 5e-9  # that a step takes for each weight beyond them
STEP_SECONDS = 1e-4  # that a step takes besides, however small the network is

KEPT_BYTES = 1_000_000_000  # of compiled programs on disk

# An H100 with JAX, 2026-11-27; what was measured stands in `tests/bench/README.md`, "On a card".
CARD_SPEED = 4e13  # multiply-adds a second: 3.5e13 in the steps of 784-1000-500-250-30 at batch 4096
CARD_CONVOLUTION_SPEED = 1.2e12  # of convolutions with few channels
CARD_WEIGHT_SECONDS = 1.8e-10
CARD_STEP_SECONDS = 6.5e-5
# Float32, whose products cards compute as TF32 by themselves. Half the bits trained exactly as fast, even
# 784-1000-500-250-30 at batch 4096, so nothing is gained by being less exact.
CARD_PRECISION = "float32"

# Threads of NumPy's and scikit-learn's linear algebra. With one for each of 16 cores they waited for one another: PCA
# of MNIST took 17 s in each of four processes; it takes 0.4 s with one thread and 0.3 s with two.
MOST_THREADS = 2
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# TensorFlow 2.21 has XLA hand its sums to the library YNN, which makes them in one thread.
OWN_SUMS = "--xla_cpu_experimental_ynn_fusion_type="

# On a card XLA writes kernels of its own for each product of matrices, and tries them all beside those of the vendor:
# 46 instead of 10 s for 77 programs, which then are 1 to 3 % faster.
OWN_PRODUCTS = "--xla_gpu_enable_triton_gemm="


@functools.cache
def configure() -> None:
    """Sets this process up: a GPU's memory is taken as it is needed, XLA makes its own sums on a CPU, threads are few.

    Must come before the first operation; whatever prepares a training, a classifier or a description calls it. Called
    again it does nothing. Where it comes too late, trainings are slower, or leave others no memory on the GPU.
    """
    bound_threads(os.cpu_count() or 1)
    _BACKENDS[keras.backend.backend()]()
    if not on_cpu():
        keras.config.set_dtype_policy(CARD_PRECISION)
        _ON_CARD[keras.backend.backend()]()


def bound_threads(cores: int) -> None:
    """At most `MOST_THREADS` for each product of NumPy and each search of scikit-learn, where there are more cores."""
    if cores <= MOST_THREADS:
        return
    for name in THREADS:
        os.environ.setdefault(name, str(MOST_THREADS))  # read by libraries that are loaded later
    threadpool_limits(MOST_THREADS)


def _configure_jax() -> None:
    # JAX asks for it when it first looks for a device, not when it is imported; else it takes three quarters of the
    # card, and a second run finds no room. Whoever runs this may want that, and says so beforehand.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if metadata.version("jax").startswith(("0.10.", "0.11.")):
        _ask_of_xla(OWN_PRODUCTS, "false")


def _configure_tensorflow() -> None:
    import tensorflow as tf

    try:
        for card in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(card, True)
    except RuntimeError:
        logger.warning("TensorFlow was used before; it keeps all memory of the GPU for this process.")
    if tf.__version__.startswith("2.21."):
        _ask_of_xla(OWN_SUMS, "")


def _ask_of_xla(flag: str, value: str) -> None:
    # Only of versions that are known to know it: a flag that XLA does not know ends the process. What the host has
    # chosen stays.
    given = os.environ.get("XLA_FLAGS", "")
    if flag not in given:
        os.environ["XLA_FLAGS"] = f"{flag}{value} {given}".strip()


_BACKENDS: dict[str, Callable[[], None]] = {"jax": _configure_jax, "tensorflow": _configure_tensorflow}


def keep_programs(folder: Path) -> None:
    """What JAX compiles is kept on disk and found by the next process: on a card a program takes seconds.

    Args:
        folder: Made where it is missing; programs used longest ago go first once there are `KEPT_BYTES` of them. JAX
            counts them with the package filelock: where that is missing, nothing is kept.
    """
    if importlib.util.find_spec("filelock") is None:
        logger.info("Compiled programs are not kept: the package filelock is missing.")
        return
    import jax

    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", KEPT_BYTES)
    # All of them: to draw the weights of each shape takes 0.05 to 0.2 s to compile, and 0.015 s to find.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)


_ON_CARD: dict[str, Callable[[], None]] = {
    "jax": lambda: keep_programs(cache_folder() / "compiled"),
    "tensorflow": lambda: None,
}


def plan(layers: Sequence[Any], batch_size: int, augmented: bool) -> tuple[bool, int]:
    """Whether to compile with XLA, and how many steps take about `CHUNK_SECONDS`.

    JAX always compiles. With TensorFlow on a CPU, XLA makes convolutions two to four times slower, gains nothing with
    attention, and has no kernel for the image transform of augmentation; everything else it makes faster. On a GPU
    recurrent layers have kernels of their own, with which XLA cannot deal; that it makes everything else faster there
    has not been measured yet.

    Args:
        layers: All layers of the network.
        batch_size: Images per step.
        augmented: Whether images are moved at every step.
    """
    kinds = operations(layers)
    without = (
        any(is_convolution(one) or is_product(one) for one in kinds) if on_cpu() else any(map(is_recurrent, kinds))
    )
    jit_compile = keras.backend.backend() == "jax" or not (augmented or without)
    return jit_compile, int(np.clip(CHUNK_SECONDS / step_seconds(layers, batch_size), 1, LONGEST_CHUNK))


def step_seconds(layers: Sequence[Any], batch_size: int) -> float:
    """About how long a training step takes, measured roughly.

    Backwards takes twice as many multiply-adds as forwards. Weights that do not fit into the cache are read from memory
    and written to it several times a step, however few images it has.

    Args:
        layers: All layers of the network.
        batch_size: Images per step.
    """
    weights = {id(weight): int(np.prod(weight.shape)) for layer in _with_weights(layers) for weight in layer.weights}
    pass_seconds, least = (WEIGHT_SECONDS, STEP_SECONDS) if on_cpu() else (CARD_WEIGHT_SECONDS, CARD_STEP_SECONDS)
    moved = max(0, sum(weights.values()) - CACHED_WEIGHTS) * pass_seconds
    return 3 * multiply_adds(layers) * batch_size / speed(layers) + moved + least


def _with_weights(layers: Sequence[Any]) -> list[keras.layers.Layer]:
    return [layer for layer in operations(layers) if isinstance(layer, keras.layers.Layer)]


def speed(layers: Sequence[Any]) -> float:
    """Multiply-adds a second, measured roughly: many small products take longer than one large one."""
    found = operations(layers)
    if not on_cpu():
        return CARD_CONVOLUTION_SPEED if any(map(is_convolution, found)) else CARD_SPEED
    return min([5e10, *(reached for kind, reached in SPEEDS if any(map(kind, found)))])


def even_chunks(steps: int, wanted: int) -> tuple[int, int]:
    """A chunk length near the wanted one into which an epoch divides with the fewest steps left over.

    Args:
        steps: Whole batches in an epoch, at least 1.
        wanted: Steps per chunk, at least 1.

    Returns:
        Steps per chunk, and steps per epoch: the largest multiple of it.
    """
    lengths = range(max(1, wanted // 2), min(steps, 2 * wanted) + 1) if wanted // 2 < steps else range(steps, steps + 1)
    chunk = min(lengths, key=lambda length: (steps % length, abs(length - wanted)))
    return chunk, steps - steps % chunk


def device_name() -> str:
    """The device that trains, in words."""
    if keras.backend.backend() == "jax":
        import jax

        device = jax.devices()[0]
        return device.device_kind if device.platform != "cpu" else _cpu_name()
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(cards[0]).get("device_name", "GPU") if cards else _cpu_name()


def on_cpu() -> bool:
    """Whether the processor trains, because no card was found."""
    return device_name().startswith("CPU")


def _cpu_name() -> str:
    # Those that this process may use, which only Linux tells.
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return f"CPU, {cores} cores"


def operations(parts: Iterable[Any]) -> list[Any]:
    """The same layers and bare operations, but instead of a model inside the network what that one is made of."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, keras.Model):
            found += operations(part.layers if isinstance(part, keras.Sequential) else part.operations)
        else:
            found.append(part)
    return found


def multiply_adds(parts: Iterable[Any]) -> float:
    """Multiply-adds that one example takes on its way through built layers, forwards.

    A layer uses its weights once for each place of its output: a dense layer once, or once for each step of a series;
    a convolution at each pixel. A recurrent layer uses them at each step of its input. Biases and activations are left
    out, but not products of one thing computed with another, as in attention.

    Args:
        parts: Operations of functional models, so that their inputs and outputs are known.
    """
    return float(sum(_of_product(one) if is_product(one) else _of_layer(one) for one in operations(parts)))


def is_product(operation: Any) -> bool:
    """Whether it multiplies two things that were computed."""
    return type(operation).__name__ == "Matmul"  # Keras has no public name for the class


def is_convolution(layer: Any) -> bool:
    """Whether a layer slides filters over an image or a series."""
    return isinstance(layer, keras.layers.Conv1D | keras.layers.Conv2D)


def is_recurrent(layer: Any) -> bool:
    """Whether a layer goes through its input step by step."""
    return isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)


def _of_product(operation: Any) -> float:
    first, second = operation.input
    return float(np.prod(first.shape[1:]) * second.shape[-1])


def _of_layer(layer: Any) -> float:
    # Those of the layers inside it as well; weights that are no matrices are biases and scales.
    weights = layer.weights if isinstance(layer, keras.layers.Layer) else ()  # a bare operation has none
    kernels = sum(np.prod(weight.shape) for weight in weights if "kernel" in weight.name)
    if not kernels:
        return 0.0
    places = layer.input.shape[1] if is_recurrent(layer) else np.prod(layer.output.shape[1:-1])
    return float(places * kernels)


SPEEDS: tuple[tuple[Callable[[Any], bool], float], ...] = (
    (is_recurrent, 5e9),
    (is_product, 1e10),
    (is_convolution, 2e10),
)  # of layers that make many small products, on a CPU
