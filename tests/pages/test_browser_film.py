"""A run as a film: its pace, its frames as they pass, the way back to any of them, for owner and followers."""

import contextlib
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ae_core.figures.film import MOST_FRAMES
from tests.browser import MOVING, VIEWS, WATCH, visitor
from tests.long import rest_is_long

pytestmark = pytest.mark.browser

# Must not end by itself, however slow the page is: two million steps.
LONG = "dataset=mnist_5k&latent_dim=2&seed=3&epochs=500&batch_size=1"
# More steps than frames that are kept.
SHORT = "variant=vanilla&dataset=digits&latent_dim=2&seed=3&epochs=40&train_size=600&pace=full"

# The steps that all views show which can be seen.
SHOWN = """[...document.querySelectorAll('.st-key-stage .ae-view:not(.ae-none) .ae-live')]
  .map(one => Number(one.dataset.step ?? -1))"""
FRAME = "new URLSearchParams(location.search).get('frame')"
SEEN = "Object.values(window.seen).every(steps => steps.length >= {})"


@pytest.fixture(scope="module")
def owner(app, chrome):
    """The tab of the person whose short run this is."""
    with visitor(chrome, **MOVING) as opened:
        yield opened


@pytest.fixture(scope="module")
def ended(app, owner) -> str:
    """Id of a run that is done."""
    run = start(owner, f"{app.url}/?{SHORT}")
    wait_for_status(owner, "Done")
    return run


@contextlib.contextmanager
def stopping(page) -> Iterator[None]:
    """Stops the run of a test that fails: the others want the worker."""
    try:
        yield
    except Exception:
        page.click(".st-key-stop button", timeout=10_000)
        raise


def start(page, address: str) -> str:
    """Starts what an address names, and gives the run's id."""
    page.goto(address)
    page.click(".st-key-start button:not([disabled])")
    page.wait_for_function("new URLSearchParams(location.search).has('run')")
    return page.evaluate("new URLSearchParams(location.search).get('run')")


def wait_for_status(page, word: str) -> None:
    page.wait_for_function(f"document.querySelector('.st-key-status .ae-badge')?.innerText === '{word}'")


def wait_for_views(page, condition: str) -> int:
    """Waits until all views show the same step, for which a condition holds, and tells it."""
    same = f"(() => {{ const [step, ...others] = {SHOWN}; return others.length >= {len(VIEWS) - 1}"
    page.wait_for_function(f"{same} && others.every(one => one === step) && ({condition}); }})()")
    return page.evaluate(f"{SHOWN}[0]")


def wait_for_frame(page, step: int | None) -> None:
    """Waits until the address names that frame, or none."""
    page.wait_for_function(f"{FRAME} === {'null' if step is None else repr(str(step))}")


def newest(page) -> int:
    """Index of the last frame on the timeline."""
    return int(page.get_attribute(".ae-track input", "max"))


def film_steps(page, run: str) -> list[int]:
    """The steps of which the app has frames."""
    return page.evaluate(f"fetch('/film/{run}').then(answer => answer.json())")


def set_pace(page, label: str) -> None:
    page.click(f".st-key-pace [role=radio]:has-text('{label}')")
    page.wait_for_selector(f".st-key-pace [aria-checked=true]:has-text('{label}')")


def leave_the_controls(page) -> None:
    """Keys mean the timeline as long as nothing else has the focus."""
    page.click(".st-key-live_loss .ae-heading")
    page.evaluate("document.activeElement.blur()")


def steps_that_pass(page, count: int) -> dict[str, list[int]]:
    """So many distinct steps of each view, as they come from now on."""
    page.evaluate(WATCH)
    page.wait_for_function(SEEN.format(count))
    stamps = f"({list(VIEWS)}).map(key => document.querySelector(`.st-key-${{key}} [data-step]`).stamp)"
    assert page.evaluate(stamps) == list(VIEWS), "no view is replaced"
    seen = page.evaluate("window.seen")
    return {key: [entry["step"] for entry in seen[key]] for key in VIEWS}


def check_that_frames_pass(page, count: int = 5) -> None:
    for key, steps in steps_that_pass(page, count).items():
        assert steps == sorted(set(steps)), f"{key} goes back"


