"""A process of its own for work on a file that nobody vouches for, with bounds for its memory and its time.

The module that runs there calls `bound` first, does its work in `told`, and ends by `refuse` or by what it prints:
`python -m MODULE`.
"""

import contextlib
import errno
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from ae_core.errors import DataError
from ae_core.folders import ROOT
from ae_core.formats.archive import megabytes

REFUSED = 3  # exit status of a process that has said what is wrong with the file
DAMAGED, SHORT = 4, 5  # of one in which a library failed, and of one that had too little memory
NONSENSE = (-signal.SIGSEGV, -signal.SIGFPE, -signal.SIGILL)  # of one that a library crashed, SciPy for one
LARGEST_WRITTEN = 2**30

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """What the process has said of the file."""


def run(module: str, arguments: Sequence[str], label: str, memory: int, seconds: float, content: bytes = b"") -> str:
    """Has a process of its own do some work, and waits for it.

    Args:
        module: Full name of the module that does it; it is given memory and seconds for `bound`, then the arguments.
        arguments: What else it is given.
        label: Name of the file for messages.
        memory: Most bytes that it may take.
        seconds: Longest time.
        content: What it reads from its input.

    Returns:
        What it printed.

    Raises:
        RefusedError: If it has said what is wrong with the file.
        DataError: If it took too long, or ended without an answer.
    """
    # One thread of linear algebra, as each would take memory for itself.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", module, str(memory), str(seconds), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own modules
            command, cwd=ROOT, env=environment, input=content, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{label} must be read in {seconds:.0f} s. Received: one that takes longer.") from error
    said = done.stdout.decode(errors="replace")
    if done.returncode == REFUSED:
        raise RefusedError(said)
    if done.returncode:
        logger.error("%s cannot be read: %s", label, done.stderr[-2000:].decode(errors="replace"))
        raise _wrong(done.returncode, label, memory, seconds)
    return said


def _wrong(status: int, label: str, memory: int, seconds: float) -> DataError:
    """What is wrong with a file, by how the process ended."""
    if status == DAMAGED or status in NONSENSE:
        return DataError(f"{label} must be whole. Received: a damaged one.")
    if status == SHORT:
        return DataError(f"{label} must be read in {megabytes(memory)} of memory. Received: one that needs more.")
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        return DataError(f"{label} must be read in {seconds:.0f} s. Received: one that takes longer.")
    # A library that gets no memory may end the process, and so may one that reads nonsense: nothing tells them apart.
    most = megabytes(memory)
    return DataError(f"{label} must be whole and be read in {most} of memory. Received: one that is damaged or larger.")


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Ends this process with a status that says what failed in it: whatever a library raises, the file is damaged."""
    try:
        yield
    except Exception as error:
        logger.exception("The file cannot be read.")
        # A library that does not fit into the memory is an ImportError to Python.
        short = isinstance(error, (MemoryError, ImportError)) or (
            isinstance(error, OSError) and error.errno == errno.ENOMEM
        )
        sys.exit(SHORT if short else DAMAGED)


def bound(memory: int, seconds: float) -> None:
    """Bounds this process, where the system can: macOS bounds no memory, Windows nothing but the time."""
    if sys.platform == "win32":
        return
    import resource

    bounds = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, int(seconds) + 1)]
    bounds.append((resource.RLIMIT_FSIZE, LARGEST_WRITTEN))
    if sys.platform == "linux":
        bounds.append((resource.RLIMIT_AS, memory))
    for what, most in bounds:
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def refuse(why: str) -> NoReturn:
    """Ends this process, which has found something wrong with the file."""
    sys.stdout.write(why)
    sys.stdout.flush()
    sys.exit(REFUSED)
