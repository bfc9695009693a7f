"""The command `reference`: canonical set-ups held against published figures, or quick checks on small data."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ae_core.cli.bounds import number
from ae_core.engine import load_keras
from ae_core.messages import TrainingMessage


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("reference", help="train canonical set-ups and compare them with published figures")
    parser.add_argument("--quick", action="store_true", help="a minute of checks on small data; status 1 if one fails")
    parser.add_argument("--only", default="", metavar="NAME,...", help="some rows; patterns such as keras-* too")
    parser.add_argument(
        "--seeds", type=number(int, 1, 100), metavar="N", help="trainings of each row; else what the row says"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="file for all numbers (JSON), a picture beside it")
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.set_defaults(run=_reference)


def _reference(given: argparse.Namespace) -> int:
    load_keras()
    from ae_core import reference

    only = [name for name in given.only.split(",") if name]

    def silent(message: TrainingMessage) -> None:
        """Takes a training's messages: what is said here is said when it has ended."""

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        if given.quick:
            result, well = reference.check_directions(only, silent, say, print)
        else:
            result, well = reference.measure(only, given.seeds, silent, say, print, given.out), True
    except KeyboardInterrupt:
        kept = "" if given.out is None or given.quick else f"; what was measured stands in {given.out}"
        print(f"ae_core: interrupted{kept}.", file=sys.stderr)
        return 130
    if given.json:
        print(json.dumps(result))
    return 0 if well else 1
