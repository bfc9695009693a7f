"""What all tests share: which of them can run here, and small real data."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from ae_core.runs import RunStore, writer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_FILES = ("test_browser", "test_findings", "test_live")
MNIST = Path(os.environ.get("AE_DATA_DIR", "")) / "mnist.npz"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what cannot run here and says why; in CI everything is here, so there a missing part is a failure."""
    missing = {}
    if CHROMIUM is None:
        missing["browser"] = "no Chromium is installed"
    if not (shutil.which("node") and shutil.which("npm")):
        missing["node"] = "no Node.js with npm is installed"
    if not MNIST.is_file():
        missing["mnist"] = "AE_DATA_DIR names no folder with mnist.npz"
    for item in items:
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                if os.environ.get("CI"):
                    item.add_marker(pytest.mark.usefixtures("_missing_in_ci"))
                else:
                    item.add_marker(pytest.mark.skip(reason=reason))


class FilesSideBySide(LoadFileScheduling):
    """One file runs beside another, but never two browsers with their apps and trainings."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "browser" if Path(file).name.startswith(BROWSER_FILES) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesSideBySide:
    """What hands the tests to the processes of `-n 2`."""
    return FilesSideBySide(config, log)


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


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every snapshot is written when it comes."""
    monkeypatch.setattr(writer, "SNAPSHOT_SECONDS", 0.0)
    monkeypatch.setattr(writer, "SNAPSHOT_SHARE", 1e9)


def command_line(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs `python -m ae_core` with these arguments, as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "ae_core", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
