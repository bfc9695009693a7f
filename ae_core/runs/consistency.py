"""Whether the parts of a message fit each other; `messages` says what each part may be by itself."""

import math

from ae_core.errors import WrongValueError
from ae_core.formats.png_size import png_size
from ae_core.messages import Bars, Curves, Grid, GridValues, Pictures, Plane, Result, Setup, Snapshot

NEEDED = ("step", "epoch", "seconds", "loss", "val_loss")  # columns of every history


def check_setup(setup: Setup) -> None:
    """Checks the sizes of the atlas, the labels, the shapes and the columns.

    Raises:
        WrongValueError: If two entries do not fit each other.
    """
    atlas = setup.atlas
    height, width = atlas.tile
    size = atlas.columns * width, -(-atlas.count // atlas.columns) * height
    if png_size(atlas.png, "setup.atlas.png") != size:
        raise WrongValueError("setup.atlas.png", f"have {size[0]}×{size[1]} pixels", "others")
    if len(setup.labels) != atlas.count:
        raise WrongValueError("setup.labels", f"be {atlas.count:,} bytes", len(setup.labels))
    for name, count, shape in (
        ("input_size", setup.input_size, setup.shape),
        ("code_size", setup.code_size, setup.code_shape),
    ):
        if count != math.prod(shape):
            raise WrongValueError(f"setup.{name}", f"be {math.prod(shape):,}, as the shape says", count)
    if setup.columns and len(setup.columns) != setup.shape[-1]:
        raise WrongValueError("setup.columns", f"have {setup.shape[-1]:,} entries or none", len(setup.columns))


def check_snapshot(setup: Setup, snapshot: Snapshot, where: str) -> None:
    """Checks a snapshot of a stored run against the run's setup; its history may be empty.

    Raises:
        WrongValueError: If two entries do not fit each other.
    """
    if snapshot.seconds is None:
        raise WrongValueError(f"{where}.seconds", "be a number", None)
    if snapshot.step > setup.total_steps:
        raise WrongValueError(f"{where}.step", f"be at most {setup.total_steps:,}", snapshot.step)
    if len(snapshot.latent) != 8 * setup.atlas.count:
        raise WrongValueError(f"{where}.latent", f"be {8 * setup.atlas.count:,} bytes", len(snapshot.latent))
    _check_grid(snapshot.grid, f"{where}.grid")
    if snapshot.grid.values is not None:
        _check_values(setup, snapshot.grid.values, f"{where}.grid.values")
    if snapshot.plane is not None:
        _check_plane(setup, snapshot.plane, f"{where}.plane")
    if snapshot.batch is not None:
        _check_panel(snapshot.batch.pictures, f"{where}.batch.pictures")
    for panel in setup.panels:
        if panel.name not in snapshot.panels:
            raise WrongValueError(f"{where}.panels", f"have an entry {panel.name!r}", None)
    for name, content in snapshot.panels.items():
        _check_panel(content, f"{where}.panels.{name}")
    if snapshot.history:
        check_history(snapshot.history, f"{where}.history")


def check_history(history: Curves, where: str) -> None:
    """Checks that curves have equally long columns, by growing whole steps.

    Raises:
        WrongValueError: If they have not.
    """
    for name in NEEDED:
        if name not in history:
            raise WrongValueError(where, f"have an entry {name!r}", None)
    if len({len(values) for values in history.values()}) > 1:
        raise WrongValueError(where, "have equally long columns", "others")
    steps = [step for step in history["step"] if isinstance(step, int) and step >= 0]
    if len(steps) != len(history["step"]):
        raise WrongValueError(f"{where}.step", "be whole numbers from 0", "others")
    if steps != sorted(steps):
        raise WrongValueError(f"{where}.step", "grow from point to point", "others")


def check_result(result: Result) -> None:
    """Checks that the history has equally long columns.

    Raises:
        WrongValueError: If it has not.
    """
    if len({len(values) for values in result.history.values()}) > 1:
        raise WrongValueError("result.history", "have equally long columns", "others")


def _check_grid(grid: Grid, where: str) -> None:
    if _rows(grid, where) != len(grid.rows):
        raise WrongValueError(f"{where}.png", "be as large as its tiles", "another")
    for name, errors in (
        ("errors", grid.errors),
        ("pca_errors", grid.pca_errors),
        ("corrupted_errors", grid.corrupted_errors),
    ):
        if errors is not None and len(errors) != grid.columns:
            raise WrongValueError(f"{where}.{name}", f"have {grid.columns} numbers", len(errors))


def _check_values(setup: Setup, values: GridValues, where: str) -> None:
    if len(setup.shape) == 3:
        raise WrongValueError(where, "be left out, as examples are images", "some")
    told = -(-setup.shape[0] // values.stride)
    of_one = told * (setup.input_size // setup.shape[0])
    things = told if len(setup.shape) == 1 else setup.shape[-1]
    for name, array, count in (
        ("original", values.original, values.count * of_one),
        ("reconstruction", values.reconstruction, values.count * of_one),
        ("ends", values.ends, 2 * things),
        ("errors", values.errors, things),
    ):
        if len(array) != 4 * count:
            raise WrongValueError(f"{where}.{name}", f"be {4 * count:,} bytes", len(array))


def _check_plane(setup: Setup, plane: Plane, where: str) -> None:
    if setup.code_size != 2:
        raise WrongValueError(where, "be left out, as a code is not two numbers", "one")
    height, width = (plane.columns * side for side in plane.tile)
    if png_size(plane.png, f"{where}.png") != (width, height):
        raise WrongValueError(f"{where}.png", f"have {width}×{height} pixels", "others")
    for name, (low, high) in (("x", plane.x), ("y", plane.y)):
        if low >= high:
            raise WrongValueError(f"{where}.{name}", "end above its beginning", high)


def _check_panel(content: Pictures | Bars, where: str) -> None:
    if isinstance(content, Pictures):
        if _rows(content, where) < len(content.rows):  # not every row has a label
            raise WrongValueError(f"{where}.png", "be as large as its tiles", "another")
    elif len(content.x) != len(content.values) or any(at >= len(content.x) for at in content.faint):
        raise WrongValueError(where, "have as many places as bars", "others")


def _rows(sheet: Grid | Pictures, where: str) -> int:
    """Rows of tiles on a sheet, which must be as large as whole rows of them are."""
    width, height = png_size(sheet.png, f"{where}.png")
    tile_height, tile_width = sheet.tile
    rows, rest = divmod(height + sheet.gap, tile_height + sheet.gap)
    if rest or width != sheet.columns * (tile_width + sheet.gap) - sheet.gap:
        raise WrongValueError(f"{where}.png", "be as large as its tiles", f"{width}×{height}")
    return rows
