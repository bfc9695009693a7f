"""Two visitors who press whatever can be pressed, at any moment, on a machine that is busy with other things."""

import contextlib
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.browser import MOVING, VIEWS, App, plight, until, visitor

LONG = "?variant=denoising&dataset=digits&epochs=500&batch_size=1&latent_dim=2"
BUSY = "while True: pass"
STAY = ("start", "pause", "step", "stop", "play", "log_scale", "show_plane", "share", "offer_control", "take_control")

# Something of each page that is always there.
WHOLE = """() => document.querySelector('.st-key-stage .st-key-status .ae-badge') !== null
  || document.querySelector('.ae-runs table') !== null || document.querySelector('.st-key-learn_part') !== null"""
STAMP = """keys => { for (const key of keys) {
  const root = document.querySelector(`.st-key-${key} .ae-live`); if (root) root.stamp = key; } }"""
# Where a page is that stands still. A busy machine may go to the page of a link long after it was pressed.
SETTLED = (
    """() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning' ? location.pathname : ''"""
)
STAMPED = "keys => keys.map(key => document.querySelector(`.st-key-${key} .ae-live`)?.stamp ?? null)"


@contextlib.contextmanager
def busy(loops: int = 2) -> Iterator[None]:
    """Keeps so many processors busy."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


class Walk:
    """One visitor and what they do.

    Args:
        page: Their page.
        app: The app.
        chance: What decides.
    """

    def __init__(self, page: Any, app: App, chance: random.Random) -> None:
        self.page, self.app, self.chance = page, app, chance
        self.other: Walk | None = None
        self.done: list[str] = []
        self.stamped = ""  # where it was when its views were stamped

    def act(self) -> None:
        """Does one thing, waits a moment, and sees that the page is whole."""
        name, action, stays = self.chance.choice(self.actions())
        self.done.append(name)
        action()
        self.page.wait_for_timeout(self.chance.uniform(0, 1200))
        trace = f"{self.done[-6:]}\n"
        until(self.page, lambda: self.page.evaluate(WHOLE), f"the page is not whole after {trace}")
        views = self.page.evaluate(STAMPED, list(VIEWS))
        if stays and self.stamped and self.stamped == self.page.evaluate("location.pathname"):
            assert views == list(VIEWS), f"a view was replaced by {trace}{plight(self.page)}"
        all_there = self.page.locator(".st-key-stage .ae-live").count() >= len(VIEWS)
        self.stamped = self.page.evaluate(SETTLED) if all_there else ""
        if self.stamped:
            self.page.evaluate(STAMP, list(VIEWS))

    def actions(self) -> list[tuple[str, Callable[[], Any], bool]]:
        """What can be done now: its name, how, and whether the views stay."""
        page = self.page
        found: list[tuple[str, Callable[[], Any], bool]] = []
        for key in STAY:
            button = page.locator(f".st-key-{key} :is(button, input):not([disabled])").first
            if button.count():
                found.append((key, partial(button.dispatch_event, "click"), True))
        for box in page.locator(".st-key-panel button").all():
            found.append(("panel", partial(box.dispatch_event, "click"), True))
        if page.locator(".ae-track input:not([disabled])").count():
            found += [("slide", self.slide, True)] * 2
        if page.locator(".st-key-learning_rate input").count():
            found.append(("learning rate", self.tune, True))
        for name in ("Train", "Compare", "Learn"):
            link = page.get_by_role("link", name=name)
            found.append((name, partial(link.first.dispatch_event, "click"), False))
        if page.evaluate("navigation.canGoBack"):  # the page before is one of the app's
            found.append(("back", partial(page.go_back, wait_until="commit"), False))
        found.append(("reload", self.reload, False))
        offered = page.locator(".st-key-share [data-testid=stCode], [data-testid=stPopoverBody] [data-testid=stCode]")
        if self.other is not None and offered.count() >= 3:
            address = offered.nth(2).inner_text().strip()
            found += [("given", lambda: self.other.open(address), True)] * 3  # type: ignore[union-attr]
        return found

    def open(self, address: str) -> None:
        """Goes to an address."""
        self.done.append("opened an offer")
        self.stamped = ""
        self.page.goto(address, wait_until="commit")

    def reload(self) -> None:
        """Loads the page anew."""
        self.page.reload(wait_until="commit")

    def slide(self) -> None:
        """Moves the timeline somewhere."""
        share = self.chance.random()
        self.page.locator(".ae-track input").first.evaluate(
            "(one, share) => { one.value = String(Math.round(one.max * share));"
            " one.dispatchEvent(new Event('input', {bubbles: true})); }",
            share,
        )

    def tune(self) -> None:
        """Writes another learning rate."""
        field = self.page.locator(".st-key-learning_rate input").first
        with contextlib.suppress(Exception):  # it may go away this very moment
            field.fill(f"{self.chance.choice([0.001, 0.002, 0.0005])}", timeout=2000)
            field.press("Enter", timeout=2000)


def press_at_random(app: App, chrome: Any, seed: int, presses: int) -> None:
    """Presses so many things, two visitors in turns; fails when a page is not whole, or complains of anything."""
    chance = random.Random(seed)
    with busy(), visitor(chrome, **MOVING) as page, visitor(chrome, **MOVING) as other:
        walks = [Walk(page, app, chance), Walk(other, app, chance)]
        for walk, beside in zip(walks, reversed(walks), strict=True):
            walk.other = beside
            walk.page.goto(f"{app.url}/{LONG}")
            until(walk.page, lambda walk=walk: walk.page.evaluate(WHOLE))  # type: ignore[misc]
        for press in range(presses):
            walks[press % 2].act()
        for walk in walks:
            walk.page.goto(f"{app.url}/{LONG}")
            until(walk.page, lambda walk=walk: walk.page.locator(".st-key-status .ae-badge").count())  # type: ignore[misc]
