"""The app under a path, behind nginx as Debian ships it: it buffers answers, and cuts silent sockets."""

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests import waiting
from tests.browser import VIEWS, healthy, running_app, until, visitor, wait_for_step

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PATIENT, IMPATIENT = 60, 3  # seconds of silence after which a socket is cut

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.skipif(NGINX is None, reason="no nginx is installed")]

# What `.github/HOSTING.md` shows, but that nothing keeps nginx from buffering.
CONFIGURATION = """
daemon off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /lab {{
      proxy_pass {app};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffering on;
      proxy_read_timeout {silence}s;
      client_max_body_size 100m;
    }}
  }}
}}
"""


@contextlib.contextmanager
def proxy(app: str, folder: Path, silence: int) -> Iterator[str]:
    """Starts nginx before an app, and gives the address that visitors open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    parts = urlsplit(app)
    folder.mkdir()
    given = folder / "nginx.conf"
    given.write_text(
        CONFIGURATION.format(folder=folder, port=port, app=f"{parts.scheme}://{parts.netloc}", silence=silence)
    )
    process = subprocess.Popen([str(NGINX), "-c", str(given), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}{parts.path}"
        waiting.until(lambda: healthy(url))
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def app():
    with running_app(base="lab") as started:
        yield started


def test_everything_works_under_a_path_behind_a_proxy(app, chrome, tmp_path):
    with proxy(app.url, tmp_path / "nginx", PATIENT) as url, visitor(chrome) as page:
        page.goto(f"{url}/?dataset=digits&variant=vanilla&latent_dim=2&epochs=3&pace=full")
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_selector(".st-key-status .ae-badge:text-is('Done')")
        for view in VIEWS:
            wait_for_step(page, view, 0)

        page.click(".st-key-share button")
        address = page.locator("[data-testid=stCode]").first.inner_text().strip()
        assert address.startswith(f"{url}?run="), "whoever is given it comes through the proxy too"
        with visitor(chrome) as follower:
            follower.goto(address)
            for view in VIEWS:
                wait_for_step(follower, view, 0)
        page.keyboard.press("Escape")

        page.click(".st-key-train_export button")
        with page.expect_download() as coming:
            page.click("[class*='st-key-train_curves-csv'] button")
        assert Path(coming.value.path()).read_text().startswith("step,")

        page.click(".st-key-train_explore a")
        page.wait_for_selector(".ae-ready")
        assert urlsplit(page.url).path == "/lab/explore"

        page.goto(f"{url}/?dataset=digits")
        page.locator("[data-testid=stExpander] summary").last.click()
        given = tmp_path / "brought.npz"
        np.savez(given, x_train=np.random.default_rng(0).integers(0, 255, (100, 8, 8), np.uint8))
        page.set_input_files(".st-key-upload input[type=file]", [given])
        page.wait_for_function("location.search.includes('dataset=upload-')")


def test_a_page_whose_sockets_are_cut_again_and_again_goes_on(app, chrome, tmp_path):
    with proxy(app.url, tmp_path / "nginx", IMPATIENT) as url, visitor(chrome) as page:
        opened: list[str] = []
        page.on("websocket", lambda one: opened.append(one.url))
        page.goto(f"{url}/?dataset=mnist_5k&variant=denoising&latent_dim=2&epochs=500&batch_size=1")
        page.wait_for_selector(".st-key-start button:not([disabled])")
        of_streamlit = "_stcore/stream"
        until(page, lambda: sum(of_streamlit in one for one in opened) >= 2, "Streamlit's own socket was not cut")
        press_until(page, "start", lambda: "run=" in page.url)
        step = wait_for_step(page, "live_loss", 0)
        seen = sum(of_streamlit in one for one in opened)
        until(page, lambda: sum(of_streamlit in one for one in opened) > seen)
        wait_for_step(page, "live_loss", step)
        press_until(page, "stop", page.locator(".st-key-status .ae-badge:text-is('Stopped')").count)


def press_until(page, key: str, happened: Callable[[], Any]) -> None:
    """Presses a button again where nothing came of it, as a person does: the socket was cut at that moment."""
    button = page.locator(f".st-key-{key} button:not([disabled])")

    def press() -> None:
        if button.count():
            with contextlib.suppress(Exception):  # it may go away this very moment
                button.click(timeout=2000)
        page.wait_for_timeout(1000 * IMPATIENT)

    waiting.until(happened, press, lambda: f"{key} was pressed in vain")
