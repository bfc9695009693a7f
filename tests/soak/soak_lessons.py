"""Every lesson from three seeds: what it claims must not hang on chance."""

import pytest

from ae_core import lessons
from ae_core.lessons import checking


@pytest.mark.parametrize("name", lessons.registry())
@pytest.mark.parametrize("seed", range(3))
def test_a_claim_holds_from_every_seed(name: str, seed: int) -> None:
    found = checking.check(name, seed, print)
    assert found.outcome.claimed, found.line
