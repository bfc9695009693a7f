"""Makes the README's pictures: `python -m tests.bench.pictures`, or some by name, as `… film explore-dark`.

The film comes from the command line, the others from the running app, which needs an installed Chromium.
"""

import json
import os
import sys
import tempfile
from collections.abc import Collection
from unittest.mock import patch

from ae_core import data
from tests.browser import browser, picture, running_app, wait_for_step
from tests.commands import command_line
from tests.conftest import ROOT

SCREEN = {"width": 1280, "height": 720}
FOLDER = ROOT / "assets" / "pictures"
TRAINED = "variant=stacked&latent_dim=2&epochs=40&widths=512,128&batch_size=256"
SHOTS = {
    # name: query, colour scheme, key that is pressed, last step to wait for
    "train-light": (TRAINED, "light", "", 3000),
    "presenter": (TRAINED, "light", "f", 3000),
    "chinese": ("lang=zh&variant=denoising&noise=masking&epochs=40", "dark", "", 2000),
}
PLAYED = "variant=variational&latent_dim=2&epochs=15&widths=512,128&batch_size=256&train_size=20000"
EXPLORED = {
    # name: query, size, colour scheme
    "explore-light": (PLAYED, (1280, 900), "light"),
    "explore-dark": (PLAYED, (1280, 900), "dark"),
}
# What the film shows: a deep network whose code is two numbers.
FILMED = ("--variant", "stacked", "--latent-dim", "2", "--epochs", "40", "--set", "widths=512,128")


def main() -> None:
    """Makes what was asked for and keeps it under `assets/pictures`."""
    FOLDER.mkdir(exist_ok=True)
    dataset = data.default_name()
    wanted = sys.argv[1:] or ["film", *SHOTS, *EXPLORED, "lesson"]
    if "film" in wanted:
        film(dataset)
    if wanted != ["film"]:
        pictures(dataset, wanted)


def film(dataset: str) -> None:
    """Trains a network and exports the film of the run, as anybody would."""
    with tempfile.TemporaryDirectory() as runs, patch.dict(os.environ, AE_RUNS_DIR=runs):
        done = said("train", "--dataset", dataset, *FILMED, "--set", "batch_size=256", "--json")
        run_id = json.loads(done.splitlines()[-1])["run_id"]
        said("export", run_id, "--film", str(FOLDER / "film.webp"))


def said(*arguments: str) -> str:
    """What a command prints.

    Raises:
        RuntimeError: If it fails.
    """
    ended = command_line(*arguments)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return ended.stdout


def pictures(dataset: str, wanted: Collection[str]) -> None:
    """Trains for each wanted picture in the app until it is worth looking at."""
    with running_app() as app, browser() as chromium:
        for name, (query, scheme, key, step) in SHOTS.items():
            if name not in wanted:
                continue
            context = chromium.new_context(viewport=SCREEN, color_scheme=scheme)
            page = context.new_page()
            page.set_default_timeout(300_000)  # of a machine that is busy
            page.goto(f"{app.url}/?dataset={dataset}&pace=full&{query}")
            page.click(".st-key-start button:not([disabled])", timeout=60_000)
            if key:
                page.wait_for_selector(".st-key-live_loss [data-step]", timeout=120_000)
                page.keyboard.press(key)
            wait_for_step(page, "live_loss", step)
            page.wait_for_timeout(1000)
            picture(page, FOLDER / f"{name}.png")
            page.keyboard.press(key or "Shift")
            page.click(".st-key-stop button")
            page.wait_for_timeout(1000)
            context.close()
        for name, (query, (width, height), scheme) in EXPLORED.items():
            if name not in wanted:
                continue
            context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            explored(context.new_page(), f"{app.url}/?dataset={dataset}&pace=full&{query}", name)
            context.close()
        if "lesson" in wanted:
            context = chromium.new_context(viewport=SCREEN)
            lesson(context.new_page(), f"{app.url}/learn?lesson=damage_teaches")
            context.close()


def lesson(page, address: str) -> None:
    """Answers a lesson's question, shows its recorded runs, reveals; and takes the picture."""
    page.goto(address)
    page.locator(".st-key-predict label:has(input)").nth(1).click(timeout=60_000)
    page.click(".st-key-lesson_recorded button:not([disabled])")
    page.click(".st-key-reveal button:not([disabled])", timeout=60_000)
    page.wait_for_selector(".ae-outcome", timeout=60_000)
    page.wait_for_timeout(3000)
    picture(page, FOLDER / "lesson.png")


def explored(page, address: str, name: str) -> None:
    """Trains, explores what was learnt: a place of the plane, a test image on the canvas; and takes the picture."""
    page.goto(address)
    page.click(".st-key-start button:not([disabled])", timeout=60_000)
    page.wait_for_selector(".st-key-train_export button", timeout=300_000)
    page.click(".st-key-train_explore a")
    page.wait_for_selector(".ae-ready", timeout=120_000)
    page.click("button[name=take]")
    page.click("button[name=from]")
    page.click("button[name=take]")
    page.click("button[name=to]")
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    page.wait_for_timeout(2000)
    picture(page, FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
