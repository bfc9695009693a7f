"""Trainings of four kinds end with the same weights at every pace; the suite looks at each kind and each pace once."""

import pytest

from tests.training.test_pace import KINDS, WAYS, check_that_paces_agree


@pytest.mark.parametrize(("variant", "more"), KINDS)
def test_the_outcome_is_the_same_at_every_pace(variant, more):
    check_that_paces_agree(variant, more, WAYS)
