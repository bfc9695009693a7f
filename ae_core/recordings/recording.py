"""A run's messages as one small file that a page can play without training anything."""

import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ae_core.folders import ROOT
from ae_core.formats import picture_series, typed
from ae_core.formats.picture_series import PictureSeries
from ae_core.messages import Curves, Pictures, Setup, Snapshot, TrainingMessage
from ae_core.portable import block

FOLDER = ROOT / "assets" / "recorded"  # one for each variant
SUFFIX = ".msgpack.gz"
LARGEST_FILE = 20_000_000  # bytes once unpacked
LARGEST_NETWORK = 120_000  # bytes that a network may add to one
DIGITS = 6  # of floats, so that the file is small
MOST_POINTS = 300  # of the code map
GRID_COLOURS = 40  # of originals, reconstructions and errors
PLANE_COLOURS = 6  # of what the decoder makes of the plane of codes
PANEL_COLOURS = 20  # the 9 greys of filters stay as they are
ATLAS_COLOURS = 12  # of the small pictures beside the points
# They differ from one recording of the same run to the next, and say nothing of the machine that plays it.
TIMES = ("samples_per_second", "eta_seconds")

T = TypeVar("T")


class Recorded(Struct, kw_only=True):
    """What a file holds: msgpack in gzip.

    Args:
        setup: The setup, with fewer points.
        history: The curves of the last snapshot, which the others have in part.
        snapshots: Snapshots, oldest first, without history; places on the map are float16. Where a picture is one of
            a series, there is none in its place.
        grid: The pictures of the grid, one a snapshot; None if they differ in size.
        panels: The pictures of panels by name, likewise.
        plane: The pictures of the plane of codes, likewise; None too if not every snapshot has one.
        network: The trained network as `portable.block.halved` makes it; empty where it is too large, or no browser can
            compute it.
    """

    setup: Setup
    history: Curves
    snapshots: list[Snapshot]
    grid: PictureSeries | None
    panels: dict[str, PictureSeries]
    plane: PictureSeries | None = None
    network: bytes = b""


def file_of(variant: str, folder: Path = FOLDER) -> Path:
    """The file of a variant's recording, whether or not it is there."""
    return folder / f"{variant}{SUFFIX}"


def save(path: Path, messages: Iterable[TrainingMessage], frames: int, network: bytes = b"") -> None:
    """Writes the setup and a choice of snapshots, see `of_messages`.

    Args:
        path: File to write.
        messages: All messages of one training.
        frames: Snapshots to keep, at least 2.
        network: The trained network as `portable.block` packs it; empty for none.
    """
    write(path, of_messages(messages, frames, network=network))


def write(path: Path, content: Struct) -> None:
    """Writes msgpack in gzip, the same bytes for the same content.

    Args:
        path: File to write.
        content: A struct, of whose floats few digits are kept.
    """
    values = _rounded(msgspec.to_builtins(content, builtin_types=(bytes,)))
    # Neither name nor time in the header: the same run gives the same bytes.
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as stream:
        stream.write(msgspec.msgpack.encode(values))


def of_messages(
    messages: Iterable[TrainingMessage], frames: int, *, points: int = MOST_POINTS, network: bytes = b""
) -> Recorded:
    """The setup and a choice of snapshots.

    Learning is fast at first and slow later, so the chosen steps lie close at first and wide apart later. Pictures keep
    few colours, the map a part of its points; how long it took is left out.

    Args:
        messages: All messages of one training.
        frames: Snapshots to keep, at least 2.
        points: Points of the map to keep.
        network: The trained network as `portable.block` packs it; empty for none.
    """
    messages = list(messages)
    setup = next(message for message in messages if isinstance(message, Setup))
    # The last one of each step.
    by_step = {message.step: message for message in messages if isinstance(message, Snapshot)}
    steps = sorted(by_step)
    places = {round((index / (frames - 1)) ** 2 * (len(steps) - 1)) for index in range(frames)}
    if len(steps) <= frames:
        places = set(range(len(steps)))
    kept = [_small(by_step[steps[place]], points) for place in sorted(places)]
    history = by_step[steps[-1]].history
    grid = picture_series.encode([one.grid.png for one in kept], GRID_COLOURS)
    panels = _panel_series(kept)
    plane = _plane_series(kept)
    return Recorded(
        setup=_few_points(setup, points),
        history=history | {"seconds": [0.0] * len(history["step"])},
        snapshots=[_without(one, grid is not None, panels, plane is not None) for one in kept],
        grid=grid,
        panels=panels,
        plane=plane,
        network=half if network and len(half := block.halved(network)) <= LARGEST_NETWORK else b"",
    )


