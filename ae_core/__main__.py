"""The same job without a browser: `python -m ae_core COMMAND`; `--help` lists the commands."""

import argparse
import os
import sys
from typing import Any, NoReturn

from ae_core import translation
from ae_core.cli import anomalies, bench, classify, lessons, listings, record, reference, runs, stop, train
from ae_core.errors import DataError, SettingError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up notes say nothing to a user


def _(text: str) -> str:
    """The text in the reader's language."""
    return translation.said(translation.of_terminal(), text)


class _Formatter(argparse.HelpFormatter):
    """Explains arguments in the reader's language."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and _(action.help)


class _Parser(argparse.ArgumentParser):
    """Refuses in one line instead of a page of usage."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{"formatter_class": _Formatter} | named)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command.

    Returns:
        Exit status: 0, or 1 for a training that diverged or a check that failed, or 2 for a wrong setting or data that
        cannot be had, or 130 when interrupted.
    """
    options_given = _parser().parse_args(arguments)
    try:
        return options_given.run(options_given)
    except (SettingError, DataError) as error:
        print(f"ae_core: {_(str(error))}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ae_core: cannot write {error.filename}: {error.strerror}.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ae_core", description=_("Train autoencoders without a browser."))
    commands = parser.add_subparsers(dest="command", required=True)
    for room in (train, record, reference, bench, runs, stop, classify, anomalies, lessons, listings):
        room.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
