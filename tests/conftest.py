"""What all tests share: which of them can run here, and small real data."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MNIST = Path(os.environ.get("AE_DATA_DIR", "")) / "mnist.npz"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what cannot run here and says why; in CI everything is here, so there a missing part is a failure."""
    missing = {}
    if CHROMIUM is None:
        missing["browser"] = "no Chromium is installed"
    if not MNIST.is_file():
        missing["mnist"] = "AE_DATA_DIR names no folder with mnist.npz"
    for item in items:
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                if os.environ.get("CI"):
                    item.add_marker(pytest.mark.usefixtures("_missing_in_ci"))
                else:
                    item.add_marker(pytest.mark.skip(reason=reason))
        # What is run side by side: one file beside another, but never two browsers with their apps and trainings.
        group = "browser" if item.get_closest_marker("browser") else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture
def _missing_in_ci() -> None:
    pytest.fail("CI must have Chromium and MNIST, so that no test is skipped there.")


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
