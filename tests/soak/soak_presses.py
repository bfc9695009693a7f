"""Two people who press whatever can be pressed, hundreds of times; the suite presses forty times."""

from typing import Any

import pytest

from tests.browser import running_app
from tests.pages.presses import press_at_random

pytestmark = pytest.mark.browser

PRESSES = 300


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_press_at_any_moment_empties_a_page(chrome: Any, seed: int) -> None:
    with running_app() as app:
        press_at_random(app, chrome, seed, PRESSES)
