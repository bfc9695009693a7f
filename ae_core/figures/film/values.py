"""Rows of a table and series in a film: labelled strips and lines, as the page has them, instead of small pictures."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from PIL import Image, ImageDraw

from ae_core.figures.film.axes import Range, ticks
from ae_core.figures.film.curve import Box
from ae_core.figures.film.texts import Texts
from ae_core.figures.film.words import FAINT, fitting, width_of, write
from ae_core.figures.lines import MOST_CHANNELS, MOST_SERIES, ORIGINAL, RECONSTRUCTION
from ae_core.figures.shared import GREY, Translate
from ae_core.figures.shown import Shown, shown, told_as_numbers
from ae_core.figures.spelled import can_be_spelled
from ae_core.figures.strips import FEW_COLUMNS, MOST_ROWS, MOST_TICKS
from ae_core.formats.png_sheets import CIVIDIS
from ae_core.messages import GridValues, Setup, Snapshot

SMALL = 12  # pixels, of letters
MOST_NAMES = 74  # pixels below strips, for names of columns that are turned
LINE_OF_NAMES = 20  # pixels below strips, for names that lie
STRIP, PAIR = 22, 56  # pixels of a strip, and from one row of the table to the next
LEGEND, TIMES = 20, 36  # pixels above and below the lines of series
BETWEEN = 10  # pixels between two panels
LOW, HIGH = 0.04, 0.96  # of a panel's height, between which its values lie
FINER = 2  # lines are drawn at twice the size and reduced
FRAME = "#d5d9de"


class Rows:
    """Pairs of strips: each original above its reconstruction, and the names of the columns below all.

    Args:
        box: Where they stand, and the most that they may take.
        setup: The run's setup message.
        first: Its first snapshot that is shown.
        translate: Turns an English label into the reader's language.
    """

    def __init__(self, box: Box, setup: Setup, first: Snapshot, translate: Translate):
        self.setup, self.translate = setup, translate
        self.left, self.upper, self.right, _ = box
        self.table = _table(setup, first)
        self.count = min(len(self.table.original), MOST_ROWS)
        self.edges = np.linspace(self.left, self.right, len(self.table.names) + 1).round().astype(int)
        each = (self.right - self.left) / len(self.table.names)
        self.lying = max(width_of(name, SMALL) for name in self.table.names) + 6 <= each
        self.strips_end = self.upper + (self.count - 1) * PAIR + 2 * STRIP
        longest = max(width_of(name, SMALL) for name in self.table.ticks)
        self.names = LINE_OF_NAMES if self.lying else min(MOST_NAMES, round(longest) + 8)
        self.lower = self.strips_end + self.names

    def still(self, picture: Image.Image) -> None:
        """Draws what stays: which strip is which, and what the columns are called."""
        draw = ImageDraw.Draw(picture)
        for row in range(self.count):
            for half, word in enumerate(("original", "reconstruction")):
                middle = self.upper + row * PAIR + (half + 0.5) * STRIP
                write(draw, (self.left - 8, middle), self.translate(word), SMALL, anchor="rm")
        middles = (self.edges[:-1] + self.edges[1:]) / 2
        if self.lying:
            for name, middle in zip(self.table.names, middles, strict=True):
                write(draw, (middle, self.strips_end + 4), name, SMALL, FAINT, "ma")
            return
        every = -(-len(middles) // MOST_TICKS)
        for name, middle in list(zip(self.table.ticks, middles, strict=True))[::every]:
            turned = Image.new("L", (self.names, SMALL + 4), 0)
            text = fitting(name, SMALL, self.names - 4)
            write(ImageDraw.Draw(turned), (self.names - 4, 0), text, SMALL, 255, "ra")
            picture.paste(FAINT, (round(middle) - 8, self.strips_end), turned.rotate(90, expand=True))

    def onto(self, picture: Image.Image, snapshot: Snapshot) -> None:
        """Draws the strips of one frame."""
        draw, table = ImageDraw.Draw(picture), _table(self.setup, snapshot)
        width = np.where(table.high > table.low, table.high - table.low, 1.0)
        for row in range(self.count):
            for half, values in enumerate((table.original[row], table.reconstruction[row])):
                upper = self.upper + row * PAIR + half * STRIP
                shares = np.clip((values - table.low) / width, 0, 1)
                for place, (value, share) in enumerate(zip(values, shares, strict=True)):
                    self._cell(draw, place, upper, value, share)

    def _cell(self, draw: ImageDraw.ImageDraw, place: int, upper: int, value: float, share: float) -> None:
        box = (int(self.edges[place]), upper, int(self.edges[place + 1]) - 1, upper + STRIP - 2)
        if np.isnan(value):
            draw.rectangle(box, "white", FRAME)
            draw.line([box[0], box[3], box[2], box[1]], GREY)
            return
        colour = [int(np.interp(4 * share, np.arange(len(CIVIDIS)), channel)) for channel in CIVIDIS.T]
        draw.rectangle(box, tuple(colour))
        if len(self.table.names) <= FEW_COLUMNS:
            ink = "white" if share < 0.5 else "black"
            write(draw, ((box[0] + box[2]) / 2, upper + STRIP / 2 - 1), f"{value:.4g}", SMALL, ink, "mm")


class Series:
    """A panel for each of some series and of their channels: the reconstruction over the original, over time.

    Args:
        box: As of `Rows`.
        setup: The run's setup message.
        first: Its first snapshot that is shown.
        translate: Turns an English label into the reader's language.
    """

    def __init__(self, box: Box, setup: Setup, first: Snapshot, translate: Translate):
        self.setup, self.translate = setup, translate
        self.left, self.upper, self.right, self.lower = box
        self.table = _table(setup, first)
        count, moments, channels = self.table.original.shape
        self.across, self.down = min(count, MOST_SERIES), min(channels, MOST_CHANNELS)
        self.end = (moments - 1) * self.table.stride / (setup.rate or 1)
        self.width = (self.right - self.left - (self.across - 1) * BETWEEN) // self.across
        room = self.lower - TIMES - self.upper - LEGEND - (self.down - 1) * BETWEEN
        self.height = room // self.down

    def still(self, picture: Image.Image) -> None:
        """Draws what stays: names and units of the channels, the time, and which line is which."""
        draw = ImageDraw.Draw(picture)
        across = float(self.left)
        for word, colour in (("original", ORIGINAL), ("reconstruction", RECONSTRUCTION)):
            draw.line([across, self.upper + 7, across + 18, self.upper + 7], colour, 3)
            write(draw, (across + 24, self.upper + 7), self.translate(word), SMALL, anchor="lm")
            across += 24 + width_of(self.translate(word), SMALL) + 20
        for channel in range(self.down):
            left, upper = self._corner(0, channel)
            # The same names as on the page stand beside the panels, in two lines where one is too short.
            name, unit, rest = self.table.names[channel].rpartition(" (")
            for line, text in enumerate([name, unit.strip() + rest] if name else [rest]):
                at = (left - 8, upper + 4 + line * (SMALL + 3))
                write(draw, at, fitting(text, SMALL, 82), SMALL, anchor="ra")
        title = self.translate("time (s)") if self.setup.rate else self.translate("moment")
        write(draw, ((self.left + self.right) / 2, self.lower - 1), title, SMALL, anchor="mb")
        for column in range(self.across):
            left, upper = self._corner(column, self.down - 1)
            for value in ticks(0, self.end, 4) if self.end else ():
                at = left + value / self.end * self.width
                anchor = "la" if not value else "ra" if value > 0.95 * self.end else "ma"
                write(draw, (at, upper + self.height + 3), f"{value:.4g}", SMALL, FAINT, anchor)

    def onto(self, picture: Image.Image, snapshot: Snapshot) -> None:
        """Draws the lines of one frame."""
        table = _table(self.setup, snapshot)
        for column in range(self.across):
            for channel in range(self.down):
                ends = float(table.low[channel]), float(table.high[channel])
                original, made = (values[column, :, channel] for values in (table.original, table.reconstruction))
                picture.paste(self._panel(original, made, ends), self._corner(column, channel))

    def _panel(self, original: np.ndarray, made: np.ndarray, ends: Range) -> Image.Image:
        canvas = Image.new("RGB", (FINER * self.width, FINER * self.height), "white")
        draw = ImageDraw.Draw(canvas)
        draw.rectangle((0, 0, canvas.width - 1, canvas.height - 1), outline=FRAME, width=FINER)
        low, high = ends if ends[1] > ends[0] else (ends[0] - 1, ends[0] + 1)
        for values, colour, thickness in ((original, ORIGINAL, 3), (made, RECONSTRUCTION, 2)):
            x = np.linspace(0, canvas.width - 1, len(values))
            y = (HIGH - (values - low) / (high - low) * (HIGH - LOW)) * (canvas.height - 1)
            for stretch in _known(values):
                points = [*zip(x[stretch].tolist(), y[stretch].tolist(), strict=True)]
                draw.line(points, colour, thickness * FINER, joint="curve")
        return canvas.reduce(FINER)

    def _corner(self, column: int, channel: int) -> tuple[int, int]:
        left = self.left + column * (self.width + BETWEEN)
        return left, self.upper + LEGEND + channel * (self.height + BETWEEN)


def values_of(
    box: Box, setup: Setup, snapshots: Sequence[Snapshot], translate: Translate
) -> Rows | Series | Texts | None:
    """What draws the rows, series or texts of a run; None of images, and of runs of earlier versions.

    Args:
        box: Where they stand, and the most that they may take.
        setup: The run's setup message.
        snapshots: Its snapshots.
        translate: Turns an English label into the reader's language.
    """
    if not all(told_as_numbers(setup, one) for one in snapshots):
        return None
    if all(can_be_spelled(setup, cast(GridValues, one.grid.values)) for one in snapshots):
        return Texts(box, setup, snapshots[0], translate)
    return (Series if len(setup.shape) == 2 else Rows)(box, setup, snapshots[0], translate)


def _table(setup: Setup, snapshot: Snapshot) -> Shown:
    return shown(setup, cast(GridValues, snapshot.grid.values), str)  # `values_of` has seen that they are there


def _known(values: np.ndarray) -> list[slice]:
    """Stretches of at least two values that are known and finite."""
    changes = np.flatnonzero(np.diff(np.concatenate([[0], np.isfinite(values).astype(int), [0]])))
    pairs = zip(changes[::2], changes[1::2], strict=True)
    return [slice(begin, end) for begin, end in pairs if end - begin > 1]
