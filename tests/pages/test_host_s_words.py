"""What a host is told to say, and what becomes of it when it is wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ae_core import limits
from ae_core.errors import DataError
from pages.ui.server import environment
from tests.conftest import ROOT

HOSTING = ROOT / ".github" / "HOSTING.md"
USED = re.compile(r"""["'](AE_[A-Z_]+)["']""")


def test_every_variable_that_is_used_is_explained_to_hosts_and_no_other():
    """A variable stands in quotation marks where the code reads it, and between back-quotes in the table."""
    files = [ROOT / "app.py", *(ROOT / "ae_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    used = {name for path in files for name in USED.findall(path.read_text(encoding="utf-8"))}
    table = [line for line in HOSTING.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    explained = {name for line in table for name in re.findall(r"`(AE_[A-Z_]+)`", line.split("|")[1])}
    assert used == explained
    assert {*limits.COUNTS, *limits.AMOUNTS} == {
        name
        for path in files
        for name in re.findall(r"""\blimit\(\s*["'](AE_[A-Z_]+)["']""", path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("name", [*limits.COUNTS, *limits.AMOUNTS])
def test_a_bound_is_a_number_above_0(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "3")
    assert limits.limit(name, 1.0) == 3.0
    limits.check()
    for wrong in ("0", "-1", "nan", "inf", "2 GB", "2GB", "many", "1e300", *(["0.5", "2.5"] * (name in limits.COUNTS))):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(DataError, match=rf"^{name} must be a (whole )?number above 0.* Received: '{wrong}'\.$"):
            limits.check()
    monkeypatch.setenv(name, "")
    assert limits.limit(name, 7.0) == 7.0, "an empty one counts as none"


@pytest.mark.slow(seconds=3)
def test_a_wrong_bound_ends_the_start_with_one_sentence() -> None:
    """Before, the app began to serve, and answered everything with an error; or told a visitor at his first upload."""
    for name in ("AE_MAX_SOCKETS", "AE_MAX_UPLOADS_MB"):
        done = subprocess.run(
            [sys.executable, "-c", "import app"],
            cwd=ROOT,
            env=os.environ | {name: "many"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith(f"{name} must be a "), done.stderr
        assert "Traceback" not in done.stderr


def test_a_data_folder_that_is_none_is_said(
    alone: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.check()
    assert caplog.messages == []
    monkeypatch.setenv("AE_DATA_DIR", "/no/such/folder")
    environment.check()
    assert caplog.messages == ["AE_DATA_DIR must name a folder. Received: '/no/such/folder'."]


def test_a_home_that_is_closed_to_the_app_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Streamlit looks into it for secrets at the first question, and answered everything with an error."""
    environment.check()
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    environment.check()

    def closed(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(environment, "os", SimpleNamespace(stat=closed))
    with pytest.raises(SystemExit, match=r"^HOME must name a folder .* Received: '.*none'\.$"):
        environment.check()


def test_workers_of_other_machines_find_the_program() -> None:
    """`.venv/bin/dask` looks for modules beside itself, `python -m dask` in the folder where it is started."""
    told = HOSTING.read_text(encoding="utf-8")
    assert "bin/dask" not in told
    assert all(f".venv/bin/python -m dask {role} " in told for role in ("scheduler", "worker"))
