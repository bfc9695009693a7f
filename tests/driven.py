"""Firefox and WebKitGTK as Debian has them, where Playwright would bring builds of its own.

Both are told the same three things: to open an address, to run a script, to press a key. Firefox is asked over
WebDriver BiDi, which it speaks by itself; WebKitGTK by WebDriver, through `WebKitWebDriver`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from websockets.sync.client import ClientConnection, connect

from tests.waiting import PATIENCE, until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("WebKitWebDriver")
XVFB = shutil.which("Xvfb")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), Path("/nowhere"))
KEYS = {"ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "Tab": "\ue004", "Enter": "\ue007"}
SIZE = {"width": 1280, "height": 900}


class Driven(Protocol):
    """A browser with one page."""

    def open(self, url: str) -> None:
        """Goes to an address."""

    def run(self, expression: str) -> Any:
        """Value of an expression of JavaScript on the page: a text, a number, true or false, or null."""

    def press(self, key: str) -> None:
        """Presses a key, and lets it go."""


def seen(page: Driven, condition: str) -> Any:
    """Waits until an expression is true on the page, and gives its value."""
    return until(lambda: page.run(condition), why=lambda: f"{condition}; the page says {page.run(TEXT)!r}")


TEXT = "document.body.innerText.slice(0, 400)"


def typed(key: str) -> list[dict[str, object]]:
    """A press of a key as both protocols want it."""
    sign = KEYS.get(key, key)
    return [
        {
            "type": "key",
            "id": "keyboard",
            "actions": [{"type": "keyDown", "value": sign}, {"type": "keyUp", "value": sign}],
        }
    ]


class Firefox:
    """Firefox, over WebDriver BiDi."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._number, self._page = line, 0, ""
        self._ask("session.new", capabilities={})
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        self._ask("browsingContext.setViewport", context=self._page, viewport=SIZE)

    def _ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._line.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._line.recv(timeout=PATIENCE))
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, url: str) -> None:
        """Goes to an address."""
        self._ask("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """Value of an expression."""
        found = self._ask("script.evaluate", expression=expression, target={"context": self._page}, awaitPromise=True)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Presses a key."""
        self._ask("input.performActions", context=self._page, actions=typed(key))


class WebKit:
    """WebKitGTK, over WebDriver."""

    def __init__(self, address: str, browser: Path) -> None:
        self._address = address
        options = {"binary": str(browser), "args": ["--automation"]}
        asked = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        self._address += "/session/" + self._ask("/session", capabilities=asked)["sessionId"]
        self._ask("/window/rect", **SIZE)

    def _ask(self, place: str, **body: Any) -> Any:
        request = urllib.request.Request(
            self._address + place, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{place}: {error.read().decode()}") from error

    def open(self, url: str) -> None:
        """Goes to an address."""
        self._ask("/url", url=url)

    def run(self, expression: str) -> Any:
        """Value of an expression."""
        return self._ask("/execute/sync", script=f"return {expression}", args=[])

    def press(self, key: str) -> None:
        """Presses a key."""
        self._ask("/actions", actions=typed(key))

    def close(self) -> None:
        """Ends the browser."""
        request = urllib.request.Request(self._address, method="DELETE")
        with urllib.request.urlopen(request, timeout=PATIENCE):
            pass


@contextlib.contextmanager
def firefox() -> Iterator[Driven]:
    """A headless Firefox with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(FIREFOX), "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with (
            started(command, r"BiDi listening on (ws://\S+)") as address,
            connect(f"{address}/session", max_size=None, open_timeout=PATIENCE) as line,
        ):
            yield Firefox(line)


@contextlib.contextmanager
def webkit() -> Iterator[Driven]:
    """The small browser that comes with WebKitGTK, on a screen that nobody sees."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        started([str(XVFB), "-displayfd", "1", "-screen", "0", "1280x1024x24"], r"^(\d+)$") as screen,
    ):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {"DISPLAY": f":{screen}", "HOME": home, "XDG_RUNTIME_DIR": home}
        with started([str(WEBKIT), f"--port={port}"], "", **own):
            address = f"http://127.0.0.1:{port}"
            until(lambda: answers(f"{address}/status"))
            page = WebKit(address, MINI_BROWSER)
            try:
                yield page
            finally:
                page.close()


@contextlib.contextmanager
def started(command: list[str], ready: str, **environment: str) -> Iterator[str]:
    """Starts a program, waits until it has said something, and ends it.

    Args:
        command: The program and what it is given.
        ready: What it says, as a regular expression with one group, which is given; empty for nothing.
        environment: What it finds in its environment beside ours.
    """
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, env=os.environ | environment, start_new_session=True
        )

        def found() -> str:
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} has ended.")
            said.seek(0)
            match = re.search(ready, said.read(), re.MULTILINE)
            return match[1] if match else ""

        try:
            yield until(found) if ready else ""
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def answers(url: str) -> bool:
    """Whether something answers there."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
