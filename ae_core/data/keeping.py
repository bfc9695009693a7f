"""The process that converts an upload: `python -m ae_core.data.keeping MEMORY SECONDS NAME OWNER NEEDED`.

The upload's bytes come in, the kept file's path goes out; see `uploads.keep_apart`.
"""

import json
import sys

from ae_core.data.uploads import keep_upload
from ae_core.errors import DataError
from ae_core.formats import confined


def main() -> None:
    """Does what the command says."""
    memory, seconds, name, owner, needed = sys.argv[1:]
    confined.bound(int(memory), float(seconds))
    with confined.told():
        try:
            sys.stdout.write(str(keep_upload(name, sys.stdin.buffer.read(), owner or None, json.loads(needed))))
        except DataError as error:
            confined.refuse(str(error))


if __name__ == "__main__":
    main()
