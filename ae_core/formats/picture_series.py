"""Pictures of one thing over time, in few bytes: few colours, and what does not change is told once."""

import io
import lzma
import math
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

MOST_PIXELS = 40_000_000  # of all pictures of a series together
# LZMA looks back over megabytes and finds again what an earlier picture showed; a PNG or gzip file does not. More than
# these would only take more memory, also for who unpacks it.
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 2**22}]
MOST_MEMORY = 16 * 2**20  # bytes


class PictureSeries(Struct, kw_only=True):
    """A series of pictures of one size.

    Args:
        count: Pictures.
        size: Height and width, in pixels.
        palette: The colours, three bytes each.
        places: Number of each pixel's colour, uint8 of shape `(count, *size)`, packed by LZMA; the number after the
            last colour stands for nothing at all.
    """

    count: Annotated[int, Meta(ge=0)]
    size: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    palette: Annotated[bytes, Meta(max_length=3 * 255)]
    places: bytes


def encode(pngs: list[bytes], colours: int) -> PictureSeries | None:
    """A series of pictures in few bytes.

    Args:
        pngs: PNG files, oldest first.
        colours: Colours that are kept, 2 to 255; the others become the nearest of these.

    Returns:
        What `decode` needs, or None if the pictures differ in size.
    """
    from PIL import Image

    images = [np.asarray(Image.open(io.BytesIO(one)).convert("RGBA")) for one in pngs]
    if len({image.shape for image in images}) > 1:
        return None
    stack = np.stack(images)  # (pictures, height, width, 4)
    count, height, width, _ = stack.shape
    solid = Image.fromarray(stack[..., :3].reshape(count * height, width, 3))
    flat = solid.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = np.array(flat.getpalette(), np.uint8).reshape(-1, 3)[:colours]
    places = np.where(stack[..., 3] < 128, len(palette), np.asarray(flat).reshape(count, height, width))
    return PictureSeries(
        count=count,
        size=(height, width),
        palette=palette.tobytes(),
        places=lzma.compress(places.astype(np.uint8).tobytes(), filters=PACKING),
    )


def decode(series: PictureSeries) -> list[bytes]:
    """The pictures as PNG files, oldest first.

    Raises:
        ValueError: If the series is damaged or too large.
    """
    from PIL import Image

    shape = (series.count, *series.size)
    pixels = math.prod(shape)
    if pixels > MOST_PIXELS:
        raise ValueError(f"Pictures must have at most {MOST_PIXELS:,} pixels in all. Received: {pixels:,}.")
    try:
        opened = lzma.LZMADecompressor(memlimit=MOST_MEMORY).decompress(series.places, max(1, pixels))
    except lzma.LZMAError as error:
        raise ValueError("The pictures are damaged.") from error
    if len(opened) != pixels:
        raise ValueError("The pictures are damaged.")
    places = np.frombuffer(opened, np.uint8).reshape(shape)
    palette = series.palette + bytes(3)  # the colour after the last one is nothing at all
    files = []
    for one in places:
        picture = Image.fromarray(one, "P")
        picture.putpalette(palette)
        stream = io.BytesIO()
        picture.save(stream, "PNG", compress_level=4, transparency=len(palette) // 3 - 1)
        files.append(stream.getvalue())
    return files
