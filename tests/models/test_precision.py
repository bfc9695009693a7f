"""Half the bits: networks that compute in bfloat16 and keep their weights in float32 train all the same."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest

from ae_core.training import cache
from ae_core.variants import read_settings
from tests.long import rest_is_long

STEPS, BATCH = 30, 32


@pytest.fixture
def losses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], tuple[float, float]]]:
    """Mean loss of the first and of the last ten steps of a variant's training, by the policy it computes in."""

    def train(variant: str, policy: str) -> tuple[float, float]:
        keras.config.set_dtype_policy(policy)
        monkeypatch.setattr(cache, "_models_kept", cache._Kept(1))  # those were made in another precision
        settings = read_settings({"variant": variant, "dataset": "digits", "batch_size": BATCH, "epochs": 2, "seed": 2})
        model = cache.prepare(settings).stages[-1].model
        rows = np.random.default_rng(3).integers(0, 1000, (STEPS, BATCH)).astype(np.int32)
        means = [model.train_chunk(rows[first : first + 10], 10)["loss"] for first in range(0, STEPS, 10)]
        assert {weight.dtype for weight in model.trainable_variables} == {"float32"}
        return means[0], means[-1]

    yield train
    keras.config.set_dtype_policy("float32")


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize(
    "variant", rest_is_long(["contractive", "sparse", "variational", "vector_quantized"], lambda name: name == "sparse")
)
def test_half_the_bits_lose_little(losses: Callable[[str, str], tuple[float, float]], variant: str) -> None:
    first, last = losses(variant, "float32")
    _, half = losses(variant, "mixed_bfloat16")
    assert last < first
    assert half == pytest.approx(last, rel=0.05) and half < first
