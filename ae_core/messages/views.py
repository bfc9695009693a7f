"""What is seen of a run: the pictures of the map, the grid, the plane of codes, and the panels."""

from typing import Annotated

from msgspec import Meta, Struct, field

from ae_core.messages.values import (
    MOST_BARS,
    MOST_POINTS,
    Columns,
    Count,
    Finite,
    Gap,
    Line,
    Measured,
    Name,
    Packed,
    Picture,
    Positive,
    Text,
    Tile,
)


class Atlas(Struct, kw_only=True):
    """The pictures of the scatter's points on one sheet.

    Args:
        png: The sheet, a PNG file; its tiles follow one another row by row, without gaps.
        columns: Tiles in a row.
        tile: Height and width of one, in pixels.
        count: Tiles.
    """

    png: Picture
    columns: Columns
    tile: Tile
    count: Annotated[int, Meta(ge=1, le=MOST_POINTS)]


class PanelTitle(Struct, kw_only=True):
    """A panel of the run: what else can be looked at.

    Args:
        name: By which a snapshot's `panels` has it.
        title: Two or three words for a person.
        help: One or two sentences for a person.
    """

    name: Name
    title: Line
    help: Text


class GridValues(Struct, kw_only=True):
    """Some of the examples of a grid as numbers, where they are rows or series. All arrays are float32 little-endian.

    Args:
        original: In the units of the file, of shape `(count, columns)` or `(count, moments, channels)`; NaN where a
            value is unknown.
        reconstruction: The same shape.
        count: Examples.
        stride: Of columns or moments every so-manieth is told, from the first on.
        ends: Lowest and highest known value of each column told, or of each channel, among all held-out examples.
        errors: Root mean squared error of each of them over all held-out examples, as a share of its standard
            deviation, which is what the mean would have; NaN where nothing is known.
    """

    original: Packed
    reconstruction: Packed
    count: Annotated[int, Meta(ge=1, le=1000)]
    stride: Positive = 1
    ends: Packed
    errors: Packed


class Grid(Struct, kw_only=True):
    """Held-out examples beside their reconstructions: rows of small pictures on one sheet.

    Args:
        png: The sheet.
        columns: Examples.
        rows: What each row shows: `original`, `corrupted`, `reconstruction`, `pca`, `error`.
        tile: Height and width of a picture, in pixels.
        gap: Pixels between two pictures.
        errors: Squared error of each reconstruction, mean over its pixels.
        pca_errors: The same for PCA with a code of the same size.
        corrupted_errors: The same for what the encoder saw; None where that is the original.
        values: Rows or series as numbers; None of images, and in a run of earlier versions.
    """

    png: Picture
    columns: Columns
    rows: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    tile: Tile
    gap: Gap
    errors: Annotated[list[Measured], Meta(max_length=1000)]
    pca_errors: Annotated[list[Measured], Meta(max_length=1000)]
    corrupted_errors: Annotated[list[Measured], Meta(max_length=1000)] | None = None
    values: GridValues | None = None


class Pictures(Struct, kw_only=True, tag="pictures", tag_field="kind"):
    """A panel of small pictures on one sheet.

    Args:
        png: The sheet.
        columns: Pictures in a row.
        rows: A label for each row; fewer than there are rows, or none.
        tile: Height and width of a picture, in pixels.
        gap: Pixels between two pictures.
        caption: One sentence for a person, or an empty text.
    """

    png: Picture
    columns: Columns
    rows: Annotated[list[Line], Meta(max_length=1000)]
    tile: Tile
    gap: Gap
    caption: Text = ""


class Plane(Struct, kw_only=True):
    """What the decoder makes of the plane of codes: a sheet of pictures that lies behind the map's points.

    Args:
        png: The sheet, without gaps; each picture is of the code in the middle of its tile.
        columns: Pictures in a row, and rows; the uppermost row has the highest second number.
        tile: Height and width of a picture, in pixels.
        x: The first number of the code at the sheet's left and right edge.
        y: The second number at its lower and upper edge.
    """

    png: Picture
    columns: Columns
    tile: Tile
    x: tuple[Finite, Finite]
    y: tuple[Finite, Finite]


class Batch(Struct, kw_only=True):
    """The batch of one training step, looked at after the step.

    Args:
        pictures: Its first images, below them what the network saw where that is damaged, and their reconstructions.
        size: Images in the batch.
        loss: Its loss, before the step.
    """

    pictures: Pictures
    size: Positive
    loss: Measured


class Bars(Struct, kw_only=True, tag="bars", tag_field="kind"):
    """A panel of bars.

    Args:
        x: Place of each bar.
        values: Height of each bar.
        x_title: Title of the horizontal axis, with its unit.
        y_title: Title of the vertical axis, with its unit.
        line: A value to compare with, or None.
        line_name: What it is called.
        upright: Whether the vertical axis begins at 0 and ends at 1.
        faint: Numbers of the bars that count for little, from 0 on.
        caption: One sentence for a person, or an empty text.
    """

    x: Annotated[list[Measured], Meta(max_length=MOST_BARS)]
    values: Annotated[list[Measured], Meta(max_length=MOST_BARS)]
    x_title: Line
    y_title: Line
    line: Measured | None = None
    line_name: Line = ""
    upright: bool = False
    faint: Annotated[list[Count], Meta(max_length=MOST_BARS)] = field(default_factory=list)
    caption: Text = ""


Panel = Pictures | Bars
