"""The program on a card, measured in under six minutes: `tests/bench/gpu.sh` brings what is missing and runs this.

Each part runs in a process of its own, ends when its time is up, and takes whatever it has started with it. After each
one the results so far are written, `gpu.json` and `gpu.md`; what failed has a line that says so in a sentence.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ae_core import data
from ae_core.bench import machine, report
from ae_core.bench.contest import Contest
from ae_core.bench.line import Line
from ae_core.bench.turns import ContenderError
from ae_core.folders import ROOT
from tests.bench.gpu_lines import PARTS, Part

SECONDS = 330.0  # for everything
LEAST = 5.0  # seconds without which no part is begun
CORES = 8  # with so many of them contenders begin side by side
SHORT = {"dataset": "digits", "train_size": 600}
# Plain Keras has to leave room on the card as well. TensorFlow and JAX read one of these each.
GROWTH = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures all that is wanted, or in a part's own process that part.

    Returns:
        Exit status: 0, or 1 if a line has no number because something failed.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gpu", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("gpu-measured"), metavar="DIR", help="for gpu.json and gpu.md")
    parser.add_argument("--only", default="", metavar="NAME,...", help="some lines")
    parser.add_argument(
        "--limit",
        type=float,
        default=SECONDS,
        metavar="S",
        help="seconds for everything; parts share them",
    )
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="rounds of each contender")
    parser.add_argument("--seconds", type=float, default=1.5, metavar="S", help="what a round lasts at least")
    parser.add_argument("--short", action="store_true", help="few images: does everything work?")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    known = [name for part in PARTS for name in part.measurement.names]
    wanted = [name for name in given.only.split(",") if name] or known
    unknown = sorted({*wanted} - {*known})
    if unknown:
        parser.error(f"--only must be among {', '.join(known)}. Received: {unknown[0]!r}.")
    if given.part is not None:
        return measure(Path(given.part), wanted, given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that a part ends with it
    begun = time.monotonic()
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "gpu.log").write_text("", encoding="utf-8")
    try:
        facts = machine.facts()
    except ContenderError as error:
        parser.exit(1, f"{error}\n")
    say(machine.sentence(facts))
    lines: list[Line] = []
    for part in PARTS:
        names = [name for name in part.measurement.names if name in wanted]
        if not names:
            continue
        seconds = min(part.seconds * given.limit / SECONDS, given.limit - (time.monotonic() - begun))
        for line in in_own_process(part, names, given, seconds):
            lines.append(line)
            say("  ".join(cell for cell in report.cells(line) if cell))
        write(given.out, facts | {"seconds": round(time.monotonic() - begun, 1), "rounds": given.rounds}, lines)
    sys.stdout.write((given.out / "gpu.md").read_text(encoding="utf-8"))
    return int(any("error" in line.details for line in lines))


def say(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{text}\n")


def write(folder: Path, facts: Mapping[str, Any], lines: Sequence[Line]) -> None:
    """Results so far: one file for programs, one for people."""
    whole = {"machine": facts, "lines": [line.to_dict() for line in lines]}
    (folder / "gpu.json").write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    head = f"{machine.sentence(facts)}; {facts['seconds']} s in all"
    (folder / "gpu.md").write_text(f"{head}\n\n{report.table(lines)}\n", encoding="utf-8")


def in_own_process(part: Part, names: Sequence[str], given: argparse.Namespace, seconds: float) -> Iterator[Line]:
    """Runs a part, and gives a line for each name: what it measured, or why there is none.

    Args:
        part: What is measured.
        names: Lines that are wanted.
        given: The arguments of the command line.
        seconds: How long it may take.
    """
    if seconds < LEAST:
        yield from (failed(part, name, "not begun: the time was up") for name in names)
        return
    environment = dict(os.environ) | ({} if part.own_growth else GROWTH)
    options = ["--rounds", str(given.rounds), "--seconds", str(given.seconds), "--only", ",".join(names)]
    with tempfile.TemporaryDirectory() as folder:
        if part.own_cache:
            environment["XDG_CACHE_HOME"] = folder
        said, log = Path(folder) / "lines", Path(folder) / "log"
        command = [sys.executable, "-m", "tests.bench.gpu", "--part", str(said), *options]
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "--short"] if given.short else command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            why = ended(process, seconds)
        lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
        found = {line.name: line for line in (msgspec.json.decode(text, type=Line) for text in lines)}
        said_by_it = log.read_text(errors="replace")
        with (given.out / "gpu.log").open("a", encoding="utf-8") as whole:
            whole.write(f"== {part.measurement.title}: {why}\n{said_by_it}\n")
        last = said_by_it.splitlines()[-1:]
    yield from (found.get(name) or failed(part, name, " / ".join([why, *last])) for name in names)


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> str:
    """Waits for a process that leads a session of its own, and leaves nothing of it; says how it went."""
    try:
        status = process.wait(seconds)
        return f"ended with status {status}"
    except subprocess.TimeoutExpired:
        return f"not done within {seconds:.0f} s"
    finally:
        with contextlib.suppress(ProcessLookupError):  # all of it has ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def failed(part: Part, name: str, why: str) -> Line:
    """A line without a number."""
    return Line(name, part.measurement.title, remark=why, details={"error": why})


def measure(file: Path, names: Sequence[str], given: argparse.Namespace) -> int:
    """In a part's own process: measures, and leaves each line in a file as soon as it is there."""
    part = next(part for part in PARTS if {*names} & {*part.measurement.names})
    with tempfile.TemporaryDirectory() as folder, file.open("wb") as lines:
        contest = Contest(
            data.default_name(),
            given.rounds,
            given.seconds,
            say,
            sys.executable,
            Path(folder),
            together=(os.cpu_count() or 1) >= CORES,
            settings_for_all=SHORT if given.short else {},
        )
        for line in part.measurement.measure(contest, names):
            lines.write(msgspec.json.encode(line) + b"\n")
            lines.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
