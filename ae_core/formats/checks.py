"""Checks of values that nobody vouches for: what a file's JSON must look like, said once.

A check is a function that takes a value and the name of its place, and raises `WrongValueError` if the value is not
what it should be. The functions here make checks.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ae_core.errors import WrongValueError

Check = Callable[[Any, str], None]

LARGEST_INTEGER = 2**53
DEEPEST = 12
LONGEST_TEXT = 4000
LARGEST_BINARY = 12 * 2**20

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,79}")


def _shows(letter: str) -> bool:
    return letter.isprintable() or letter.isspace()


def text(longest: int = LONGEST_TEXT) -> Check:
    """A text without control characters, at most so long."""

    def check(value: Any, where: str) -> None:
        fits = isinstance(value, str) and len(value) <= longest
        if not fits or not (value.isprintable() or all(map(_shows, value))):
            raise WrongValueError(where, f"be a text of at most {longest:,} printable characters", value)

    return check


def word(value: Any, where: str) -> None:
    """Checks that it is a short name, which may stand in a file's heading."""
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise WrongValueError(where, "be a short plain name", value)


def matching(pattern: re.Pattern[str], what: str) -> Check:
    """A text that the whole pattern fits."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise WrongValueError(where, f"be {what}", value)

    return check


def integer(low: int = 0, high: int = LARGEST_INTEGER) -> Check:
    """A whole number within bounds."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise WrongValueError(where, f"be a whole number from {low:,} to {high:,}", value)

    return check


def number(low: float = -math.inf, high: float = math.inf) -> Check:
    """A finite number within bounds."""

    def check(value: Any, where: str) -> None:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not fits or abs(value) > 1e308 or not low <= value <= high:
            raise WrongValueError(where, f"be a finite number from {low:g} to {high:g}", value)

    return check


def measured(value: Any, where: str) -> None:
    """Checks that it is a number, finite or not: a training that has gone astray measures infinity."""
    if not isinstance(value, float):
        _any_integer(value, where)


def boolean(value: Any, where: str) -> None:
    """Checks that it is true or false."""
    if not isinstance(value, bool):
        raise WrongValueError(where, "be true or false", value)


def binary(most: int, least: int = 0) -> Check:
    """Bytes, so many at most and at least."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, bytes) or not least <= len(value) <= most:
            raise WrongValueError(where, f"be {least:,} to {most:,} bytes", value)

    return check


def one_of(allowed: Collection[str]) -> Check:
    """One of some words."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise WrongValueError(where, f"be one of {', '.join(allowed)}", value)

    return check


def maybe(check: Check) -> Check:
    """What `check` allows, or None."""

    def check_or_none(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return check_or_none


def either(first: Check, second: Check) -> Check:
    """What one of two checks allows."""

    def check(value: Any, where: str) -> None:
        try:
            first(value, where)
        except WrongValueError:
            second(value, where)

    return check


def entries(check: Check, most: int, least: int = 0) -> Check:
    """A list, so many entries at most and at least, each as `check` allows."""

    def check_list(value: Any, where: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise WrongValueError(where, f"be a list of {least:,} to {most:,} entries", value)
        for entry in value:
            check(entry, where)

    return check_list


def table(check: Check, most: int) -> Check:
    """Values by short names, so many at most, each as `check` allows."""

    def check_table(value: Any, where: str) -> None:
        if not isinstance(value, dict) or len(value) > most:
            raise WrongValueError(where, f"be at most {most:,} names with values", value)
        for name, entry in value.items():
            _check_name(name, where)
            try:
                check(entry, name)
            except WrongValueError as error:
                raise error.within(where) from error

    return check_table


def record(
    needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None, others: Check | None = None
) -> Check:
    """Values by known names.

    Args:
        needed: Checks of what must be there.
        optional: Checks of what may be there.
        others: Check of everything else. Default: there must be nothing else.
    """
    known = dict(needed) | dict(optional or {})

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise WrongValueError(where, "be names with values", value)
        for name in needed:
            if name not in value:
                raise WrongValueError(where, f"have an entry {name!r}", None)
        for name, entry in value.items():
            entry_check = known.get(name) or others
            if name not in known:
                _check_name(name, where)
            if entry_check is None:
                raise WrongValueError(f"{where}.{name}", "not be there", entry)
            try:
                entry_check(entry, name)
            except WrongValueError as error:
                raise error.within(where) from error

    return check


def anything(value: Any, where: str, depth: int = 0) -> None:
    """Checks that it is plain data of bounded depth, with bounded texts, names and numbers."""
    if depth > DEEPEST:
        raise WrongValueError(where, f"be nested at most {DEEPEST} deep", None)
    if isinstance(value, dict):
        for name, entry in value.items():
            _check_name(name, where)
            try:
                anything(entry, name, depth + 1)
            except WrongValueError as error:
                raise error.within(where) from error
    elif isinstance(value, list):
        for entry in value:
            anything(entry, where, depth + 1)
    elif isinstance(value, str):
        _any_text(value, where)
    elif isinstance(value, bytes):
        _any_binary(value, where)
    elif isinstance(value, int) and not isinstance(value, bool):
        _any_integer(value, where)


def _check_name(name: Any, where: str) -> None:
    if not isinstance(name, str) or not _WORD.fullmatch(name):
        raise WrongValueError(where, "be a short plain name", name, name=True)


_any_text, _any_binary, _any_integer = text(), binary(LARGEST_BINARY), integer(-LARGEST_INTEGER)
