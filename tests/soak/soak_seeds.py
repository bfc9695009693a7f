"""Every variant from twenty seeds; the suite trains each from one."""

import pytest

from ae_core import variants
from tests.variants import test_contract as contract


@pytest.mark.parametrize("name", variants.registry())
@pytest.mark.parametrize("seed", range(20))
def test_loss_falls_from_every_seed(name: str, seed: int) -> None:
    contract.test_loss_falls_on_held_out_images(contract.train(name, seed=seed))
