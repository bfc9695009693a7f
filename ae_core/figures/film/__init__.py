"""A run as one animated picture: the map of the codes beside originals and reconstructions, frame after frame."""

from collections.abc import Sequence
from typing import get_args

from ae_core.figures.film.encoding import Kind, encode
from ae_core.figures.film.scene import Scene
from ae_core.figures.shared import Translate
from ae_core.messages import Setup, Snapshot

KINDS: tuple[Kind, ...] = get_args(Kind)

MOST_FRAMES = 150
SECONDS = 12.0  # of a whole film, before its last frame
SHORTEST, LONGEST = 80, 300  # milliseconds of a frame
LAST = 2000  # milliseconds of the last one

__all__ = ["KINDS", "MOST_FRAMES", "Kind", "film"]


def film(setup: Setup, snapshots: Sequence[Snapshot], kind: Kind, translate: Translate = str) -> bytes:
    """Draws the kept frames of a run as one picture that moves, and begins anew after its last frame.

    Args:
        setup: The run's setup message.
        snapshots: Its snapshots, oldest first, each with the history as it was then. Of more than `MOST_FRAMES` as many
            are taken, at equal distances, the first and the last among them.
        kind: `webp` or `gif`: the latter opens everywhere and is about twice as large.
        translate: Turns an English label into the reader's language. What the font has no characters for stays English.

    Returns:
        The file, 1000 pixels wide, dark on white.

    Raises:
        ValueError: If there is no snapshot, or the kind is another one.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}. Received: {kind!r}.")
    if not snapshots:
        raise ValueError("A film must have at least one frame. Received: none.")
    chosen = [snapshots[place] for place in _places(len(snapshots))]
    scene = Scene(setup, chosen, translate)
    each = 10 * round(min(LONGEST, max(SHORTEST, 1000 * SECONDS / len(chosen))) / 10)  # GIF counts in hundredths
    durations = [each] * (len(chosen) - 1) + [LAST]
    return encode((scene.frame(place) for place in range(len(chosen))), durations, kind)


def _places(count: int) -> list[int]:
    if count <= MOST_FRAMES:
        return list(range(count))
    return [round(place * (count - 1) / (MOST_FRAMES - 1)) for place in range(MOST_FRAMES)]
