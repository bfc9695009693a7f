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
from collections.abc import Callable, Iterable, Iterator

from ae_core.folders import ROOT

DOMAIN = "autoencoder_lab"
FOLDER = ROOT / "assets" / "locale"
TEMPLATE = "template"  # the context, `msgctxt`
_CONTEXT_ENDS = "\x04"  # in a compiled catalogue
_PLACE = re.compile(r"\{(\w+)\}")
# Where a Han letter meets other letters, digits or their marks: between them stands a space.
_MEETING = re.compile(r"[\u4e00-\u9fff][\w'\"$`\[./+–-]|[\w'\"%`\])][\u4e00-\u9fff]", re.ASCII)
_NEXT = re.compile(r"(?<=\.) (?=[A-Z0-9])")  # between two sentences
_ENDED = re.compile(r"(?<=[。？！]) ")  # a full stop of that width needs no space
_ADDING = re.compile(r"\{(error|help)\} ")  # what stands there is whole sentences
LONGEST = 500  # characters of a sentence that is held against templates
# How many values within values are held against templates: a fallback holds an error, that a kind, that its bounds.
DEEPEST = 3


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


def said(language: str, text: str) -> str:
    """A text in a language, also that of a sentence into which values have been filled.

    Args:
        language: One that `known` gave.
        text: In English.
    """
    # Of what is longer nothing is kept: anybody's notes come here, and there may be thousands of them.
    return _said(language, text) if len(text) <= LONGEST else _whole(language, text)


def in_a_row(*sentences: str) -> str:
    """Sentences one after the other, with a space between two unless the first ends with a stop of full width.

    Args:
        sentences: Whole sentences in one language; empty ones are left out.
    """
    return _ENDED.sub("", " ".join(one for one in sentences if one))


@functools.lru_cache(maxsize=8192)
def _said(language: str, text: str) -> str:
    found = _whole(language, text)
    if found != text:
        return found
    sentences = _NEXT.split(text)
    told = [_said(language, one) for one in sentences] if len(sentences) > 1 else []
    if told and all(one != before for one, before in zip(told, sentences, strict=True)):
        return in_a_row(*told)  # such as notes on a file, of which there may be several
    return _templates(language).filled(text)


def _whole(language: str, text: str) -> str:
    """The translation of a text that the catalogue holds as it is; else the text itself."""
    # gettext answers an empty text with the header of the translation file.
    return _translation(language).gettext(text) if text else ""


@functools.cache
def _translated() -> frozenset[str]:
    return frozenset(file.parents[1].name for file in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


@functools.cache
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[language], fallback=True)


@functools.cache
def _templates(language: str) -> "Templates":
    file = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    return Templates(file.read_bytes() if file.is_file() else b"", functools.partial(_whole, language))


class _Template:
    """A sentence with places for values, each of which is at least one character.

    Args:
        text: In English, with names in braces.
        translation: The same in another language, with the same names.
    """

    def __init__(self, text: str, translation: str) -> None:
        self.translation = translation
        self.adds = _ADDING.match(text) is not None
        parts = _PLACE.split(text)
        self._names, self._between = parts[1::2], parts[::2]
        if self.adds:  # a sentence ends with a full stop, by which its end is found
            self._between[1] = "." + self._between[1]

    @property
    def own_words(self) -> int:
        """How many characters it has of its own."""
        return sum(map(len, self._between))

    def values(self, sentence: str) -> dict[str, str] | None:
        """What stands in the places of a finished sentence; None if that was not made of this template.

        What stands between two places is looked for once, from where the search before it ended. So the time grows with
        the sentence's length alone, whatever is in it: the first place where a part fits leaves most for the others.
        """
        first, *between, last = self._between
        start, end = len(first), len(sentence) - len(last)
        if not (sentence.startswith(first) and sentence.endswith(last)):
            return None
        found = []
        # What adds to whole sentences is looked for from the end: they may have the same words in them.
        for part in reversed(between) if self.adds else between:
            search = sentence.rfind if self.adds else sentence.find
            place = search(part, start + 1, end - 1)
            if place < 0:
                return None
            after = place + len(part)
            found.append(sentence[after:end] if self.adds else sentence[start:place])
            start, end = (start, place) if self.adds else (after, end)
        if start >= end:
            return None
        found.append(sentence[start:end])
        if self.adds:
            found = [found[-1] + ".", *found[-2::-1]]
        values: dict[str, str] = {}
        alike = all(values.setdefault(name, value) == value for name, value in zip(self._names, found, strict=True))
        return values if alike else None


class Templates:
    """All templates of a compiled catalogue.

    Args:
        compiled: Content of its file; empty if there is none.
        whole: Turns a text that the catalogue holds as it is into the language, and gives back any other.
    """

    def __init__(self, compiled: bytes, whole: Callable[[str], str]) -> None:
        self._whole = whole
        context = TEMPLATE + _CONTEXT_ENDS
        self._templates = [
            _Template(text.removeprefix(context), translation)
            for text, translation in _entries(compiled)
            if text.startswith(context)
        ]
        # What adds to a whole sentence comes first; else, what has more words of its own says more exactly what it is.
        self._templates.sort(key=lambda one: (not one.adds, -one.own_words))

    def filled(self, sentence: str, depth: int = 0) -> str:
        """The translation of a finished sentence; the sentence itself where no template fits.

        Args:
            sentence: In English.
            depth: How many others it stands within, each in the place of a name.
        """
        if " " not in sentence or len(sentence) > LONGEST:
            return sentence
        for template in self._templates:
            values = template.values(sentence)
            if values is not None:
                said = {name: self._value(value, depth + 1) for name, value in values.items()}
                parts = _PLACE.split(template.translation)
                return _joined(said[part] if place % 2 else part for place, part in enumerate(parts))
        return sentence

    def _value(self, value: str, depth: int) -> str:
        found = self._whole(value)
        return found if found != value or depth > DEEPEST else self.filled(value, depth)


def _joined(parts: Iterable[str]) -> str:
    """The parts of a sentence in a row: what a writer could not know of the values is done here."""
    sentence = ""
    for part in parts:
        sentence += " " + part if _MEETING.fullmatch(sentence[-1:] + part[:1]) else part
    return sentence


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
