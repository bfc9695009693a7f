"""What all tests share: which of them can run here, in what order they run, and what is started once for many."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psutil
import pytest

from ae_core.engine import Engine
from ae_core.runs import RunStore, writer
from ae_core.training import snapshot_times
from tests.units import UnitsSideBySide, in_good_order
from tests.waiting import until

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MNIST = Path(os.environ.get("AE_DATA_DIR", "")) / "mnist.npz"
NOT_QUICK = ("browser", "workers", "slow", "long")

# Made-up cases: the same ones at every run of the suite; many others in `tests/soak`, where none may take a second.
hypothesis.settings.register_profile("suite", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is quick, brings the tests into their order, and skips what cannot run here and says why.

    In CI everything is here, so there a missing part is a failure.
    """
    missing = {}
    if CHROMIUM is None:
        missing["browser"] = "no Chromium is installed"
    if not (shutil.which("node") and shutil.which("npm")):
        missing["node"] = "no Node.js with npm is installed"
    if not MNIST.is_file():
        missing["mnist"] = "AE_DATA_DIR names no folder with mnist.npz"
    for item in items:
        if not any(item.get_closest_marker(name) for name in NOT_QUICK):
            item.add_marker(pytest.mark.quick)
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                if os.environ.get("CI"):
                    item.add_marker(pytest.mark.usefixtures("_missing_in_ci"))
                else:
                    item.add_marker(pytest.mark.skip(reason=reason))
    items[:] = in_good_order(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The same weights at every run of a test: Keras takes the seeds of layers that have none from `random`.

    Of 150 networks with two ReLU units, two had both of them at rest for all examples, and then nothing is learnt.
    """
    random.seed(item.nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> UnitsSideBySide:
    """What hands the tests to the processes of `-n 2`."""
    return UnitsSideBySide(config, log)


@pytest.fixture
def _missing_in_ci() -> None:
    pytest.fail("CI must have Chromium, Node.js with npm, and MNIST, so that no test is skipped there.")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no data of its own: empty data folder, caches and run folder, each called as its variable."""
    for name in ("AE_DATA_DIR", "XDG_CACHE_HOME", "AE_RUNS_DIR", "KERAS_HOME"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


@pytest.fixture(autouse=True, scope="module")
def runs_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each file of tests has a store of runs of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        yield


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty store of runs."""
    return RunStore(tmp_path / "runs")


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power is cut in a test, so nothing waits for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(autouse=True, scope="module")
def few_frames(request: pytest.FixtureRequest) -> Iterator[None]:
    """A training in this process is measured eight times only, as most of a small one's time goes into its frames.

    Files about frames are marked `every_frame`.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("every_frame") is None:
            patch.setattr(snapshot_times, "FRAMES", 8)
        yield


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every snapshot is written when it comes."""
    monkeypatch.setattr(writer, "SNAPSHOT_SECONDS", 0.0)
    monkeypatch.setattr(writer, "SNAPSHOT_SHARE", 1e9)


@pytest.fixture(scope="session")
def kept_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless browser for the whole process, which starts when it is driven first."""
    from tests.browser import KeptBrowser

    kept = KeptBrowser(tmp_path_factory.mktemp("browser"))
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def chrome(kept_browser: Any) -> Iterator[Any]:
    """A headless browser that is driven. Not for longer than a file: its driver holds the thread's event loop."""
    with kept_browser.driven() as driven:
        yield driven


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended and that nobody has asked about does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def dask_processes() -> list[psutil.Process]:
    """The schedulers and nannies that this process has started itself, and the workers below them."""
    found = []
    for child in psutil.Process().children():
        if lives(child) and child.cmdline()[1:3] == ["-m", "dask"]:
            found += [child, *child.children(recursive=True)]
    return found


@pytest.fixture(scope="session")
def warm_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine with one slot, started once: a worker needs ten seconds to load Keras."""
    one = Engine(
        concurrent=1, queue_limit=2, pause_limit=1.0, store=RunStore(tmp_path_factory.mktemp("runs of the engine"))
    )
    one.start()
    until(lambda: one.status in ("ready", "failed"))
    assert one.status == "ready", one.status_text
    yield one
    processes = dask_processes()
    one.close()
    assert processes
    until(lambda: not [process for process in processes if lives(process)], why=lambda: "a process outlived its engine")
