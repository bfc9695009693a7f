"""A run's messages as one small file that a page can play without training anything."""

import gzip
import json
from pathlib import Path
from typing import Any

from ae_core.packing import pack, unpack

LARGEST_FILE = 20_000_000  # bytes once unpacked
DIGITS = 6  # of floats, so that the file is small


def save(path: Path, messages: list[dict[str, Any]], frames: int) -> None:
    """Writes the setup and a choice of snapshots.

    Learning is fast at first and slow later, so the chosen steps lie close at first and wide apart later.

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
    kept = [by_step[steps[place]] for place in sorted(places)]
    with gzip.GzipFile(path, "wb", mtime=0) as stream:
        content = pack({"setup": setup, "snapshots": kept}, DIGITS)
        stream.write(json.dumps(content, separators=(",", ":")).encode())


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
    return values["setup"], values["snapshots"]
