"""The measurements for a card, in short and on a CPU: that they give a number or a sentence, whatever happens."""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from tests.bench import gpu, gpu_lines, gpu_trace
from tests.conftest import ROOT

SCRIPT = ROOT / "tests" / "bench" / "gpu.sh"


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def bytes_of(number: int, value: int | bytes) -> bytes:
    """A field as a profile has it."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def plane(name: bytes, *events: tuple[bytes, int]) -> bytes:
    known = b"".join(
        bytes_of(4, bytes_of(1, place) + bytes_of(2, bytes_of(1, place) + bytes_of(2, event)))
        for place, (event, _) in enumerate(events, 1)
    )
    seen = b"".join(
        bytes_of(4, bytes_of(1, place) + bytes_of(2, 70_000) + bytes_of(3, 900))
        for place, (_, count) in enumerate(events, 1)
        for _ in range(count)
    )
    return bytes_of(1, bytes_of(2, name) + known + bytes_of(3, bytes_of(2, b"a stream") + seen))


def test_copies_are_those_that_the_profiler_saw_on_the_card(tmp_path):
    profile = tmp_path / "plugins" / "one.xplane.pb"
    profile.parent.mkdir()
    host = plane(b"/host:CPU", (b"MemcpyH2D", 9))
    profile.write_bytes(host)
    assert gpu_trace.copies(tmp_path) is None, "what a processor does is no copy to a card"
    profile.write_bytes(host + plane(b"/device:GPU:0", (b"MemcpyH2D", 3), (b"gemm", 5), (b"MemcpyD2H", 1)))
    assert gpu_trace.copies(tmp_path) == {"MemcpyH2D": 3, "MemcpyD2H": 1}
    assert gpu_trace.events(profile.read_bytes())["/device:GPU:0"]["gemm"] == 5


def test_a_line_outlives_the_way_from_one_process_to_another():
    line = Line("one", "speed", "rival", 1.5, "×", Goal(3.0, at_least=True), "a word", {"rounds": [{"images": 3.0}]})
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


def test_each_line_has_a_name_of_its_own_and_the_most_telling_come_first():
    names = [name for part in gpu.PARTS for name in part.measurement.names]
    assert len(names) == len(set(names))
    assert names[:2] == ["device", "programs"]
    assert {f"{network}-keras" for network in gpu_lines.NETWORKS} <= set(names)


def part(name: str) -> gpu.Part:
    return gpu.Part(Measurement("a title", (name, f"{name}-more"), lambda contest, wanted: []), 9)


def test_what_fails_or_takes_too_long_has_a_line_that_says_so(tmp_path):
    given = argparse.Namespace(rounds=1, seconds=0.1, short=True, out=tmp_path)
    lines = [*gpu.in_own_process(part("nobody"), ["nobody"], given, 20.0)]
    assert [line.name for line in lines] == ["nobody"]
    assert lines[0].value is None and "ended with status 2" in lines[0].remark and "nobody" in lines[0].remark
    assert "nobody" in (tmp_path / "gpu.log").read_text()
    [late] = gpu.in_own_process(part("late"), ["late"], given, gpu.LEAST - 1)
    assert "time was up" in late.remark


def test_nothing_is_left_of_a_part_whose_time_is_up(tmp_path):
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    # The grandchild holds the pipe open for as long as it lives.
    reading, writing = os.pipe()
    command = [sys.executable, "-c", child, "import time; time.sleep(600)"]
    process = subprocess.Popen(command, start_new_session=True, pass_fds=(writing,), stdout=writing)
    os.close(writing)
    time.sleep(0.5)
    assert gpu.ended(process, 0.1).startswith("not done within")
    assert os.read(reading, 1) == b"", "whatever it started has ended too"
    os.close(reading)


def test_what_the_script_brings_along_is_pinned_where_the_app_s_packages_are():
    text = SCRIPT.read_text()
    listed = text.partition("<<'LIST'\n")[2].partition("\nLIST\n")[0].splitlines()
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert listed and not {line.split()[0] for line in listed} - pinned


def run_script(backend: str, only: str, folder: Path) -> tuple[dict, str]:
    """The script in short; what it measured, by name of the line, and its table."""
    options = ["--short", "--rounds", "1", "--seconds", "0.1", "--only", only, "--out", str(folder)]
    done = subprocess.run(
        [SCRIPT, *options],
        env=os.environ | {"PYTHON": sys.executable, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    told = json.loads((folder / "gpu.json").read_text())
    assert told["machine"]["backend"] == backend and told["machine"]["device"] in done.stdout
    return {line["name"]: line for line in told["lines"]}, done.stdout


@pytest.mark.long
@pytest.mark.slow(seconds=15)
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_script_measures_with_each_backend(backend, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    lines, table = run_script(backend, "transfers", tmp_path)
    assert lines["transfers"]["value"] in (None, 0.0)
    assert "the profiler saw no card" in table or lines["transfers"]["value"] is not None


def test_a_profile_s_counts_add_up():
    assert gpu_trace.events(b"") == {}
    twice = plane(b"/device:GPU:0", (b"gemm", 2)) + plane(b"/device:GPU:0", (b"gemm", 1))
    assert gpu_trace.events(twice) == {"/device:GPU:0": Counter(gemm=3)}
