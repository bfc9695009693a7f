"""The command line, as a user runs it and as a test runs it that only wants to know what it says."""

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ae_core import __main__

ROOT = Path(__file__).parent.parent


@dataclass
class Ended:
    """What a command has left: its exit status and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def command_line(*arguments: str) -> Ended:
    """Runs `python -m ae_core` with these arguments, as a user would."""
    done = subprocess.run(
        [sys.executable, "-m", "ae_core", *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def command_here(*arguments: str) -> Ended:
    """The same in this process, which has loaded Keras already; that alone takes a new one several seconds."""
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            status = __main__.main(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return Ended(status, output.getvalue(), errors.getvalue())
