"""Every variant from twenty seeds; the suite trains each from one."""

from typing import Any

import pytest

from ae_core import variants
from ae_core.training import loop
from tests.variants.test_contract import small


@pytest.mark.parametrize("name", variants.registry())
@pytest.mark.parametrize("seed", range(20))
def test_loss_falls_from_every_seed(name: str, seed: int) -> None:
    messages: list[dict[str, Any]] = []
    history = loop.train(small(name, seed=seed), emit=messages.append)["history"]
    assert history["loss"][-1] < 0.96 * history["loss"][0]
    assert history["val_loss"][-1] < 0.96 * history["val_loss"][0]
    snapshots = [message["numbers"]["test_mse"] for message in messages if message["kind"] == "snapshot"]
    assert snapshots[-1] < 0.85 * snapshots[0]
