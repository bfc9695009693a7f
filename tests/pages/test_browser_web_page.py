"""A run that was taken home: its page opens from a disk, its film is gone through, and one draws on it."""

import pytest

from tests.browser import VIEWS, step_of, until, visitor, wait_for_step
from tests.commands import command_here
from tests.long import rest_is_long

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=30)]

DENSE = ["--variant", "stacked", "--set", "widths=64", "--epochs", "4"]
CLOUDS = ["--variant", "variational", "--set", "network=convolutional", "--set", "channels=4,8", "--epochs", "2"]
TOO_LARGE = ["--variant", "sparse", "--epochs", "1", "--set", "train_size=200", "--set", "widths=2048,1024"]


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """Trains an experiment on the command line, and gives its page."""
    folder = tmp_path_factory.mktemp("taken")

    def make(arguments: list[str]):
        with pytest.MonkeyPatch.context() as changed:
            changed.setenv("AE_RUNS_DIR", str(folder / arguments[1]))
            trained = command_here("train", "--dataset", "digits", "--latent-dim", "2", *arguments)
            assert trained.returncode == 0, trained.stderr
            run_id = command_here("runs").stdout.split()[0]
            file = folder / f"{arguments[1]}.html"
            written = command_here("export", "--page", "--", run_id, str(file))
            assert written.returncode == 0, written.stderr
        return file

    return make


def numbers(page, key: str) -> list[float]:
    return [float(one) for one in page.get_attribute(f".st-key-{key} [data-code]", "data-code").split(",")]


@pytest.mark.parametrize(
    ("arguments", "size"),
    rest_is_long(
        [(DENSE, {"width": 1280, "height": 720}), (CLOUDS, {"width": 390, "height": 844})],
        lambda case: case[0] == DENSE,
    ),
    ids=["dense", "clouds on a phone"],
)
def test_a_page_opens_from_a_disk_and_is_played_with(taken, chrome, arguments, size):
    file = taken(arguments)
    assert file.stat().st_size <= 16_000_000
    with visitor(chrome, viewport=size) as page:
        page.context.set_offline(True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector(".ae-ready")
        for view in VIEWS:
            wait_for_step(page, view, -1)
        end = step_of(page, "live_latent")
        page.locator(".ae-track input").focus()
        page.keyboard.press("Home")
        until(page, lambda: {step_of(page, view) for view in VIEWS} == {0})
        page.keyboard.press("End")
        until(page, lambda: {step_of(page, view) for view in VIEWS} == {end})
        page.hover(".st-key-live_latent .ae-live")
        page.locator(".ae-canvas").scroll_into_view_if_needed()
        before, box = numbers(page, "decoded"), page.locator(".ae-canvas").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=5)
        page.mouse.up()
        assert numbers(page, "drawn") == numbers(page, "decoded") != before
        assert page.locator(".ae-drawn-near canvas").count() == 5
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert not [url for url in asked if not url.startswith(("file:", "blob:", "data:"))], "nothing is asked for"


@pytest.mark.long
def test_a_film_without_a_network_says_why(taken, chrome):
    with visitor(chrome) as page:
        page.goto(taken(TOO_LARGE).as_uri())
        wait_for_step(page, "live_latent", -1)
        assert "a browser is sent 12 MB at most" in page.inner_text(".ae-taken-why")
        assert page.locator(".ae-part").count() == 0
