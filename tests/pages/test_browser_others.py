"""Firefox, and WebKit as phones have it: a run is trained, its frames are drawn and gone through, its plane decodes."""

import pytest

from tests import driven
from tests.driven import Driven, seen

pytestmark = [pytest.mark.browser, pytest.mark.long]

OTHERS = [
    pytest.param(
        driven.firefox,
        id="firefox",
        marks=pytest.mark.skipif(driven.FIREFOX is None, reason="no Firefox is installed"),
    ),
    pytest.param(
        driven.webkit,
        id="webkit",
        marks=pytest.mark.skipif(
            not (driven.WEBKIT and driven.XVFB and driven.MINI_BROWSER.exists()),
            reason="no WebKitGTK is installed: webkit2gtk-driver and xvfb of Debian",
        ),
    ),
]
STATUS = "(document.querySelector('.st-key-status')?.innerText ?? '')"
LOSS = "document.querySelector('.st-key-live_loss [data-step]')"
CODE = "document.querySelector('.st-key-decoded [data-code]')?.dataset.code ?? ''"
# Whether something is drawn on a canvas: not all of its points are alike.
DRAWN = """((canvas) => {
  const found = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(found.buffer)).size > 20;
})(document.querySelector('.st-key-plane canvas'))"""


def step(page: Driven) -> int:
    return int(page.run(f"{LOSS}.dataset.step"))


def press(page: Driven, selector: str) -> None:
    seen(page, f"!!document.querySelector('{selector}:not([disabled])')")
    page.run(f"document.querySelector('{selector}').click()")


@pytest.mark.parametrize("browser", OTHERS)
def test_a_run_is_trained_gone_through_and_explored(app, browser):
    with browser() as page:
        page.open(f"{app.url}/?variant=vanilla&dataset=digits&latent_dim=2&epochs=3&lang=en")
        seen(page, f"!!{LOSS}")
        press(page, ".st-key-start button")
        seen(page, f"{STATUS}.startsWith('Done')")
        seen(page, "document.querySelectorAll('.st-key-live_latent .main-svg').length > 0")
        seen(page, f"Number({LOSS}.dataset.step) > 0 && !document.querySelector('.ae-live[aria-busy=true]')")
        last = step(page)
        page.run("document.querySelector('.ae-track input').focus()")
        page.press("ArrowLeft")
        seen(page, f"Number({LOSS}.dataset.step) < {last}")
        press(page, ".st-key-train_explore a")
        seen(page, f"({CODE}) !== ''")
        before = page.run(CODE)
        seen(page, DRAWN)
        page.run("document.querySelector('.st-key-plane canvas').focus()")
        page.press("ArrowRight")
        seen(page, f"({CODE}) !== '{before}'")
