"""A few hundred made-up cases of each kind that strangers send; `tests/soak/soak_cases.py` has many more."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from tests.made_up import KINDS, check_settings

UNHURT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.slow(seconds=3)
@pytest.mark.usefixtures("alone", "unsynced")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200, suppress_health_check=UNHURT)
@given(case=strategies.data())
def test_whatever_comes_is_taken_or_refused_in_a_sentence(kind, case):
    made, check = KINDS[kind]
    check(case.draw(made))


def test_a_variant_that_is_no_text_is_refused_in_a_sentence():
    value: object
    for value in ([], {}, None, 3, b"sparse"):
        check_settings({"variant": value})
