"""The process that reads a file to be scored.

`python -m ae_core.data.fit_file MEMORY SECONDS NAME DATASET LABEL LEAVE_OUT PLACE`: the bytes of the file come in, what
it holds goes to PLACE, see `fitting.fit_apart`.
"""

import sys
from pathlib import Path

from ae_core.data.fitting import fit
from ae_core.errors import DataError
from ae_core.formats import confined


def main() -> None:
    """Does what the command says."""
    memory, seconds, name, dataset, label, leave_out, place = sys.argv[1:]
    confined.bound(int(memory), float(seconds))
    with confined.told():
        try:
            Path(place).write_bytes(fit(name, sys.stdin.buffer.read(), dataset, label, leave_out).packed())
        except DataError as error:
            confined.refuse(str(error))


if __name__ == "__main__":
    main()
