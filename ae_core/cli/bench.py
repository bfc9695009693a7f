"""The command `bench`: how fast it is, against plain Keras, PyTorch and the machine itself."""

import argparse
import json
import shutil
import sys
from typing import Any

from ae_core.cli.bounds import number
from ae_core.errors import SettingError


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("bench", help="measure the speed, against plain Keras, PyTorch and the machine")
    parser.add_argument("--only", default="", metavar="NAME,...", help="some lines; patterns such as dense-* too")
    parser.add_argument(
        "--rounds", type=number(int, 1, 100), default=5, metavar="N", help="rounds of each; medians are reported"
    )
    parser.add_argument(
        "--seconds", type=number(float, 0.1, 60), default=3.0, metavar="S", help="what a round lasts at least"
    )
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON", help="an interpreter that has PyTorch")
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.set_defaults(run=_bench)


def _bench(given: argparse.Namespace) -> int:
    from ae_core import bench
    from ae_core.bench import report
    from ae_core.bench.line import Line
    from ae_core.bench.turns import ContenderError

    if shutil.which(given.torch) is None:
        raise SettingError(f"--torch must be a Python interpreter on this machine. Received: {given.torch[:80]!r}.")
    lines: list[Line] = []

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def put(line: Line) -> None:
        lines.append(line)
        say("  ".join(cell for cell in report.cells(line) if cell))

    only = [name for name in given.only.split(",") if name]
    try:
        result = bench.run(only, given.rounds, given.seconds, given.torch, say, put)
    except ContenderError as error:
        print(f"ae_core: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ae_core: interrupted.", file=sys.stderr)
        return 130
    print(report.table(lines))
    if given.json:
        print(json.dumps(result))
    return 0
