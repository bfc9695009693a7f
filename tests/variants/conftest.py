"""What trains here is judged by what it has learnt; the frames of its film are looked at in `training` and `runs`."""

import pytest


@pytest.fixture(autouse=True, scope="module")
def _few_frames(few_frames: None) -> None:
    """For all of them."""
