"""The real app in a process of its own, and a real browser to look at it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ae_core.figures import views
from tests import waiting
from tests.conftest import CHROMIUM, ROOT

MILLISECONDS = 1000 * waiting.PATIENCE  # for whatever a page waits for
VIEWS = tuple(view.key for view in views.VIEWS if view.ready(views.PLAIN))  # those that every run has
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

MOVING = {"reduced_motion": "no-preference"}  # for `visitor`

_logs: list[Path] = []  # what the apps say that run now

# Notes every step that each live view has shown, and lets a test see whether its element was replaced.
WATCH = """() => {
  window.seen = {};
  for (const key of KEYS) {
    const root = document.querySelector(`.st-key-${key} [data-step]`);
    root.stamp = key;
    const steps = window.seen[key] = [];
    const note = () => {
      const step = Number(root.dataset.step);
      if (steps.at(-1)?.step !== step) steps.push({step, at: performance.now()});
    };
    new MutationObserver(note).observe(root, {attributes: true, attributeFilter: ["data-step"]});
    note();
  }
}""".replace("KEYS", json.dumps(VIEWS))


@dataclass
class App:
    """A running app: its address, and its web process."""

    url: str
    process: subprocess.Popen


def healthy(url: str) -> bool:
    """Whether the app answers."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def running_app(base: str = "", script: Path | str = "app.py", **environment: str) -> Iterator[App]:
    """Starts the app as a user would, on a free port, and ends it and its workers.

    Args:
        base: Path under which it is served, as behind a proxy that serves other things too.
        script: What Streamlit runs, another page to compare with.
        environment: What it finds in its environment beside ours. Without `AE_RUNS_DIR`, it begins with no runs.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as runs, tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                str(script),
                "--server.headless",
                "true",
                "--server.address",
                "127.0.0.1",
                "--server.port",
                str(port),
                "--server.baseUrlPath",
                base,
            ],
            cwd=ROOT,
            env=os.environ | {"AE_RUNS_DIR": runs} | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _logs.append(Path(log.name))
        url = f"http://127.0.0.1:{port}/{base}".rstrip("/")
        try:
            waiting.until(lambda: healthy(url) or process.poll() is not None)
            if process.poll() is not None:
                raise RuntimeError(f"The app did not start.\n{log_end(_logs[-1])}")
            yield App(url, process)
        finally:
            _logs.remove(Path(log.name))
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def browser() -> Iterator:
    """A headless Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


