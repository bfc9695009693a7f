"""A run of every variant is watched, gone back in and replayed by its owner and a follower; the suite does three."""

from typing import Any

import pytest

from ae_core import variants
from tests.browser import running_app
from tests.pages.test_browser_film import watch_and_replay

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("variant", variants.registry())
def test_a_run_is_watched_gone_back_in_and_replayed(chrome: Any, variant: str) -> None:
    with running_app() as app:
        watch_and_replay(app, chrome, variant)