def choose_paces(page) -> None:
    set_pace(page, "Full speed")
    page.wait_for_function("location.search.includes('pace=full')")
    check_that_frames_pass(page, 3)
    set_pace(page, "Watch")
    page.wait_for_function("!location.search.includes('pace=')")
    set_pace(page, "Slow")
    page.wait_for_function("location.search.includes('pace=slow')")
    page.wait_for_selector(".ae-batch img")
    assert "loss" in page.inner_text(".ae-batch figcaption")
    steps = steps_that_pass(page, 3)["live_loss"]
    assert [after - before for before, after in itertools.pairwise(steps)] == [1] * (len(steps) - 1)


def go_back(page) -> int:
    """Goes back while the run trains, by slider and keys, and gives the step at which it ends."""
    page.press(".ae-track input", "Home")
    assert wait_for_views(page, "step === 0") == 0
    wait_for_frame(page, 0)
    before = newest(page)
    leave_the_controls(page)
    page.keyboard.press("ArrowRight")
    second = wait_for_views(page, "step > 0")
    page.keyboard.press("ArrowLeft")
    wait_for_views(page, "step === 0")
    page.keyboard.press(" ")
    wait_for_views(page, f"step > {second}")  # it plays
    page.keyboard.press(" ")
    page.wait_for_selector(".ae-play[aria-pressed=false]")
    place = int(page.input_value(".ae-track input")) - 1
    page.keyboard.press("ArrowLeft")
    slider = "document.querySelector('.ae-track input')"
    at = wait_for_views(page, f"Number({slider}.value) === {place} && {FRAME} === String(step)")
    page.wait_for_function(f"Number({slider}.max) > {max(before, newest(page))}")
    assert page.inner_text(".st-key-status .ae-badge") == "Training", "which goes on meanwhile"
    assert set(page.evaluate(SHOWN)) == {at}
    assert f"step {at:,}" in page.inner_text(".ae-when")
    return at


def replay(page) -> None:
    """Lets the film pass from its beginning, and goes to its end."""
    page.select_option(".ae-speed", "2")
    page.focus(".ae-track input")
    page.keyboard.press("Home")
    wait_for_views(page, "step === 0")
    page.click(".ae-play")
    check_that_frames_pass(page)
    page.click(".ae-head")
    wait_for_frame(page, None)


@pytest.mark.parametrize(
    "variant", rest_is_long(["undercomplete", "convolutional", "variational"], lambda name: name == "undercomplete")
)
def test_a_run_is_watched_gone_back_in_and_replayed_by_its_owner_and_a_follower(app, chrome, variant):
    watch_and_replay(app, chrome, variant)


def watch_and_replay(app, chrome, variant: str) -> None:
    """An owner and a follower watch a run, go back in it, and let its film pass."""
    with visitor(chrome, **MOVING) as page, visitor(chrome, **MOVING) as follower, stopping(page):
        run = start(page, f"{app.url}/?variant={variant}&{LONG}")
        wait_for_status(page, "Training")
        assert f"variant={variant}" in page.url
        assert page.inner_text(".st-key-pace [aria-checked=true]") == "Watch" and "pace=" not in page.url
        wait_for_views(page, "step > 0")
        check_that_frames_pass(page)
        choose_paces(page)

        at = go_back(page)
        page.reload()
        wait_for_views(page, f"step === {at}")
        wait_for_frame(page, at)

        follower.goto(f"{app.url}/?run={run}&frame={at}")
        wait_for_views(follower, f"step === {at}")
        follower.wait_for_selector(".st-key-status:has-text('You are watching')")
        assert follower.locator(".st-key-pace [role=radio]:not([disabled])").count() == 0
        set_pace(page, "Watch")
        follower.click(".ae-head")
        wait_for_frame(follower, None)
        wait_for_views(follower, f"step > {at}")
        check_that_frames_pass(follower)
        late = wait_for_views(follower, f"step > {at}")
        follower.click(".ae-play")  # from the beginning
        follower.wait_for_selector(".ae-play[aria-pressed=true]")
        wait_for_views(follower, f"step < {late}")
        check_that_frames_pass(follower, 3)
        follower.click(".ae-play")
        follower.wait_for_selector(".ae-play[aria-pressed=false]")

        page.click(".st-key-stop button")
        for one in (page, follower):
            wait_for_status(one, "Stopped")
            one.click(".ae-head")
        last = film_steps(page, run)[-1]
        for one in (page, follower):
            wait_for_views(one, f"step === {last}")
            replay(one)
            wait_for_views(one, f"step === {last}")


