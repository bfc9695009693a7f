"""How a model is best run on this machine: the decisions that measurements led to, with their reasons.

XLA or not, and how long a chunk of steps is: `plan`. Which library makes XLA's sums: `_keep_own_sums`.
The rest was measured on two cores of an AMD EPYC with nothing newer than AVX2, as images a second:

oneDNN. TensorFlow by itself uses it only on processors with newer instructions, and reads that when it is imported:
`ae_core/__init__.py` says yes. Without it and with it: convolutional 2,830 and 5,810, masked 1,200 and 1,810, recurrent
2,610 and 3,520; dense networks the same within 4 %. XLA can hand its products to oneDNN too: 784-1000-500-250-30
mirrored is 0.91 times as fast then, and as fast as without XLA.

Threads. One for each core, shared out among trainings side by side, see `processes`. With one thread instead of two:
784-32 mirrored 0.70 times as fast, 784-1000-500-250-30 0.56, convolutional 0.94; with four 0.94, 0.91 and 0.95.

Numbers are float32. In Keras's `mixed_bfloat16` and `mixed_float16` that large network is 0.49 and 0.47 times as fast,
a convolutional one of 16 and 8 channels 0.21 and 0.29: such processors have no instructions for them. On a GPU this
was not measured.
"""

import os
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ae_core.training.work import is_product, is_recurrent, multiply_adds, operations

CHUNK_SECONDS = 0.25  # a pause is felt at once when a chunk of steps is short; but 3 ms pass between two of them
LONGEST_CHUNK = 256  # steps


def plan(layers: list, batch_size: int, augmented: bool) -> tuple[bool, int]:
    """Whether to compile with XLA, and how many steps take about `CHUNK_SECONDS`.

    With TensorFlow on a CPU, XLA makes convolutions two to four times slower, and it has no kernel for the image
    transform of augmentation. Others it makes faster, images a second with it and without on two cores: 784-32 mirrored
    266,000 and 151,000, variational 46,500 and 35,100, recurrent 2,940 and 2,150, 784-1000-500-250-30 mirrored 8,540
    and 7,750. JAX always compiles.

    A chunk of 0.25 instead of 0.15 seconds: that large network 1.06 times as fast, others the same within 3 %.

    Recurrent layers (28 steps of 64 units, images per second of processor time): LSTM 1250 without XLA, 2040 with it,
    GRU 1320 and 2260. Unrolled they are no faster (LSTM 2040 without XLA, 1260 with it, GRU 1570 and 1640), but
    compiling takes 6 to 12 seconds of processor time without XLA and 27 to 49 with it, instead of 3 to 8: so no loop is
    unrolled. On a GPU they have kernels of their own, with which XLA cannot deal.

    Attention (49 tokens of 48 numbers, batch 256, images a second on two cores, in turns): 928 with XLA and 938
    without, but compiling takes 14 seconds with it and 8 without, and the programs take some 200 MB more.

    Args:
        layers: All layers of the network.
        batch_size: Images per step.
        augmented: Whether images are moved at every step.
    """
    on_cpu = device_name().startswith("CPU")
    kinds = operations(layers)
    without = (
        any(isinstance(one, keras.layers.Conv2D) or is_product(one) for one in kinds)
        if on_cpu
        else any(map(is_recurrent, kinds))
    )
    jit_compile = keras.backend.backend() == "jax" or not (augmented or without)
    # Backwards takes twice as many multiply-adds as forwards.
    step_seconds = 3 * multiply_adds(layers) * batch_size / speed(layers) + 1e-4
    return jit_compile, int(np.clip(CHUNK_SECONDS / step_seconds, 1, LONGEST_CHUNK))


SPEEDS: tuple[tuple[Callable[[Any], bool], float], ...] = (
    (is_recurrent, 5e9),
    (is_product, 1e10),
    (lambda layer: isinstance(layer, keras.layers.Conv2D), 2e10),
)  # of layers that make many small products, on a CPU


def speed(layers: list) -> float:
    """Multiply-adds a second, measured roughly: many small products take longer than one large one."""
    if not device_name().startswith("CPU"):
        return 5e12
    found = operations(layers)
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


def _cpu_name() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"


def _share_gpu_memory() -> None:
    """Lets TensorFlow take a GPU's memory as it needs it, not all at once."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        for card in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(card, True)


def _keep_own_sums() -> None:
    """Lets XLA make sums and products on a CPU itself, not hand them to the library YNN.

    TensorFlow 2.21 prefers that library. Its sum of all pixels' losses runs in one thread at 4 ns a number: 0.8 of the
    5.6 ms of a traced step of 784-128-32 mirrored, batch 256. Images a second on two cores with it and without:
    that network 35,500 and 60,000, 784-1000-500-250-30 5,900 and 6,340, sparse 36,000 and 46,600, contractive 37,600
    and 46,000, variational 17,500 and 20,500; recurrent and masked the same within 8 %.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    if tf.__version__.startswith("2.21."):  # a flag that XLA does not know ends the process
        os.environ["XLA_FLAGS"] = f"--xla_cpu_experimental_ynn_fusion_type= {os.environ.get('XLA_FLAGS', '')}".strip()


_share_gpu_memory()  # here, because it must come before the first operation
_keep_own_sums()  # and this before XLA compiles anything
