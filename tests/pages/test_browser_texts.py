"""Names that somebody brought, in a real browser: they are read as they are, and fetch nothing."""

import numpy as np
import pytest

from ae_core.runs import RunStore
from tests import stored
from tests.browser import running_app, until, visitor
from tests.texts import HOSTILE

pytestmark = pytest.mark.browser

PICTURE = "![p](http://host.example/x.png)"
JOINER = "\u2060"


@pytest.mark.long
def test_a_name_is_read_as_it_is_and_fetches_nothing(chrome, tmp_path):
    names = sorted({" ".join(text.split())[:60] for text in HOSTILE if text.isprintable()})
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "brought.npz",
        x_train=rng.integers(0, 255, (200, 8, 8), np.uint8),
        y_train=np.arange(200) % len(names),
        class_names=np.array(names, dtype="U60"),
        title=np.array([PICTURE]),
    )
    store = RunStore(tmp_path / "runs")
    titles = PICTURE, "<img src=http://host.example/y.png>"
    for title in titles:
        stored.stored(store, 0, stored.TOTAL, origin="command line", title=title)
    with running_app(AE_DATA_DIR=str(tmp_path), AE_RUNS_DIR=str(store.folder)) as app, visitor(chrome) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{app.url}/?dataset=brought&latent_dim={PICTURE}")
        facts = page.locator("[data-testid=stCaptionContainer]").filter(has_text="Classes:")
        facts.wait_for()
        told = facts.inner_text().replace(JOINER, "")
        assert f"Classes: {', '.join(names)}." in told
        assert told.startswith(f"{PICTURE}.")
        assert PICTURE in page.locator("[data-testid=stAlert]").first.inner_text().replace(JOINER, "")
        page.goto(f"{app.url}/compare")
        page.wait_for_selector(".ae-runs tbody td")
        for box in page.locator(".ae-runs input[type=checkbox]").all():
            box.check()
        legend = page.locator(".st-key-live_curves .legendtext")
        until(page, lambda: legend.count() == 2)
        assert sorted(legend.all_text_contents()) == sorted(titles)
        page.hover(".st-key-run_open button")
        page.wait_for_selector("[role=tooltip]")
        assert not [address for address in asked if not address.startswith((app.url, "data:", "blob:"))]
        assert not page.locator("[src*='host.example'], [href*='host.example']").count()
