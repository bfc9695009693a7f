"""Texts in another language, from the catalogues in `assets/locale`; without one they stay English.

Sentences into which values were filled before they came here, such as those of errors, are translated by a template:
the catalogue holds it in the context `TEMPLATE`, with names in braces where values stand. A finished sentence is held
against all of them; what stands in the place of a name is translated too, if the catalogue has it.
"""

import functools
import gettext
import os
import re
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ae_core.folders import ROOT

DOMAIN = "autoencoder_lab"
FOLDER = ROOT / "assets" / "locale"
TEMPLATE = "template"  # the context, `msgctxt`
_CONTEXT_ENDS = "\x04"  # in a compiled catalogue
_PLACE = re.compile(r"\{(\w+)\}")
_ADDING = re.compile(r"\{(error|help)\} ")  # what stands there is whole sentences
LONGEST = 2000  # characters of a sentence that is looked at


def has_places(text: str) -> bool:
    """Whether a text has names in braces."""
    return _PLACE.search(text) is not None


def known(wanted: str) -> str:
    """The language that is spoken when one is asked for: that one, or what it is a dialect of, else English.

    Args:
        wanted: Anything, such as `de-CH` or `zh_CN.UTF-8`.
    """
    names = [wanted.replace("-", "_"), re.split("[-_.]", wanted)[0]]
    return next((name for name in names if name in _translated()), "en")


def of_terminal() -> str:
    """The language of whoever sits at the command line: the variable `AE_LANGUAGE`, or the system's."""
    names = ("AE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return known(next((os.environ[name] for name in names if os.environ.get(name)), ""))


@functools.lru_cache(maxsize=8192)
def said(language: str, text: str) -> str:
    """A text in a language, also that of a sentence into which values have been filled.

    Args:
        language: One that `known` gave.
        text: In English.
    """
    # gettext answers an empty text with the header of the translation file.
    found = _translation(language).gettext(text) if text else ""
    return found if found != text else _templates(language).filled(text)


@functools.cache
def _translated() -> frozenset[str]:
    return frozenset(file.parents[1].name for file in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


@functools.cache
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[language], fallback=True)


@functools.cache
def _templates(language: str) -> "Templates":
    file = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    return Templates(file.read_bytes() if file.is_file() else b"", functools.partial(said, language))


class _Template(NamedTuple):
    """A sentence with places for values.

    Args:
        pattern: Matches what was made of it.
        translation: The same in another language, with the same names in braces.
    """

    pattern: re.Pattern[str]
    translation: str


class Templates:
    """All templates of a compiled catalogue.

    Args:
        compiled: Content of its file; empty if there is none.
        translate: Turns a value into the language.
    """

    def __init__(self, compiled: bytes, translate: Callable[[str], str]) -> None:
        self._translate = translate
        found = [
            (text.removeprefix(TEMPLATE + _CONTEXT_ENDS), translation)
            for text, translation in _entries(compiled)
            if text.startswith(TEMPLATE + _CONTEXT_ENDS)
        ]
        # What adds to a whole sentence comes first; else, what has more words of its own says more exactly what it is.
        found.sort(key=lambda one: (_ADDING.match(one[0]) is None, -len(_PLACE.sub("", one[0]))))
        self._templates = [_Template(_pattern(text), translation) for text, translation in found]

    def filled(self, sentence: str) -> str:
        """The translation of a finished sentence; the sentence itself where no template fits.

        Args:
            sentence: In English.
        """
        if " " not in sentence or len(sentence) > LONGEST:
            return sentence
        for pattern, translation in self._templates:
            found = pattern.fullmatch(sentence)
            if found is not None:
                values = found.groupdict()
                return _PLACE.sub(lambda place: self._translate(values[place[1]]), translation)  # noqa: B023
        return sentence


def _pattern(text: str) -> re.Pattern[str]:
    parts, seen = [], set()
    for place, part in enumerate(_PLACE.split(text)):
        if place % 2 == 0:
            parts.append(re.escape(part))
        else:
            value = r".+\." if part in ("error", "help") and place == 1 and _ADDING.match(text) else ".+?"
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>{value})")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)


def _entries(compiled: bytes) -> Iterator[tuple[str, str]]:
    """Texts and translations of a compiled catalogue, which `gettext` keeps to itself.

    References:
        GNU gettext manual, section "The Format of GNU MO Files".
    """
    if not compiled:
        return
    _magic, _revision, count, texts, translations = struct.unpack_from("<5I", compiled)

    def at(table: int, place: int) -> str:
        length, start = struct.unpack_from("<2I", compiled, table + 8 * place)
        return compiled[start : start + length].decode()

    for place in range(count):
        yield at(texts, place), at(translations, place)
