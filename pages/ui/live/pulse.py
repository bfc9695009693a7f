"""Has a page drawn again, as a whole, when something has changed that Streamlit draws.

It stands where a timed fragment would: see `stage` for why there is none.
"""

import json
from collections.abc import Sequence

from ae_core.engine import Job
from pages.ui import static, unseen
from pages.ui.live import streaming


def of_runs(jobs: Sequence[Job]) -> None:
    """Draws the page again, every two seconds at most, while one of these jobs changes.

    Args:
        jobs: Those that have not ended.
    """
    ids = [job.id for job in jobs][: streaming.MOST_TOGETHER]
    _beat(streaming.address(streaming.TOGETHER, runs=",".join(ids)) if ids else "", streaming.token_of_all(jobs), 0)


def after(seconds: float) -> None:
    """Draws the page again once, after a while; 0 for never. Mount it with 0 too, so that nothing changes its place."""
    _beat("", "", round(1000 * seconds))


def _beat(address: str, token: str, milliseconds: int) -> None:
    wanted = {"address": address, "token": token, "after": milliseconds}
    told = json.dumps(wanted).encode()
    unseen.mount("pulse", "live/pulse.js", told, script=static.loader, on_changed_change=_do_nothing)


def _do_nothing() -> None:
    """The run of the page's script that follows is all that was wanted."""