def test_the_film_of_a_run_has_every_frame_of_its_timeline(owner, ended):
    page, steps = owner, film_steps(owner, ended)
    page.wait_for_function(f"document.querySelector('.ae-track input').max === '{len(steps) - 1}'")
    page.click(".st-key-train_export button")
    with page.expect_download() as coming:
        page.click("[class*='st-key-train_film-webp'] button")
    picture: Any = Image.open(io.BytesIO(Path(coming.value.path()).read_bytes()))
    assert picture.format == "WEBP" and picture.n_frames == min(len(steps), MOST_FRAMES)
    page.keyboard.press("Escape")


def test_a_frame_that_is_not_kept_is_said_and_the_nearest_one_shown(app, chrome, owner, ended):
    steps = film_steps(owner, ended)
    missing = next(step for step in range(steps[-1]) if step not in steps)
    with visitor(chrome, **MOVING) as page:
        page.goto(f"{app.url}/?run={ended}&frame={missing}")
        shown = wait_for_views(page, "step >= 0")
        assert abs(shown - missing) == min(abs(step - missing) for step in steps)
        said = page.inner_text(".ae-when")
        assert said == f"No frame of step {missing} is kept; the nearest one, of step {shown}, is shown."
        page.focus(".ae-track input")
        page.keyboard.press("End")  # and the rest goes on
        wait_for_views(page, f"step === {steps[-1]}")
        assert "is kept" not in page.inner_text(".ae-when")


def test_a_pace_and_a_frame_that_mean_nothing_are_said_in_one_sentence_each(app, chrome, ended):
    with visitor(chrome, **MOVING) as page:
        page.goto(f"{app.url}/?run={ended}&frame=soon&pace=nonsense")
        wait_for_views(page, "step > 0")
        assert page.locator("[data-testid=stAlert]").all_inner_texts() == [
            "pace must be one of full, watch, slow. Received: 'nonsense'. watch is used instead.\n"
            "frame must be the number of a step. Received: 'soon'."
        ]
        assert page.inner_text(".st-key-pace [aria-checked=true]") == "Watch"


@pytest.mark.long
def test_nothing_plays_by_itself_for_who_wants_nothing_to_move(app, chrome, ended):
    with visitor(chrome, **MOVING) as other, visitor(chrome) as page:
        for one in (page, other):
            one.goto(app.url)
            wait_for_views(one, "step >= 0")
        last = wait_for_views(page, "step > 0")
        other.evaluate(WATCH)
        other.wait_for_function(SEEN.format(5))  # where the same recording plays
        assert set(page.evaluate(SHOWN)) == {last}
        assert page.get_attribute(".ae-play", "aria-pressed") == "false"
        page.click(".ae-play")  # but who wants it can have it
        wait_for_views(page, f"step < {last}")


@pytest.mark.long
def test_a_run_that_is_removed_while_it_is_followed_is_said_and_the_rest_goes_on(app, chrome, owner, ended):
    with visitor(chrome, **MOVING) as follower:
        follower.goto(f"{app.url}/?run={ended}")
        wait_for_views(follower, "step > 0")
        owner.goto(f"{app.url}/compare")
        owner.click(f".ae-runs tr:has(input[data-id='{ended}']) input")
        owner.click("button:has-text('Remove')")
        owner.click(".st-key-run_remove button")
        follower.wait_for_selector("[data-testid=stAlert]:has-text('was removed')")
        assert follower.locator("[data-testid=stAlert]").count() == 1
        wait_for_status(follower, "Recording")
        wait_for_views(follower, "step > 0")  # it plays
        follower.wait_for_selector(".st-key-start button:not([disabled])")
