"""Takes the README's pictures from the running app: `python -m tests.bench.pictures`. Needs an installed Chromium."""

from ae_core import data
from tests.browser import browser, picture, running_app, wait_for_step
from tests.conftest import ROOT

FOLDER = ROOT / "assets" / "pictures"
SHOTS = {
    # name: query, size, colour scheme, last step to wait for
    "train-light": ("variant=stacked&latent_dim=2&epochs=40&widths=512,128&batch_size=256", (1280, 900), "light", 3000),
    "train-dark": ("variant=denoising&noise=masking&epochs=40", (1280, 900), "dark", 2000),
    "train-phone": ("variant=sparse&epochs=40", (390, 844), "light", 1000),
}


def main() -> None:
    """Trains for each picture until it is worth looking at, and keeps it under `assets/pictures`."""
    FOLDER.mkdir(exist_ok=True)
    dataset = data.default_name()
    with running_app() as app, browser() as chromium:
        for name, (query, (width, height), scheme, step) in SHOTS.items():
            context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{app.url}/?dataset={dataset}&{query}")
            page.click(".st-key-start button:not([disabled])", timeout=60_000)
            page.wait_for_function(
                "document.querySelector('.st-key-status').innerText.includes('Training')", timeout=120_000
            )
            wait_for_step(page, "live_loss", step)
            page.wait_for_timeout(1000)
            picture(page, FOLDER / f"{name}.png")
            page.click(".st-key-stop button")
            page.wait_for_timeout(1000)
            context.close()
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{app.url}/learn?variant=sparse&dataset={dataset}")
        page.wait_for_selector("svg text", timeout=60_000)
        page.wait_for_timeout(3000)
        picture(page, FOLDER / "learn.png")
        context.close()


if __name__ == "__main__":
    main()
