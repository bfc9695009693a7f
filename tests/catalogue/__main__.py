"""Brings the files of all languages up to date: `python -m tests.catalogue`."""

import sys

from tests.catalogue import files
from tests.catalogue.collecting import collect


def main() -> int:
    """Collects what the app says, writes `.po` and `.mo`, and tells what is not translated yet."""
    said, missing = collect(), 0
    for language in files.languages():
        catalogue = files.updated(language, said, files.read(language))
        files.place(language, "po").parent.mkdir(parents=True, exist_ok=True)
        files.place(language, "po").write_bytes(files.written(catalogue))
        files.place(language, "mo").write_bytes(files.compiled(files.read(language)))
        for entry in catalogue:
            if entry.id and not entry.string:
                missing += 1
                sys.stdout.write(f"{language}: {entry.id}\n")
    sys.stdout.write(f"{len(said)} texts; {missing} to be translated.\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
