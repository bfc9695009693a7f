"""How a command ends that cannot do what it was told: with a status, in one line, and without loss."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from ae_core.ownership import fingerprint
from ae_core.runs import RunStore, zipped
from tests.commands import ROOT, command_here
from tests.stored import SETTINGS


def ended(output: int | IO[bytes], *arguments: str, **environment: str) -> tuple[int, str]:
    """Status of a command and what it says beside its output, which goes to a place that may not take it."""
    process = subprocess.run(
        [sys.executable, "-m", "ae_core", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process.returncode, process.stderr


@pytest.mark.slow(seconds=2)
def test_who_has_read_enough_hears_no_complaint() -> None:
    reading, writing = os.pipe()
    os.close(reading)  # as `head` does once it has its lines
    try:
        assert ended(writing, "variants") == (141, "")
    finally:
        os.close(writing)


@pytest.mark.slow(seconds=2)
def test_output_for_which_there_is_no_room_is_said_in_one_line() -> None:
    with open("/dev/full", "wb") as full:
        assert ended(full, "variants") == (2, "ae_core: cannot write the output: No space left on device.\n")


@pytest.mark.slow(seconds=2)
def test_a_folder_of_runs_that_is_none_is_said_in_one_line_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, said = ended(subprocess.DEVNULL, "runs", AE_RUNS_DIR=str(tmp_path / "file"))
    assert (status, said) == (2, "ae_core: The stored runs cannot be read at present (Not a directory).\n")


@pytest.mark.slow(seconds=2)
def test_a_terminal_that_lacks_a_character_shows_another_one() -> None:
    status, said = ended(subprocess.DEVNULL, "datasets", PYTHONIOENCODING="ascii")
    assert status == 0 and "Traceback" not in said


def test_what_an_export_was_to_replace_stays_where_it_fails(
    unsynced: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AE_RUNS_DIR", str(tmp_path / "runs"))
    run_id = RunStore().create(SETTINGS, fingerprint("somebody")).id
    backup = tmp_path / "backup.zip"
    backup.write_bytes(b"of last week")

    def full(run: object, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipped, "export_run", full)
    said = command_here("export", run_id, "--zip", str(backup))
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"ae_core: cannot write {backup}: No space left on device.\n"
    assert backup.read_bytes() == b"of last week" and len(list(tmp_path.iterdir())) == 2

    none = command_here("export", run_id, "--model", str(backup))
    assert none.returncode == 2 and "has no model" in none.stderr and backup.read_bytes() == b"of last week"
    for place, reason in ((tmp_path, "Is a directory"), (tmp_path / "none" / "x.csv", "No such file or directory")):
        wrong = command_here("export", run_id, "--csv", str(place))
        assert (wrong.returncode, wrong.stderr) == (2, f"ae_core: cannot write {place}: {reason}.\n")
    film = command_here("export", run_id, "--film", str(tmp_path / "film.mp4"))
    assert film.returncode == 2 and film.stderr.endswith("must end in .webp or .gif. Received: film.mp4.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", "my.msgpack.gz", "--frames", "1"), "argument --frames: invalid number from 2 to 1000 value: '1'"),
        (("record", "my.msgpack.gz", "--all", "folder"), "FILE and --all DIR must not be named together."),
        (("bench", "--torch", "no-such-python"), "--torch must be a Python interpreter on this machine."),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(words: tuple[str, ...], said: str) -> None:
    ended = command_here(*words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr and len(ended.stderr.splitlines()) == 1
