"""Words on a picture: in Pillow's own font, or in one of the machine's where that has not all characters."""

import functools

from PIL import ImageDraw, ImageFont

from ae_core.figures.shared import Translate

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

OWN = ""  # Pillow's own font, which has little more than ASCII
# Where it has them: on Linux, macOS or Windows, for Latin, Greek and Cyrillic letters, then for Chinese.
NAMES = (
    OWN,
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "PingFang.ttc",
    "msyh.ttc",
)
MISSING = "\U0010fffd"  # no font has it
TEST = 20  # pixels
INK, FAINT = "#1f2933", "#5b6673"


@functools.cache
def _named(name: str, size: int) -> Font | None:
    """A font by the name of its file, None if this machine has none."""
    try:
        return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    except OSError:
        return None


@functools.cache
def _has(name: str, character: str) -> bool:
    font = _named(name, TEST)
    if font is None or character.isspace():
        return font is not None
    drawn, missing = (font.getmask(one) for one in (character, MISSING))
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def _name_for(text: str) -> str | None:
    return next((name for name in NAMES if all(_has(name, one) for one in text)), None)


def _font_for(text: str, size: int) -> Font:
    return _named(_name_for(text) or OWN, size) or ImageFont.load_default(size)


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    colour: str | int = INK,
    anchor: str = "la",
) -> None:
    """Writes a text.

    Args:
        draw: What draws on the picture.
        place: Right and down, in pixels.
        text: The words.
        size: Of the font, in pixels.
        colour: As Pillow takes it.
        anchor: What lies at the place, as Pillow has it: by default the text's upper left corner.
    """
    if not can_be_drawn(text):
        text = text.replace("–", "-")  # which Pillow's own font lacks
    draw.text(place, text, colour, _font_for(text, size), anchor)


def can_be_drawn(text: str) -> bool:
    """Whether a font has all of its characters."""
    return _name_for(text) is not None


def drawable(translate: Translate) -> Translate:
    """A translation that stays in English where no font has its characters."""

    def translated(text: str) -> str:
        found = translate(text)
        return found if can_be_drawn(found) else text

    return translated


def width_of(text: str, size: int) -> float:
    """How wide a text is, in pixels."""
    return _font_for(text, size).getlength(text)


def fitting(text: str, size: int, width: float) -> str:
    """The text, cut so that it takes at most so many pixels."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
