"""Numbers, shares, times and shapes as a person reads them."""

import math

from pages.ui.words.language import _

UNKNOWN = "–"


def number(value: float | None, digits: int = 3) -> str:
    """A number to so many significant digits; a dash where it is unknown.

    Args:
        value: The number, or None.
        digits: Significant digits, from 1.
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0 or 1e-4 <= abs(value) < 10**digits:
        places = digits - 1 - (math.floor(math.log10(abs(value))) if value else 0)
        return f"{value:.{max(0, places)}f}"
    return f"{value:,.0f}" if 1 <= abs(value) < 1e9 else f"{value:.{digits - 1}e}"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as per cent; a dash where it is unknown."""
    if share is None or not math.isfinite(share):
        return UNKNOWN
    return "100 %" if share == 1 else f"{100 * share:.1f} %"


def duration(seconds: float | None) -> str:
    """A time in the largest units that matter: `40 s`, `2 min 05 s`, `1 h 10 min`."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds:02d} s").format(minutes=whole // 60, seconds=whole % 60)
    return _("{hours} h {minutes:02d} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def ordinal(place: int) -> str:
    """A place in a line: `1st`, `2nd`, `11th`."""
    endings = {1: _("{place}st"), 2: _("{place}nd"), 3: _("{place}rd")}
    other = _("{place}th")
    return (other if 10 <= place % 100 <= 20 else endings.get(place % 10, other)).format(place=place)


def shape(lengths: tuple[int, ...] | list[int]) -> str:
    """A shape: `28×28×1`, or `100`."""
    return "×".join(str(length) for length in lengths)


def age(seconds: float) -> str:
    """A time gone by in its largest unit: `now`, `5 min`, `3 h`, `12 d`."""
    minutes = int(max(0.0, seconds) // 60)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes) if minutes else _("now")
    hours = minutes // 60
    return _("{hours} h").format(hours=hours) if hours < 48 else _("{days} d").format(days=hours // 24)
