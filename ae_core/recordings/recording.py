"""A run's messages as one small file that a page can play without training anything."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from ae_core.folders import ROOT
from ae_core.formats import picture_series
from ae_core.formats.packing import pack, unpack

FOLDER = ROOT / "assets" / "recorded"  # one for each variant, `NAME.json.gz`
LARGEST_FILE = 20_000_000  # bytes once unpacked
DIGITS = 6  # of floats, so that the file is small
MOST_POINTS = 300  # of the code map
GRID_COLOURS = 40  # of originals, reconstructions and errors
PANEL_COLOURS = 20  # the 17 greys of filters stay as they are
ATLAS_COLOURS = 12  # of the small pictures beside the points
# They differ from one recording of the same run to the next, and say nothing of the machine that plays it.
TIMES = ("samples_per_second", "eta_seconds")


def save(path: Path, messages: list[dict[str, Any]], frames: int) -> None:
    """Writes the setup and a choice of snapshots.

    Learning is fast at first and slow later, so the chosen steps lie close at first and wide apart later. Pictures keep
    few colours, the map a part of its points; how long it took is left out.

    Args:
        path: File to write, gzipped JSON; bytes stand as base64 under the key `$bytes`.
        messages: All messages of one training.
        frames: Snapshots to keep, at least 2.
    """
    setup = next(message for message in messages if message["kind"] == "setup")
    snapshots = [message for message in messages if message["kind"] == "snapshot"]
    by_step = {snapshot["step"]: snapshot for snapshot in snapshots}  # the last one of each step
    steps = sorted(by_step)
    places = {round((index / (frames - 1)) ** 2 * (len(steps) - 1)) for index in range(frames)}
    if len(steps) <= frames:
        places = set(range(len(steps)))
    kept = [_small(by_step[steps[place]]) for place in sorted(places)]
    history = {**by_step[steps[-1]]["history"], "seconds": [0.0] * len(by_step[steps[-1]]["history"]["step"])}
    content = {"setup": _few_points(setup), "history": history, "snapshots": kept, "pictures": _taken_out(kept)}
    # Neither name nor time in the header: the same run gives the same bytes.
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as stream:
        stream.write(json.dumps(pack(content, DIGITS), separators=(",", ":")).encode())


def _small(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot without what is told elsewhere, or what nobody sees."""
    points = np.frombuffer(snapshot["latent"], "<f4")[: 2 * MOST_POINTS]
    return {name: value for name, value in snapshot.items() if name != "history"} | {
        "seconds": None,
        "latent": points.astype("<f2").tobytes(),  # three digits are enough for a point
        "grid": dict(snapshot["grid"]),
        "panels": {name: dict(panel) for name, panel in snapshot["panels"].items()},
        "numbers": {name: None if name in TIMES else value for name, value in snapshot["numbers"].items()},
    }


def _few_points(setup: dict[str, Any]) -> dict[str, Any]:
    from PIL import Image

    atlas = setup["atlas"]
    count = min(atlas["count"], MOST_POINTS)
    height = -(-count // atlas["columns"]) * atlas["tile"][0]
    with Image.open(io.BytesIO(atlas["png"])) as whole:
        part = whole.crop((0, 0, whole.width, height)).quantize(ATLAS_COLOURS, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    part.save(stream, "PNG", optimize=True)
    return setup | {"labels": setup["labels"][:count], "atlas": atlas | {"count": count, "png": stream.getvalue()}}


def _taken_out(snapshots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Takes the pictures out of snapshots; of each kind one series, with its place in a snapshot."""
    names = [name for name, panel in snapshots[0]["panels"].items() if panel["kind"] == "pictures"]
    found = []
    for place in (["grid"], *(["panels", name] for name in names)):
        owners = [_at(snapshot, place) for snapshot in snapshots]
        colours = GRID_COLOURS if place == ["grid"] else PANEL_COLOURS
        series = picture_series.encode([owner["png"] for owner in owners], colours)
        if series is not None:
            found.append({"place": place} | series)
            for owner in owners:
                owner["png"] = None
    return found


def _at(snapshot: dict[str, Any], place: list[str]) -> Any:
    for name in place:
        snapshot = snapshot[name]
    return snapshot


def load(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Reads a recording.

    Returns:
        The setup message and the snapshot messages, oldest first.

    Raises:
        ValueError: If the file is not a recording, or is too large.
    """
    with gzip.open(path, "rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError(f"A recording must be at most {LARGEST_FILE:,} bytes unpacked. Received: {path.name}.")
    values = unpack(json.loads(content))
    snapshots, history = values["snapshots"], values["history"]
    for series in values["pictures"]:
        for snapshot, png in zip(snapshots, picture_series.decode(series), strict=True):
            _at(snapshot, series["place"])["png"] = png
    for snapshot in snapshots:
        snapshot["latent"] = np.frombuffer(snapshot["latent"], "<f2").astype("<f4").tobytes()
        told = sum(step <= snapshot["step"] for step in history["step"])
        snapshot["history"] = {name: column[:told] for name, column in history.items()}
    return values["setup"], snapshots
