"""What the files of a stored run must look like, as checks: a run may come from anywhere as a file.

What the three common views and the known kinds of panel read is checked to the last number. An entry that is not known
here, because a newer part of the program added it, must still be plain, bounded data.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from ae_core.errors import WrongValueError
from ae_core.formats.checks import (
    anything,
    binary,
    boolean,
    either,
    entries,
    integer,
    matching,
    maybe,
    measured,
    number,
    one_of,
    record,
    table,
    text,
    word,
)

STATES = ("queued", "running", "paused", "done", "stopped", "failed", "interrupted")
ORIGINS = ("app", "command line", "imported")
FORMAT = 1
LONGEST_TITLE = 80
LONGEST_ERROR = 1000

MOST_POINTS = 20_000
MOST_CURVE = 2000
MOST_EPOCHS = 10_000
MOST_SIDE = 8192
MOST_PIXELS = 16_000_000
MOST_PNG = 12 * 2**20

_TIME = number(0, 1e11)  # seconds since 1970
_ID = matching(re.compile(r"[A-Za-z0-9_-]{12}"), "the id of a run")
_COUNT = integer(0)
_TILE = entries(integer(1, 1024), 2, 2)
_LOOSE = maybe(measured)
SCALARS = table(maybe(number()), 200)
_NUMBERS = table(either(_LOOSE, entries(anything, 20_000)), 200)


def _settings(value: Any, where: str) -> None:
    # `variants.read_settings` looks at each of them, where they are used.
    if not isinstance(value, dict) or len(value) > 100:
        raise WrongValueError(where, "be at most 100 names with values", value)


ABOUT_CHECK = record(
    {
        "format": integer(FORMAT, FORMAT),
        "settings": _settings,
        "title": text(LONGEST_TITLE),
        "pinned": boolean,
        "owner": maybe(matching(re.compile(r"[0-9a-f]{64}"), "a fingerprint")),
        "origin": one_of(ORIGINS),
        "twin_of": maybe(_ID),
        "sweep": maybe(_ID),
        "created": _TIME,
    }
)
"""`run.json`: what was asked for, by whom, and what a person says of it."""

STATUS_CHECK = record(
    {
        "format": integer(FORMAT, FORMAT),
        "state": one_of(STATES),
        "started": maybe(_TIME),
        "finished": maybe(_TIME),
        "updated": _TIME,
        "error": maybe(text(LONGEST_ERROR)),
        "attempts": _COUNT,
        "step": _COUNT,
        "epoch": number(0),
        "seconds": number(0),
        "total_steps": maybe(_COUNT),
        "total_epochs": maybe(_COUNT),
        "device": text(200),
        "backend": text(40),
        "parameters": maybe(_COUNT),
        "code_size": maybe(_COUNT),
        "numbers": SCALARS,
        "test": SCALARS,
        "size": _COUNT,
    }
)
"""`status.json`: where a training stands."""

_SETUP = record(
    {
        "kind": one_of(["setup"]),
        "run_id": text(40),
        "settings": _settings,
        "shape": entries(integer(1, 2**20), 3, 1),
        "unit_range": boolean,
        "device": text(200),
        "backend": text(40),
        "parameters": _COUNT,
        "input_size": integer(1),
        "code_size": integer(1),
        "code_shape": entries(integer(1), 4, 1),
        "class_names": entries(text(80), 256),
        "loss_name": word,
        "terms": entries(word, 30),
        "total_steps": _COUNT,
        "total_epochs": _COUNT,
        "steps_per_epoch": integer(1),
        "phases": entries(record({"name": text(80), "epoch": number(0)}), 100),
        "live": table(number(), 100),
        "notes": entries(text(), 100),
        "panels": entries(record({"name": word, "title": text(200), "help": text()}, others=anything), 30),
        "loss_floor": number(),
        "labels": binary(MOST_POINTS, 1),
        "atlas": record(
            {"png": binary(MOST_PNG), "columns": integer(1, 1000), "tile": _TILE, "count": integer(1, MOST_POINTS)}
        ),
    },
    others=anything,
)

_MARK = record({"step": _COUNT, "epoch": number(0), "name": word, "from": number(), "to": number()})

_GRID = record(
    {
        "png": binary(MOST_PNG),
        "columns": integer(1, 1000),
        "rows": entries(word, 20, 1),
        "tile": _TILE,
        "gap": integer(0, 64),
        "errors": entries(measured, 1000),
        "pca_errors": entries(measured, 1000),
        "corrupted_errors": maybe(entries(measured, 1000)),
    }
)

_SNAPSHOT = record(
    {
        "kind": one_of(["snapshot"]),
        "run_id": text(40),
        "state": one_of(STATES),
        "step": _COUNT,
        "epoch": number(0),
        "seconds": number(0),
        "marks": entries(_MARK, 10_000),
        "latent": binary(8 * MOST_POINTS),
        "grid": _GRID,
        "pca_loss": _LOOSE,
        "numbers": _NUMBERS,
    },
    optional={"phase": text(80), "panels": table(anything, 30)},
    others=anything,
)

_PANELS = {
    "pictures": record(
        {
            "kind": text(40),
            "png": binary(MOST_PNG),
            "columns": integer(1, 1000),
            "rows": entries(text(200), 1000),
            "tile": _TILE,
            "gap": integer(0, 64),
            "caption": text(),
        },
        others=anything,
    ),
    "bars": record(
        {
            "kind": text(40),
            "x": entries(measured, 20_000),
            "values": entries(measured, 20_000),
            "x_title": text(200),
            "y_title": text(200),
            "line": _LOOSE,
            "line_name": text(200),
            "upright": boolean,
            "faint": entries(_COUNT, 20_000),
            "caption": text(),
        },
        others=anything,
    ),
}

_RESULT = record(
    {
        "run_id": text(40),
        "variant": word,
        "dataset": text(80),
        "backend": text(40),
        "device": text(200),
        "epochs": number(0),
        "steps": _COUNT,
        "seconds": number(0),
        "samples_per_second": maybe(number(0)),
        "parameters": _COUNT,
        "settings": _settings,
        "history": table(entries(maybe(number()), MOST_EPOCHS), 100),
        "test": _NUMBERS,
    },
    others=anything,
)


def check_setup(setup: Any) -> None:
    """Checks a setup message.

    Raises:
        WrongValueError: If an entry is wrong, or two do not fit each other.
    """
    _SETUP(setup, "setup")
    atlas = setup["atlas"]
    rows = -(-atlas["count"] // atlas["columns"])
    size = atlas["columns"] * atlas["tile"][1], rows * atlas["tile"][0]
    if png_size(atlas["png"], "setup.atlas.png") != size:
        raise WrongValueError("setup.atlas.png", f"have {size[0]}×{size[1]} pixels", "others")
    if len(setup["labels"]) != atlas["count"]:
        raise WrongValueError("setup.labels", f"be {atlas['count']:,} bytes", len(setup["labels"]))
    for name, shape in (("input_size", setup["shape"]), ("code_size", setup["code_shape"])):
        product = 1
        for length in shape:
            product *= length
        if setup[name] != product:
            raise WrongValueError(f"setup.{name}", f"be {product:,}, as the shape says", setup[name])


def check_snapshot(setup: Mapping[str, Any], snapshot: Any, where: str = "snapshot") -> None:
    """Checks a snapshot message, with or without its history, against the setup of its run.

    Raises:
        WrongValueError: If an entry is wrong, or two do not fit each other.
    """
    _SNAPSHOT(snapshot, where)
    if snapshot["step"] > setup["total_steps"]:
        raise WrongValueError(f"{where}.step", f"be at most {setup['total_steps']:,}", snapshot["step"])
    count = setup["atlas"]["count"]
    if len(snapshot["latent"]) != 8 * count:
        raise WrongValueError(f"{where}.latent", f"be {8 * count:,} bytes", len(snapshot["latent"]))
    grid = snapshot["grid"]
    _check_mosaic(grid, f"{where}.grid", exactly=True)
    for name in ("errors", "pca_errors", "corrupted_errors"):
        if grid[name] is not None and len(grid[name]) != grid["columns"]:
            raise WrongValueError(f"{where}.grid.{name}", f"have {grid['columns']} numbers", len(grid[name]))
    panels = snapshot.get("panels", {})
    for panel in setup["panels"]:
        if panel["name"] not in panels:
            raise WrongValueError(f"{where}.panels", f"have an entry {panel['name']!r}", None)
    for name, content in panels.items():
        _check_panel(content, f"{where}.panels.{name}")
    if "history" in snapshot:
        check_history(snapshot["history"], f"{where}.history")


def check_history(history: Any, where: str = "history") -> None:
    """Checks curves: equally long columns of finite numbers or None, by growing steps.

    Raises:
        WrongValueError: If they are something else.
    """
    column = entries(maybe(number()), MOST_CURVE)
    whole = entries(_COUNT, MOST_CURVE)
    needed = {"step": whole, "epoch": column, "seconds": column, "loss": column, "val_loss": column}
    record(needed, others=column)(history, where)
    if len({len(values) for values in history.values()}) > 1 or len(history) > 100:
        raise WrongValueError(where, "have at most 100 equally long columns", "others")
    if history["step"] != sorted(history["step"]):
        raise WrongValueError(f"{where}.step", "grow from point to point", "others")


def check_result(result: Any) -> None:
    """Checks what a training returned.

    Raises:
        WrongValueError: If an entry is wrong.
    """
    _RESULT(result, "result")
    if len({len(values) for values in result["history"].values()}) > 1:
        raise WrongValueError("result.history", "have equally long columns", "others")


def _check_panel(content: Any, where: str) -> None:
    record({"kind": text(40)}, others=anything)(content, where)
    check = _PANELS.get(content["kind"])
    if check is None:
        _check_pictures(content, where)
        return
    check(content, where)
    if "png" in content:
        _check_mosaic(content, where)
    elif len(content["x"]) != len(content["values"]) or any(at >= len(content["x"]) for at in content["faint"]):
        raise WrongValueError(where, "have as many places as bars", "others")


def _check_pictures(value: Any, where: str) -> None:
    """Of data of a kind that is not known here: what is called a picture is one."""
    if isinstance(value, dict):
        for name, entry in value.items():
            if isinstance(entry, bytes) and name.endswith("png"):
                png_size(entry, f"{where}.{name}")
            _check_pictures(entry, f"{where}.{name}")
    elif isinstance(value, list):
        for entry in value:
            _check_pictures(entry, where)


def _check_mosaic(sheet: Mapping[str, Any], where: str, exactly: bool = False) -> None:
    """Checks that a picture is as large as its tiles together; of more rows than have a name where not `exactly`."""
    width, height = png_size(sheet["png"], f"{where}.png")
    (tile_height, tile_width), gap = sheet["tile"], sheet["gap"]
    rows, rest = divmod(height + gap, tile_height + gap)
    fits = rows == len(sheet["rows"]) if exactly else rows >= len(sheet["rows"])
    if width != sheet["columns"] * (tile_width + gap) - gap or rest or not fits:
        raise WrongValueError(f"{where}.png", "be as large as its tiles", f"{width}×{height}")


def png_size(payload: bytes, where: str) -> tuple[int, int]:
    """Width and height of a PNG file, of which all but the compressed pixels is checked.

    Raises:
        WrongValueError: If it is damaged, too large, or holds more than a picture.
    """
    problem = WrongValueError(where, f"be a whole plain PNG of at most {MOST_SIDE} pixels a side", b"")
    if payload[:8] != b"\x89PNG\r\n\x1a\n" or len(payload) > MOST_PNG:
        raise problem
    at, kinds, header = 8, [], b""
    while at + 12 <= len(payload):
        (length,) = struct.unpack(">I", payload[at : at + 4])
        chunk = payload[at + 4 : at + 8 + length]
        if payload[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(chunk)):
            raise problem
        kinds.append(chunk[:4])
        header = header or chunk[4:]
        at += 12 + length
    known = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
    if at != len(payload) or not set(kinds) <= known or b"IDAT" not in kinds or kinds.count(b"IHDR") != 1:
        raise problem
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or kinds.count(b"IEND") != 1 or len(header) != 13:
        raise problem
    width, height, *rest = struct.unpack(">IIBBBBB", header)
    if (
        not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS)
        or rest[2:] != [0] * 3
    ):
        raise problem
    return width, height
