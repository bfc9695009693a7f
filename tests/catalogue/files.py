"""The files of a language: `.po`, in which people write, and `.mo`, which the app reads."""

import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ae_core.translation import DOMAIN, FOLDER
from pages.ui.words.language import LANGUAGES
from tests.catalogue.collecting import Message

BEGUN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)  # the same in each version, so that only words change


def languages() -> list[str]:
    """All but English, in which the code is written."""
    return [name for name in LANGUAGES if name != "en"]


def place(language: str, ending: str) -> Path:
    """Where a file of a language is.

    Args:
        language: Its name.
        ending: `po` or `mo`.
    """
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(language: str, path: Path | None = None) -> Catalog:
    """What is translated by now; nothing where nobody has begun.

    Args:
        language: Its name.
        path: Of another file than its own.
    """
    path = path or place(language, "po")
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Each text and its translation.

    Args:
        language: Of the translation.
    """
    yield from ((str(entry.id), str(entry.string)) for entry in read(language) if entry.id)


def updated(language: str, said: Mapping[Message, Iterable[str]], before: Iterable[Catalog]) -> Catalog:
    """A catalogue of exactly what the app says, with the translations that there are.

    Args:
        language: Its language.
        said: What is said, and in which files.
        before: Catalogues until now; the first one that has a translation gives it. What is not said any more is left
            out: the repository remembers it.
    """
    catalogues = list(before)
    made = Catalog(
        locale=language,
        domain=DOMAIN,
        project="Autoencoder Lab",
        header_comment="# Made by `python -m tests.catalogue`; people write the translations in `msgstr`.",
        creation_date=BEGUN,
        revision_date=BEGUN,
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    for message, files in said.items():
        context = message.context or None
        known = [found.string for one in catalogues if (found := one.get(message.text, context)) and found.string]
        entry = made.add(
            message.text,
            string=known[0] if known else "",
            locations=[(file, 0) for file in files],
            context=context,
        )
        entry.flags.discard("python-format")  # a percent sign is one here
    return made


def written(catalogue: Catalog) -> bytes:
    """The content of its `.po` file."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, include_lineno=False)
    return stream.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The content of its `.mo` file."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()
