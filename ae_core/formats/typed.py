"""Values of a declared type from bytes that nobody vouches for; what is wrong with them becomes one sentence.

A type from `messages` says what is allowed; msgspec checks it while it decodes, and makes nothing that is not asked
for. What the type cannot say, that a text must be printable, `check_texts` looks at.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from ae_core.errors import WrongValueError
from ae_core.messages import CHOICES, PATTERNS

T = TypeVar("T")

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bytes": "bytes",
    "bool": "true or false",
    "array": "a list",
    "object": "names with values",
    "null": "nothing",
}
_ERROR = re.compile(r"(.*?)(?: - at `(key` in `)?\$(.*)`)?", re.DOTALL)
_EXPECTED = re.compile(r"Expected `([^`]*)`(.*?)(?:, got (.*))?", re.DOTALL)
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_WORD = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)
_MATCHING = " matching regex "


def from_json(payload: bytes, kind: type[T], where: str) -> T:
    """A value of that type from JSON.

    Args:
        payload: The JSON, whoever wrote it.
        kind: The type.
        where: What to call it in a sentence.

    Raises:
        WrongValueError: If it is JSON, but not of that type.
        ValueError: If it is no JSON, or nested too deeply.
    """
    return _checked(lambda: msgspec.json.decode(payload, type=kind), where)


def from_msgpack(payload: bytes, kind: Any, where: str) -> Any:
    """A value of that type from msgpack.

    Raises:
        WrongValueError: If it is msgpack, but not of that type.
        ValueError: If it is no msgpack, or nested too deeply.
    """
    return _checked(lambda: msgspec.msgpack.decode(payload, type=kind), where)


def from_values(values: Any, kind: Any, where: str) -> Any:
    """A value of that type from plain values and bytes.

    Raises:
        WrongValueError: If they do not make one.
        ValueError: If they are nested too deeply.
    """
    return _checked(lambda: msgspec.convert(values, kind), where)


def _checked(decode: Callable[[], T], where: str) -> T:
    try:
        return decode()
    except msgspec.ValidationError as error:
        raise explained(error, where) from error
    except RecursionError as error:
        raise ValueError("The file is nested too deeply.") from error


def explained(error: msgspec.ValidationError, where: str) -> WrongValueError:
    """What msgspec found wrong, for a person.

    Args:
        error: Such as ``Expected `str`, got `int` - at `$.grid.rows[0]` ``.
        where: What `$` is called.
    """
    found = _ERROR.fullmatch(str(error))
    text, is_key, path = found.groups() if found else (str(error), None, None)
    place = where + (path or "")
    if field := _FIELD.fullmatch(text):
        if field[1].startswith("missing"):
            return WrongValueError(place, f"have an entry {field[2]!r}", None)
        return WrongValueError(f"{place}.{field[2]}", "not be there", "one that is")
    if word := _WORD.fullmatch(text):
        allowed = CHOICES.get(place.rpartition(".")[2], ("the words that are known",))
        return WrongValueError(place, f"be one of {', '.join(allowed)}", word[1].strip("'"))
    if expected := _EXPECTED.fullmatch(text):
        kinds, more, got = expected.groups()
        received = "another" if got is None else _in_words(got.strip("`"))
        return WrongValueError(place, f"be {_wanted(kinds, more)}", received, name=is_key is not None)
    return WrongValueError(place, "be within bounds", text)


def _wanted(kinds: str, more: str) -> str:
    if more.startswith(_MATCHING):
        return next((words for pattern, words in PATTERNS.items() if repr(pattern) == more[len(_MATCHING) :]), "right")
    return _in_words(kinds) + more


def _in_words(kinds: str) -> str:
    """Names of types, such as `int | null`, in words."""
    return ", or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | "))


def check_texts(value: object, where: str) -> None:
    """Checks that texts hold printable characters and white space only, wherever they stand; settings are left out.

    Args:
        value: A value that `messages` declares.
        where: What to call it in a sentence.

    Raises:
        WrongValueError: If a text holds another character.
    """
    match value:
        case str():
            if not (value.isprintable() or all(one.isprintable() or one.isspace() for one in value)):
                raise WrongValueError(where, "be a text of printable characters", value)
        case Struct():
            for name in value.__struct_fields__:
                if name != "settings":
                    check_texts(getattr(value, name), f"{where}.{name}")
        case dict():
            for name, one in value.items():
                check_texts(one, f"{where}.{name}")
        case list() if value and isinstance(value[0], str | Struct):  # a list of numbers holds nothing else
            for place, one in enumerate(value):
                check_texts(one, f"{where}[{place}]")