class KeptBrowser:
    """A headless Chromium that many drivers may use one after the other, and that keeps what it has compiled.

    A page opened for the third time takes it three fifths of the processor time of a page it has never seen.

    Args:
        profile: An empty folder.
    """

    def __init__(self, profile: Path) -> None:
        self._profile, self._started = profile, 0
        self._process: subprocess.Popen | None = None
        self._address = ""

    def _start(self) -> None:
        self._started += 1
        folder = self._profile / str(self._started)
        stay = ["--no-first-run", "--lang=en-US", "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb"]
        stay += [f"--disable-{what}" for what in ("background-timer-throttling", "renderer-backgrounding")]
        self._process = subprocess.Popen(
            [
                str(CHROMIUM),
                "--headless",
                *FLAGS,
                *stay,
                "--remote-debugging-port=0",
                f"--user-data-dir={folder}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        where = folder / "DevToolsActivePort"
        port, path = waiting.until(lambda: where.is_file() and where.read_text().split()) or ("", "")
        self._address = f"ws://127.0.0.1:{port}{path}"

    @contextlib.contextmanager
    def driven(self) -> Iterator[Any]:
        """The browser, driven by Playwright; started if it does not run."""
        from playwright.sync_api import sync_playwright

        if self._process is None or self._process.poll() is not None:
            self._start()
        with sync_playwright() as driver:
            chromium = driver.chromium.connect_over_cdp(self._address)
            try:
                yield chromium
            finally:
                chromium.close()  # the connection

    def close(self) -> None:
        """Ends it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@contextlib.contextmanager
def context_of(chromium, options: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """A context that knows nothing of others, and its page: the browser's own one if it is free and will do."""
    own = chromium.contexts[0] if chromium.contexts else None
    if own is None or len(own.pages) > 1 or options.keys() - {"viewport", "color_scheme", "reduced_motion"}:
        context = chromium.new_context(**options)
        try:
            yield context, context.new_page()
        finally:
            context.close()
        return
    page = own.new_page()
    seen: set[str] = set()
    page.on("framenavigated", lambda frame: seen.add("/".join(frame.url.split("/")[:3])))
    try:
        page.set_viewport_size(options["viewport"])
        page.emulate_media(
            color_scheme=options.get("color_scheme", "light"),
            reduced_motion=options.get("reduced_motion", "no-preference"),
        )
        yield own, page
    finally:
        own.set_offline(False)
        own.clear_cookies()
        storage = own.new_cdp_session(own.pages[0])
        for origin in seen:
            what = {"origin": origin, "storageTypes": "local_storage,indexeddb,service_workers,cache_storage"}
            storage.send("Storage.clearDataForOrigin", what)
        for one in own.pages[1:]:
            one.close()


@contextlib.contextmanager
def visitor(chromium, **options: Any) -> Iterator[Any]:
    """A page in a context of its own, 1280×720 unless told otherwise, whose scripts fail nowhere while it is used.

    No recording plays by itself on it unless it is told `MOVING`: that takes a whole processor, while tests wait for a
    worker to be ready.
    """
    usual = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce"}
    with context_of(chromium, usual | options) as (context, page):
        context.set_default_timeout(MILLISECONDS)
        complaints: list[str] = []

        def note(text: str) -> None:
            # What a page asks for while it is cut off it asks for again, see `live/pulse.js`.
            if "when disconnected from server" not in text:
                complaints.append(text)

        def listen(said: Any) -> None:
            # What cannot be loaded is an error too, when a page is left or an app ends.
            if said.type == "error" and "load resource" not in said.text:
                note(said.text)

        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", listen)
        try:
            yield page
        except Exception:
            print(plight(page))  # noqa: T201 - pytest shows it beside the failure
            raise
    assert not complaints, "\n".join(complaints)


def plight(page) -> str:
    """What is known of a page on which a test waited in vain: what is in it, what it said, and what the apps said.

    Args:
        page: A page of the browser.
    """
    age = page.evaluate("[performance.getEntriesByType('navigation')[0]?.type, performance.now(), document.readyState]")
    content = page.evaluate("document.getElementById('root')?.innerHTML ?? document.documentElement.outerHTML")
    said = [f"{one.type}: {one.text}" for one in page.console_messages()] + list(map(str, page.page_errors()))
    asked = [one.url for one in page.requests() if one.failure]
    main = page.locator("[data-testid=stMain]")
    text = main.inner_text() if main.count() == 1 else page.inner_text("body")
    return "\n".join(
        [
            f"Address: {page.url}",
            f"Text: {text[:2000]!r}",
            f"Loaded by, milliseconds ago, state: {age}",
            f"Said: {said[-20:]}",
            f"Failed requests: {asked[-20:]}",
            f"Content: {content[:1500]}",
            *(f"An app said: {log_end(log)}" for log in _logs),
        ]
    )


def log_end(log: Path) -> str:
    """The last lines of what an app has said."""
    return log.read_text(errors="replace")[-5000:]


def until(page, found: Callable[[], Any], why: str = "it did not happen") -> Any:
    """Waits until something true is found, and gives it; meanwhile the page goes on.

    Args:
        page: A page of the browser.
        found: Looks once.
        why: What a test that waited in vain says.
    """
    return waiting.until(found, lambda: page.wait_for_timeout(200), lambda: why)


def wait_for_step(page, key: str, above: int) -> int:
    """Waits until a live view shows a step above the given one, and tells it."""
    page.wait_for_function(f"Number(document.querySelector('.st-key-{key} [data-step]')?.dataset.step ?? -1) > {above}")
    return step_of(page, key)


def step_of(page, key: str = "live_loss") -> int:
    """The step that a live view shows."""
    return int(page.get_attribute(f".st-key-{key} [data-step]", "data-step"))


def picture(page, path: Path) -> None:
    """A screenshot without the blinking cursor."""
    page.screenshot(path=path, animations="disabled")
