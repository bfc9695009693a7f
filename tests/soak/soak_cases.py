"""Ten thousand made-up cases of each kind that strangers send, others each time; the suite has two hundred."""

import time

import pytest
from hypothesis import given, settings, strategies

from tests.made_up import KINDS
from tests.test_made_up import UNHURT

SECOND = 1.0  # of a processor's time: what a case may take, however busy the machine is


@pytest.mark.usefixtures("alone", "unsynced")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10_000, derandomize=False, print_blob=True, suppress_health_check=UNHURT)
@given(case=strategies.data())
def test_whatever_comes_is_taken_or_refused_in_a_sentence(kind: str, case: strategies.DataObject) -> None:
    made, check = KINDS[kind]
    drawn = case.draw(made)
    begun = time.process_time()
    check(drawn)
    assert time.process_time() - begun < SECOND
