"""Brings the files of all languages up to date: `python -m tests.catalogue`.

After a merge in which both sides had changed a `.po`, take one of them and name the other one, with its translations:
`git show BRANCH:assets/locale/zh/LC_MESSAGES/autoencoder_lab.po > other.po`, `python -m tests.catalogue zh other.po`.
"""

import sys
from pathlib import Path

from tests.catalogue import files
from tests.catalogue.collecting import collect


def main(given: list[str]) -> int:
    """Collects what the app says, writes `.po` and `.mo`, and tells what is not translated yet."""
    said, missing = collect(), 0
    others = {language: [Path(one) for one in given[1:]] for language in given[:1]}
    for language in files.languages():
        before = [files.read(language), *(files.read(language, one) for one in others.get(language, []))]
        catalogue = files.updated(language, said, before)
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
    sys.exit(main(sys.argv[1:]))
