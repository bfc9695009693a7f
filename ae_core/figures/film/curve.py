"""The loss curves of a film, small and without numbers but those of their ends."""

import math

from PIL import Image, ImageDraw

from ae_core.figures.film.words import FAINT, width_of, write
from ae_core.figures.shared import COLOURS, Translate, short
from ae_core.messages import Curves

Box = tuple[int, int, int, int]  # left, upper, right, lower edge

FINER = 2  # lines are drawn at twice the size and reduced
KINDS = (("loss", "training", COLOURS[0]), ("val_loss", "validation", COLOURS[1]))
LEAST_HEIGHT = 70  # pixels
TEXT, LINE = 12, "#d5d9de"


class LossCurves:
    """Training and validation loss over epochs, on a logarithmic axis that stays as it is at the end.

    Args:
        box: Where they stand in a frame.
        history: The curves of the last frame.
        translate: Turns an English label into the reader's language.
    """

    def __init__(self, box: Box, history: Curves, translate: Translate):
        self.box, self.translate = box, translate
        told = [point for key, _, _ in KINDS for point in _points(history, key)]
        losses = [loss for _, loss in told]
        self._low, self._high = (min(losses), max(losses)) if told else (0.0, 0.0)
        self._end = max((epoch for epoch, _ in told), default=0.0)

    @property
    def drawn(self) -> bool:
        """Whether there is something to see, and room for it."""
        return 0 < self._low < self._high and self._end > 0 and self.box[3] - self.box[1] >= LEAST_HEIGHT

    def still(self, draw: ImageDraw.ImageDraw) -> None:
        """Draws what stays beside them: the lowest and the highest loss, and what the lines are called."""
        left, upper, right, lower = self.box
        for value, at, anchor in ((self._high, upper, "rt"), (self._low, lower, "rb")):
            write(draw, (left - 8, at), short(value), TEXT, FAINT, anchor)
        for _, name, colour in KINDS[::-1]:
            word = self.translate(name)
            write(draw, (right, upper - 8), word, TEXT, colour, "rs")
            right -= round(width_of(word, TEXT)) + 14
        write(draw, (left, upper - 8), self.translate("loss"), TEXT, FAINT, "ls")

    def onto(self, picture: Image.Image, history: Curves) -> None:
        """Draws the curves as they are in one frame."""
        left, upper, right, lower = self.box
        width, height = FINER * (right - left), FINER * (lower - upper)
        canvas = Image.new("RGB", (width, height), "white")
        draw = ImageDraw.Draw(canvas)
        draw.line([(0, 0), (0, height - 1), (width, height - 1)], LINE, FINER)
        span = math.log(self._high / self._low)
        for key, _, colour in KINDS:
            line = [
                (epoch / self._end * (width - 4) + 2, 2 + math.log(self._high / value) / span * (height - 6))
                for epoch, value in _points(history, key)
            ]
            if line:
                draw.line(line, colour, 2 * FINER, joint="curve")
                across, down = line[-1]
                draw.circle((across, down), 3 * FINER, colour)
        picture.paste(canvas.reduce(FINER), (left, upper))


def _points(history: Curves, key: str) -> list[tuple[float, float]]:
    """Epochs and losses that a logarithmic axis has a place for."""
    pairs = zip(history.get("epoch", ()), history.get(key, ()), strict=False)
    known = [(epoch, loss) for epoch, loss in pairs if epoch is not None and loss is not None]
    return [(epoch, loss) for epoch, loss in known if math.isfinite(loss) and loss > 0]
