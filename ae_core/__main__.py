"""The same job without a browser: `python -m ae_core COMMAND`; `--help` lists the commands."""

import argparse
import contextlib
import io
import logging
import os
import sys
from typing import Any, NoReturn

from ae_core import translation
from ae_core.cli import anomalies, bench, classify, lessons, listings, record, reference, runs, stop, train
from ae_core.errors import DataError, SettingError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up notes say nothing to a user

INTERRUPTED, UNREAD = 130, 141  # 128 and the number of the signal: as programs end of Ctrl-C, or when `head` has enough


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
        Exit status: 0, or 1 for a training that diverged or a check that failed, or 2 for a wrong setting, data that
        cannot be had, or a file that cannot be written, or 130 when interrupted, or 141 when nobody reads its output
        any more.
    """
    options_given = _parser().parse_args(arguments)
    try:
        status = options_given.run(options_given)
        sys.stdout.flush()
        return status
    except (SettingError, DataError) as error:
        print(f"ae_core: {_(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ae_core: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return UNREAD
    except OSError as error:
        if error.filename is None:
            _drop_output()
        print(f"ae_core: cannot write {error.filename or 'the output'}: {error.strerror}.", file=sys.stderr)
        return 2


def _drop_output() -> None:
    """What is left of the output goes nowhere; else the interpreter tries to write it once more as it ends."""
    with contextlib.suppress(io.UnsupportedOperation), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ae_core", description=_("Train autoencoders without a browser."))
    commands = parser.add_subparsers(dest="command", required=True)
    for room in (train, record, reference, bench, runs, stop, classify, anomalies, lessons, listings):
        room.add_to(commands)
    return parser


def _speak_plainly() -> None:
    """Whoever sits at a terminal reads sentences without traces, in whatever characters it has."""
    said = logging.StreamHandler()
    said.addFilter(lambda record: not record.exc_info)  # what went wrong is raised too, as a sentence
    logging.basicConfig(format="%(message)s", handlers=[said])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    _speak_plainly()
    sys.exit(main())
