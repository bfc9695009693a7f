"""A process that works on a file and ends as its test wants it: `python -m tests.formats.ending MEMORY SECONDS HOW`."""

import os
import signal
import sys

from ae_core.formats import confined

RAISED = {
    "nonsense": UnboundLocalError("a library's own mistake"),
    "memory": MemoryError(),
    "library": ImportError("Cannot allocate memory"),
    "disk": OSError(5, "Input/output error"),
    "none": OSError(12, "Cannot allocate memory"),
}
SIGNALS = {"killed": signal.SIGABRT, "crashed": signal.SIGSEGV}


def main() -> None:
    """Does what the command says."""
    how = sys.argv[3]
    with confined.told():
        if how in RAISED:
            raise RAISED[how]
        if how == "refuse":
            confined.refuse("it is blue")
        if how in SIGNALS:
            os.kill(os.getpid(), SIGNALS[how])
    sys.stdout.write("done")


if __name__ == "__main__":
    main()
