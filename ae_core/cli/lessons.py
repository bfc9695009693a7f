"""The command `lessons`: lists them, trains what they train and says whether their claims hold, or records it."""

import argparse
import fnmatch
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ae_core import lessons
from ae_core.cli.bounds import number
from ae_core.cli.experiment import Progress
from ae_core.engine import load_keras
from ae_core.errors import SettingError


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("lessons", help="list the lessons of the Learn page, or check that their claims hold")
    parser.add_argument("--check", action="store_true", help="train what they train; status 1 if a claim does not hold")
    parser.add_argument("--only", default="", metavar="NAME,...", help="some lessons; patterns such as linear* too")
    parser.add_argument(
        "--seeds",
        type=number(int, 1, 100),
        default=1,
        metavar="N",
        help="trainings of each, from seed 0 on (default: 1)",
    )
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.add_argument("--record", action="store_true", help="make the recorded runs that ship with the app")
    parser.set_defaults(run=_lessons)


def _lessons(given: argparse.Namespace) -> int:
    names = _chosen([name for name in given.only.split(",") if name])
    if given.record:
        return _record(names, theory=not given.only)
    return _check(names, given.seeds, given.json) if given.check else _list(names, given.json)


def _chosen(patterns: list[str]) -> list[str]:
    known = list(lessons.registry())
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise SettingError(f"--only must be among {', '.join(known)}. Received: {pattern[:80]!r}.")
    return [name for name in known if not patterns or any(fnmatch.fnmatchcase(name, one) for one in patterns)]


def _list(names: list[str], as_json: bool) -> int:
    if as_json:
        print(json.dumps({"lessons": [_about(name) for name in names]}))
        return 0
    for name in names:
        lesson = lessons.get(name)
        print(f"{lesson.number:2}  {name:18} {lesson.title}")
    return 0


def _about(name: str) -> dict[str, object]:
    lesson = lessons.get(name)
    experiments = [{"label": one.label, "settings": one.with_seed(0).to_dict()} for one in lesson.experiments]
    return {
        "lesson": name,
        "number": lesson.number,
        "title": lesson.title,
        "question": lesson.question,
        "choices": [answer.text for answer in lesson.choices],
        "experiments": experiments,
    }


def _record(names: list[str], theory: bool) -> int:
    load_keras()
    from ae_core.recordings import boltzmann
    from ae_core.recordings import lessons as recorded

    makers: list[Callable[[Progress], Path]] = [
        functools.partial(recorded.record, name, recorded.FOLDER) for name in names
    ]
    if theory:
        makers.append(functools.partial(boltzmann.record, boltzmann.FILE))
    for make in makers:
        progress = Progress()
        with progress.bar:
            file = make(progress)
        print(f"{file}: {file.stat().st_size:,} bytes", file=sys.stderr)
    missing = recorded.missing()
    if missing:
        print(f"Without recorded runs of today's experiments: {', '.join(missing)}.", file=sys.stderr)
    return 1 if missing else 0


def _check(names: list[str], seeds: int, as_json: bool) -> int:
    load_keras()
    from ae_core.lessons import checking

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    found = []
    try:
        for name in names:
            for seed in range(seeds):
                found.append(checking.check(name, seed, say))
                print(found[-1].line, flush=True)
    except KeyboardInterrupt:
        print("ae_core: interrupted.", file=sys.stderr)
        return 130
    if as_json:
        print(json.dumps({"checks": [one.to_dict() for one in found]}))
    return 0 if all(one.outcome.claimed for one in found) else 1
