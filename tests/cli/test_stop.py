"""A host's commands: whose runs there are, and the end of one."""

import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ae_core.cli import stop
from ae_core.engine import Requests
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from tests.commands import command_here
from tests.stored import SETTINGS, setup, snapshot
from tests.waiting import until


@pytest.fixture
def run_id(unsynced: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A run that waits."""
    monkeypatch.setenv("AE_RUNS_DIR", str(tmp_path))
    monkeypatch.setattr(stop, "HEARD", 0.3)
    return RunStore().create(SETTINGS, fingerprint("somebody")).id


def test_all_runs_are_listed_with_whose_they_are(run_id: str) -> None:
    plain, full = command_here("runs"), command_here("runs", "--all")
    mark = fingerprint("somebody")
    assert mark[:8] not in plain.stdout, "whose they are is the host's business alone"
    (line,) = full.stdout.splitlines()
    assert run_id in line and mark[:8] in line and mark not in line and " MB" in line and "queued" in line
    (found,) = json.loads(command_here("runs", "--all", "--json").stdout)
    assert (found["id"], found["owner"], found["state"]) == (run_id, mark[:8], "queued")


def test_what_nothing_trains_does_not_go_on(run_id: str) -> None:
    ended = command_here("stop", run_id)
    assert ended.returncode == 0 and "no app listens, and nothing trained it" in ended.stdout
    assert RunStore().open(run_id).state == "stopped"
    again = command_here("stop", run_id)
    assert again.returncode == 2 and "has ended already (stopped)" in again.stderr
    assert command_here("stop", "no-such-run1").returncode == 2


@pytest.mark.slow(seconds=3)
def test_what_another_program_trains_is_left_to_it(run_id: str) -> None:
    store = RunStore()
    with store.writer(run_id) as writer:
        writer.message(setup(run_id=run_id))
        writer.message(snapshot(0, run_id=run_id))
        said = command_here("stop", run_id)
        assert said.returncode == 1 and "nothing listens" in said.stderr and len(said.stderr.splitlines()) == 1
    assert Requests(store.folder).waiting() == [], "nobody hears it later"


def test_who_interrupts_it_asks_for_nothing_any_more(run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stop, "time", SimpleNamespace(monotonic=time.monotonic, sleep=interrupt))
    monkeypatch.setattr(stop, "HEARD", 60.0)
    said = command_here("stop", run_id)
    assert (said.returncode, said.stdout, said.stderr) == (130, "", "ae_core: interrupted.\n")
    store = RunStore()
    assert Requests(store.folder).waiting() == [] and store.open(run_id).state == "queued"


def test_what_an_app_has_heard_is_waited_for(run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop, "HEARD", 60.0)
    store = RunStore()

    def app() -> None:
        until(lambda: Requests(store.folder).take_back(run_id))
        store.end(run_id, "stopped")

    hears = threading.Thread(target=app)
    hears.start()
    said = command_here("stop", run_id)
    hears.join()
    assert (said.returncode, said.stdout) == (0, f"{run_id}: stopped; its last state is kept\n")
