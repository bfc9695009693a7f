"""What the decoder makes of the plane of codes, as what lies behind the points of the map."""

import io

import numpy as np
from PIL import Image

from ae_core.figures.shared import Json, data_uri
from ae_core.messages import Plane

INK = "#7585b5"  # no grey: one class of points has that
SHADES = 16
STRONGEST = 0.55  # opacity of what is white on the sheet, so that points on it stand out
COLOURED = 0.5  # opacity of a sheet with colours


def behind(plane: Plane) -> Json:
    """The plane as a layout image in the units of the map's axes, below the points.

    Args:
        plane: The plane of a snapshot.
    """
    png, opacity = faint(plane)
    return {
        "source": data_uri(png),
        "opacity": opacity,
        "xref": "x",
        "yref": "y",
        "x": plane.x[0],
        "y": plane.y[1],
        "sizex": plane.x[1] - plane.x[0],
        "sizey": plane.y[1] - plane.y[0],
        "xanchor": "left",
        "yanchor": "top",
        "sizing": "stretch",
        "layer": "below",
    }


def faint(plane: Plane) -> tuple[bytes, float]:
    """The sheet as points can lie on it: a PNG file, and the opacity to draw it with.

    A grey sheet is drawn in one greyish blue, the denser the whiter a pixel is: what is black, which is nothing in most
    data, shows the page, be it light or dark. A sheet with colours keeps them.

    Args:
        plane: The plane of a snapshot.
    """
    with Image.open(io.BytesIO(plane.png)) as sheet:
        colours = np.asarray(sheet.convert("RGB"))  # (height, width, 3)
    grey = bool((colours == colours[..., :1]).all())
    return (_ink(colours[..., 0]), 1.0) if grey else (plane.png, COLOURED)


def _ink(grey: np.ndarray) -> bytes:
    """A PNG file of one colour whose opacity follows the brightness.

    Args:
        grey: Brightness, bytes of shape `(height, width)`.
    """
    numbers = Image.fromarray(grey // (256 // SHADES))
    numbers.putpalette(bytes.fromhex(INK[1:]) * SHADES)  # grey numbers become numbers of colours
    opacities = (np.arange(SHADES) * (255 * STRONGEST / (SHADES - 1))).round().astype(np.uint8)
    stream = io.BytesIO()
    numbers.save(stream, "PNG", transparency=opacities.tobytes(), compress_level=1)
    return stream.getvalue()
