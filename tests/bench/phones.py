"""A hall of phones answers a lesson's question at once, while a run trains."""

import http.client
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil

from tests.bench.watching import Row
from tests.browser import App

PHONES = 200


def answers(chromium: Any, app: App, dataset: str) -> Iterator[Row]:
    """From a phone's first look to its answer taken, all at the same moment; and what it costs the web process.

    Args:
        chromium: A browser.
        app: The app, whose worker is warm.
        dataset: What is trained on meanwhile.
    """
    page = chromium.new_page()
    page.goto(f"{app.url}/?variant=stacked&dataset={dataset}&epochs=500&pace=full")
    page.click(".st-key-start button:not([disabled])")
    page.wait_for_function("document.querySelector('.st-key-status').innerText.includes('Training')")
    lecturer = chromium.new_page()
    lecturer.goto(f"{app.url}/learn")
    lecturer.click(".st-key-hall button")
    address = lecturer.locator("a[href*='/hall/']").get_attribute("href")
    together, process = threading.Barrier(PHONES), psutil.Process(app.process.pid)
    before = process.cpu_times()
    with ThreadPoolExecutor(PHONES) as phones:
        seconds = [*phones.map(lambda place: answered(address, place % 3, together), range(PHONES))]
    lecturer.wait_for_function(f"document.querySelector('.ae-hall small').textContent.startsWith('{PHONES}')")
    after = process.cpu_times()
    page.click(".st-key-stop button")
    spent = after.user + after.system - before.user - before.system
    yield (
        f"{PHONES} phones at once, from the address to the answer taken",
        f"{np.median(seconds):.2f} s, 95 % within {np.quantile(seconds, 0.95):.2f} s; web process {spent:.1f} s in all",
    )


def answered(address: str, place: int, together: threading.Barrier) -> float:
    """Seconds in which one phone gets the page and has its answer taken."""
    parts = urlsplit(address)
    target = f"{parts.path}?{parts.query}"
    together.wait()
    begun = time.perf_counter()
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    connection.request("GET", target)
    page = connection.getresponse()
    page.read()
    [(name, cookie)] = SimpleCookie(page.headers["Set-Cookie"]).items()
    headers = {"Cookie": f"{name}={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", target, f"answer={place}", headers)
    taken = connection.getresponse()
    taken.read()
    connection.close()
    if taken.status != http.client.SEE_OTHER:
        raise RuntimeError(f"An answer was refused: {taken.status}")
    return time.perf_counter() - begun
