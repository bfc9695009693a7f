"""What is said of a file by how the process that reads it has ended."""

import sys

import pytest

from ae_core.errors import DataError
from ae_core.formats import confined

MODULE = "tests.formats.ending"


def run(how: str) -> str:
    return confined.run(MODULE, [how], "The file", 2**31, 60.0)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("nonsense", "be whole. Received: a damaged one."),
        ("disk", "be whole. Received: a damaged one."),
        ("memory", "be read in 2,048 MB of memory. Received: one that needs more."),
        ("library", "be read in 2,048 MB of memory. Received: one that needs more."),
        ("none", "be read in 2,048 MB of memory. Received: one that needs more."),
    ],
)
def test_only_a_want_of_memory_is_called_one(how, said):
    with pytest.raises(DataError) as caught:
        run(how)
    assert str(caught.value) == f"The file must {said}"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_library_that_crashes_has_read_nonsense_and_of_a_process_that_was_ended_both_are_said():
    with pytest.raises(DataError, match=r"^The file must be whole\. Received: a damaged one\.$"):
        run("crashed")
    with pytest.raises(DataError, match=r"Received: one that is damaged or larger\.$"):
        run("killed")


def test_what_is_printed_or_refused_comes_back():
    assert run("fine") == "done"
    with pytest.raises(confined.RefusedError, match="it is blue"):
        run("refuse")
