"""A way through the codes as a film: of frames that a browser has drawn, which nobody vouches for."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core.errors import DataError
from ae_core.figures.film.walk import EACH, LAST, walk


def sheet(frames: int, width: int = 40, height: int = 30, form: str = "PNG") -> bytes:
    """Frames one below the other, each of a grey of its own."""
    greys = np.linspace(0, 255, frames).astype(np.uint8).repeat(height)[:, None].repeat(width, axis=1)
    stream = io.BytesIO()
    Image.fromarray(greys).convert("RGBA").convert("RGB").save(stream, form)
    return stream.getvalue()


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_frames_follow_one_another(kind):
    film = Image.open(io.BytesIO(walk(sheet(5), 5, kind)))
    assert (film.format, getattr(film, "n_frames", 1), film.size) == (kind.upper(), 5, (40, 30))
    greys, durations = [], []
    for place in range(5):
        film.seek(place)
        film.load()
        greys.append(float(np.asarray(film.convert("L")).mean()))
        durations.append(film.info["duration"])
    np.testing.assert_allclose(greys, np.linspace(0, 255, 5), atol=12)
    assert durations == [EACH] * 4 + [LAST]


@pytest.mark.parametrize(
    ("content", "frames", "kind"),
    [
        (sheet(5), 4, "gif"),
        (sheet(5), 1, "gif"),
        (sheet(49, 4, 2), 49, "gif"),
        (sheet(2, 1001), 2, "gif"),
        (sheet(2, 4, 801), 2, "webp"),
        (sheet(5), 5, "png"),
        (sheet(5, form="BMP"), 5, "gif"),
        (sheet(5)[:60], 5, "gif"),
        (b"", 2, "webp"),
    ],
)
def test_what_is_no_sheet_is_refused_in_one_sentence(content, frames, kind):
    with pytest.raises(DataError, match="A film needs 2 to 48 frames"):
        walk(content, frames, kind)
