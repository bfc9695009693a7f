"""A visitor of the app without a browser: opens an address, reads what the page says, waits for what it says next."""

import json
import re
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from ae_core.figures.shared import Json
from tests.conftest import ROOT
from tests.waiting import PATIENCE, until

APP = str(ROOT / "app.py")

SMALL = {
    "variant": "vanilla",
    "dataset": "digits",
    "latent_dim": "4",
    "epochs": "500",
    "train_size": "400",
    "pace": "full",
}


def visit(**address: str) -> AppTest:
    """A new visitor who opens this address."""
    page = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, text in address.items():
        page.query_params[name] = text
    page.run()
    assert not page.exception, page.exception
    return page


def stages(page: AppTest) -> list[Json]:
    """What the parts of the page are given that the browser draws."""
    found = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.bytes) for one in found if "stage" in one.id]


def shown(page: AppTest) -> str:
    """All that the page itself writes: status, numbers, notes, tables."""
    parts = [one.proto.body for one in page.get("html") if "<style>" not in one.proto.body]
    for stage in stages(page):
        parts += stage["said"] or stage["status"]
        parts += ["" if stage["said"] else stage["beside"], *stage["texts"].values()]
        parts += [text for frame in stage["frames"][-1:] for text in frame["texts"].values()]
    return " ".join(parts)


def status(page: AppTest) -> str:
    stage = stages(page)[0]
    return " ".join(stage["said"] or [*stage["status"], stage["beside"]])


def steps(page: AppTest) -> int:
    """The step in the row of numbers; -1 before there is one."""
    found = re.search(r"<span>Step</span><b>([\d,]+)</b>", shown(page))
    return int(found[1].replace(",", "")) if found else -1


def wait(page: AppTest, happened: Callable[[AppTest], bool]) -> None:
    """Draws the page again and again, as a browser asks for it that hears of a change."""

    def draw() -> None:
        time.sleep(0.5)
        page.run()
        assert not page.exception, page.exception

    until(lambda: happened(page), draw, lambda: status(page))


def buttons(page: AppTest) -> dict[str, bool]:
    """Which buttons can be pressed."""
    return {key: not page.button(key).disabled for key in ("start", "pause", "step", "stop")}


def sentences(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.error, *page.warning])


def words(page: AppTest) -> str:
    """All text in the page's own markup."""
    return " ".join(one.value for one in page.markdown)