def _small(snapshot: Snapshot, points: int) -> Snapshot:
    """A snapshot without what is told elsewhere, or what nobody sees."""
    places = np.frombuffer(snapshot.latent, "<f4")[: 2 * points]
    return replace(
        snapshot,
        seconds=None,
        history={},
        latent=places.astype("<f2").tobytes(),  # three digits are enough for a point
        numbers={name: None if name in TIMES else value for name, value in snapshot.numbers.items()},
    )


def _few_points(setup: Setup, points: int) -> Setup:
    from PIL import Image

    atlas = setup.atlas
    count = min(atlas.count, points)
    height = -(-count // atlas.columns) * atlas.tile[0]
    with Image.open(io.BytesIO(atlas.png)) as whole:
        part = whole.crop((0, 0, whole.width, height)).quantize(ATLAS_COLOURS, dither=Image.Dither.NONE)
    part.info.clear()  # a shade of the sheet is transparent there, which is another colour now
    stream = io.BytesIO()
    part.save(stream, "PNG", optimize=True)
    return replace(setup, labels=setup.labels[:count], atlas=replace(atlas, count=count, png=stream.getvalue()))


def _panel_series(snapshots: Sequence[Snapshot]) -> dict[str, PictureSeries]:
    """The pictures of each panel that has some, over all snapshots."""
    found = {}
    for name in snapshots[0].panels:
        shown = [one.panels[name] for one in snapshots]
        pictures = [panel.png for panel in shown if isinstance(panel, Pictures)]
        series = picture_series.encode(pictures, PANEL_COLOURS) if pictures else None
        if series is not None:
            found[name] = series
    return found


def _plane_series(snapshots: Sequence[Snapshot]) -> PictureSeries | None:
    """The pictures of the plane of codes, over all snapshots."""
    pictures = [one.plane.png for one in snapshots if one.plane is not None]
    return picture_series.encode(pictures, PLANE_COLOURS) if len(pictures) == len(snapshots) else None


def _without(snapshot: Snapshot, grid: bool, panels: dict[str, PictureSeries], plane: bool) -> Snapshot:
    """A snapshot without the pictures that are in a series."""
    return replace(
        snapshot,
        grid=replace(snapshot.grid, png=b"") if grid else snapshot.grid,
        plane=replace(snapshot.plane, png=b"") if plane and snapshot.plane is not None else None,
        panels={name: replace(panel, png=b"") if name in panels else panel for name, panel in snapshot.panels.items()},
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def load(path: Path) -> tuple[Setup, list[Snapshot]]:
    """Reads a recording.

    Returns:
        The setup and the snapshots, oldest first.

    Raises:
        OSError: If the file cannot be read, or is no gzip.
        ValueError: If the file is not a recording, or is too large.
    """
    return played(read(path, Recorded))


def played(recorded: Recorded) -> tuple[Setup, list[Snapshot]]:
    """The setup and the snapshots of what a file holds, oldest first. Raises `ValueError` if its pictures are none."""
    grids = None if recorded.grid is None else picture_series.decode(recorded.grid)
    panels = {name: picture_series.decode(series) for name, series in recorded.panels.items()}
    planes = None if recorded.plane is None else picture_series.decode(recorded.plane)
    snapshots = [
        _whole(
            snapshot,
            recorded.history,
            None if grids is None else grids[place],
            {name: pictures[place] for name, pictures in panels.items()},
            None if planes is None else planes[place],
        )
        for place, snapshot in enumerate(recorded.snapshots)
    ]
    return recorded.setup, snapshots


def load_network(path: Path) -> bytes:
    """The trained network of a recording as browsers are sent it; empty where it has none. Raises as `load` does."""
    network = read(path, Recorded).network
    return block.whole(network) if network else b""


def read(path: Path, kind: type[T]) -> T:
    """What a file holds.

    Args:
        path: The file.
        kind: The type of that.

    Raises:
        OSError: If the file cannot be read, or is no gzip.
        ValueError: If it is not of that type, or too large.
    """
    with gzip.open(path, "rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError(f"A recording must be at most {LARGEST_FILE:,} bytes unpacked. Received: {path.name}.")
    found: T = typed.from_msgpack(content, kind, path.name)
    return found


def _whole(
    snapshot: Snapshot, history: Curves, grid: bytes | None, panels: dict[str, bytes], plane: bytes | None
) -> Snapshot:
    """A snapshot with its pictures, and with the curves up to its step."""
    told = sum(step is not None and step <= snapshot.step for step in history["step"])
    return replace(
        snapshot,
        latent=np.frombuffer(snapshot.latent, "<f2").astype("<f4").tobytes(),
        history={name: column[:told] for name, column in history.items()},
        grid=snapshot.grid if grid is None else replace(snapshot.grid, png=grid),
        plane=None if plane is None or snapshot.plane is None else replace(snapshot.plane, png=plane),
        panels={
            name: replace(panel, png=panels[name]) if name in panels else panel
            for name, panel in snapshot.panels.items()
        },
    )
