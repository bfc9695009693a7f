"""A way through the codes as one animated picture, of frames that a browser has drawn."""

import io
from typing import get_args

from PIL import Image

from ae_core.errors import DataError
from ae_core.figures.film.encoding import Kind, encode

MOST_FRAMES = 48
MOST_WIDTH, MOST_HEIGHT = 1000, 800  # pixels of a frame
EACH, LAST = 100, 1000  # milliseconds of a frame, and of the last one

NO_SHEET = "A film needs 2 to 48 frames of at most 1000 × 800 pixels, one below the other in a PNG file."


def walk(sheet: bytes, frames: int, kind: str) -> bytes:
    """Frames one below the other → one picture that moves, and begins anew after its last frame.

    Args:
        sheet: A PNG file of all frames, which nobody vouches for.
        frames: How many there are, 2 to `MOST_FRAMES`.
        kind: `webp` or `gif`.

    Returns:
        The file.

    Raises:
        DataError: If it is no such sheet, or the kind is another one.
    """
    if kind not in get_args(Kind) or not 2 <= frames <= MOST_FRAMES:
        raise DataError(NO_SHEET)
    try:
        with Image.open(io.BytesIO(sheet), formats=("PNG",)) as opened:
            width, height = opened.size
            if height % frames or width > MOST_WIDTH or height // frames > MOST_HEIGHT:
                raise DataError(NO_SHEET)
            whole = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(NO_SHEET) from error
    each = height // frames
    pictures = (whole.crop((0, place * each, width, (place + 1) * each)) for place in range(frames))
    return encode(pictures, [EACH] * (frames - 1) + [LAST], kind)
