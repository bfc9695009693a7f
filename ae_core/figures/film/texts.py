"""Texts in a film: the letters of each, and below them those that the network reads, as the page has them."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from PIL import Image, ImageDraw

from ae_core.figures.film.curve import Box
from ae_core.figures.film.words import FAINT, write
from ae_core.figures.shared import Translate
from ae_core.figures.shown import shown
from ae_core.figures.spelled import MOST_TEXTS, NOTHING, RIGHT, WIDEST, WRONG, columns_of, letters_of, read_of
from ae_core.messages import GridValues, Setup, Snapshot

SMALL, LETTER = 12, 15  # pixels, of words and of letters of texts
LINE, TEXT = 22, 60  # pixels from one line to the next, and from one text to the next
BAR = 3  # pixels, how thick the bar below a letter is


class Texts:
    """Pairs of lines: each original above its reconstruction, below whose letters bars say which are right.

    Args:
        box: Where they stand, and the most that they may take.
        setup: The setup message of a run whose series can be spelled.
        first: Its first snapshot that is shown.
        translate: Turns an English label into the reader's language.
    """

    def __init__(self, box: Box, setup: Setup, first: Snapshot, translate: Translate):
        self.setup, self.translate = setup, translate
        self.left, self.upper, right, _ = box
        columns = columns_of(setup)
        count = min(MOST_TEXTS, cast(GridValues, first.grid.values).count)
        self.down = -(-count // columns)
        self.letter = (right - self.left) / (columns * (setup.shape[0] + 1) - 1)  # a letter lies between two columns
        self.places = [(text // self.down, text % self.down) for text in range(count)]
        self.lower = self.upper + (self.down - 1) * TEXT + 2 * LINE + BAR

    def still(self, picture: Image.Image) -> None:
        """Draws what stays: which line is which."""
        draw = ImageDraw.Draw(picture)
        for row in range(self.down):
            for line, word in enumerate(("original", "reconstruction")):
                at = (self.left - 8, self.upper + row * TEXT + (line + 0.5) * LINE)
                write(draw, at, self.translate(word), SMALL, anchor="rm")

    def onto(self, picture: Image.Image, snapshot: Snapshot) -> None:
        """Draws the texts of one frame."""
        draw = ImageDraw.Draw(picture)
        table = shown(self.setup, cast(GridValues, snapshot.grid.values), str)
        letters = letters_of(self.setup)
        for place, original, made in zip(self.places, table.original, table.reconstruction, strict=False):
            (found, _), (reads, sure) = read_of(original), read_of(made)
            wanted, read = [letters[best] for best in found], [letters[best] for best in reads]
            self._line(draw, place, 0, wanted)
            self._line(draw, place, 1, read)
            self._bars(draw, place, wanted, read, sure)

    def _at(self, place: tuple[int, int], moment: int) -> tuple[float, int]:
        """The upper left corner of a letter's room, in pixels."""
        column, row = place
        return self.left + (column * (self.setup.shape[0] + 1) + moment) * self.letter, self.upper + row * TEXT

    def _line(self, draw: ImageDraw.ImageDraw, place: tuple[int, int], line: int, letters: Sequence[str]) -> None:
        for moment, letter in enumerate(letters):
            left, upper = self._at(place, moment)
            colour = FAINT if letter == NOTHING else "black"
            write(draw, (left + self.letter / 2, upper + (line + 0.5) * LINE), letter, LETTER, colour, "mm")

    def _bars(
        self,
        draw: ImageDraw.ImageDraw,
        place: tuple[int, int],
        wanted: Sequence[str],
        read: Sequence[str],
        sure: np.ndarray,
    ) -> None:
        for moment, (one, other) in enumerate(zip(wanted, read, strict=True)):
            if one == other == NOTHING:
                continue
            left, upper = self._at(place, moment)
            right = left + max(1.0, WIDEST * float(sure[moment]) * self.letter)
            box = (left, upper + 2 * LINE, right, upper + 2 * LINE + BAR - 1)
            draw.rectangle(box, RIGHT if one == other else WRONG)
