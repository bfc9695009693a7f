"""What a film shows: what stays in every frame is drawn once, and the rest on it."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from ae_core import variants
from ae_core.figures.film.axes import Range, steady_ranges, ticks
from ae_core.figures.film.curve import Box, LossCurves
from ae_core.figures.film.points import draw_points
from ae_core.figures.film.values import values_of
from ae_core.figures.film.words import FAINT, INK, can_be_drawn, drawable, fitting, width_of, write
from ae_core.figures.latent import axis_titles, classes, look
from ae_core.figures.plane import faint
from ae_core.figures.shared import COLOURS, Translate, mean_of, short, size_of, words
from ae_core.measuring.wording import about
from ae_core.messages import Plane, Setup, Snapshot

WIDTH, HEIGHT = 1000, 470
MARGIN = 18
MAP = (64, 52, 456, 410)  # left, upper, right and lower edge of the map
GRID = (550, 52, WIDTH - MARGIN, 300)  # the most that originals and reconstructions may take
VALUES = (564, 52, WIDTH - MARGIN, 276)  # the same for rows and series, which have longer names beside them
LINE = "#d5d9de"
TITLE, BODY, SMALL = 18, 14, 12  # pixels
LEGEND_LINE, MARKER = 20, 18
CURVE_GAP = 26  # pixels above the loss curves


class Scene:
    """The frames of one run, to be drawn one after the other.

    Args:
        setup: The run's setup message.
        snapshots: Its snapshots, at least one.
        translate: Turns an English label into the reader's language.
    """

    def __init__(self, setup: Setup, snapshots: Sequence[Snapshot], translate: Translate):
        self.setup, self.snapshots = setup, snapshots
        self.translate = drawable(about(setup.shape, translate))
        self.clouds = [np.frombuffer(one.latent, "<f4").reshape(-1, 2).astype(np.float64) for one in snapshots]
        self.x, self.y = (steady_ranges([cloud[:, axis] for cloud in self.clouds]) for axis in (0, 1))
        labels = np.frombuffer(setup.labels, np.uint8)
        count = len(self.clouds[0])
        named = classes(setup) if len(labels) == count else []
        numbers = labels if named else np.zeros(count, np.uint8)
        self._shown = numbers < max(1, len(named))
        self._looks = np.array([look(place) for place in range(256)])[numbers]
        self._palette = np.array([tuple(bytes.fromhex(colour[1:])) for colour in COLOURS], np.uint8)
        self._values = values_of(VALUES, setup, snapshots, self.translate)
        self._grid_ends = self._values.lower if self._values else GRID[1] + self._grid_size(snapshots[0])[1]
        self._curves = LossCurves(self._place_of_curves(named), snapshots[-1].history, self.translate)
        self._ground = self._still(named)

    def frame(self, place: int) -> Image.Image:
        """One frame, `WIDTH` × `HEIGHT` pixels of red, green and blue."""
        snapshot = self.snapshots[place]
        picture = self._ground.copy()
        draw = ImageDraw.Draw(picture)
        write(draw, (WIDTH - MARGIN, 16), self._status(snapshot), TITLE, anchor="ra")
        self._axes(draw, self.x[place], self.y[place])
        self._map(picture, place)
        self._grid(picture, snapshot)
        write(draw, (GRID[0], self._grid_ends + 6), self._errors(snapshot), BODY)
        if self._curves.drawn:
            self._curves.onto(picture, snapshot.history)
        return picture

    def point(self, place: int, number: int) -> tuple[float, float]:
        """Where a frame shows one of the map's points: right and down in pixels of the frame."""
        right, down = self._pixels(place)[number]
        return MAP[0] + float(right), MAP[1] + float(down)

    def _still(self, named: Sequence[str]) -> Image.Image:
        picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
        draw = ImageDraw.Draw(picture)
        settings = self.setup.settings
        variant, known = str(settings.get("variant", "")), variants.registry()
        title = self.translate("{variant} on {dataset}, code of {count}").format(
            variant=self.translate(known[variant].title) if variant in known else variant,
            dataset=settings.get("dataset", "–"),
            count=self.setup.code_size,
        )
        write(draw, (MARGIN, 16), fitting(title, TITLE, WIDTH / 2), TITLE)
        across, up = (self.translate(one) for one in axis_titles(self.setup))
        write(draw, ((MAP[0] + MAP[2]) / 2, HEIGHT - 28), across, BODY, anchor="ma")
        turned = Image.new("L", (MAP[3] - MAP[1], 20), 0)
        write(ImageDraw.Draw(turned), (turned.width / 2, 0), up, BODY, 255, "ma")
        picture.paste(INK, (4, MAP[1]), turned.rotate(90, expand=True))
        if self._values:
            self._values.still(picture)
        else:
            self._row_names(draw)
        if named:
            self._legend(picture, named)
        if self._curves.drawn:
            self._curves.still(draw)
        return picture

    def _row_names(self, draw: ImageDraw.ImageDraw) -> None:
        grid = self.snapshots[0].grid
        _, height = self._grid_size(self.snapshots[0])
        step = height / len(grid.rows)
        for place, row in enumerate(grid.rows):
            name = fitting(words(row, self.translate), SMALL, GRID[0] - MAP[2] - 10)
            write(draw, (GRID[0] - 8, GRID[1] + (place + 0.5) * step), name, SMALL, anchor="rm")

    @property
    def _legend_begins(self) -> int:
        return self._grid_ends + 30

    def _names_and_columns(self, named: Sequence[str]) -> tuple[list[str], int]:
        """What the classes are called in the legend, and how many stand in a row."""
        names = [name if can_be_drawn(name) else str(place) for place, name in enumerate(named)]
        rows = max(1, (HEIGHT - self._legend_begins - 8) // LEGEND_LINE)
        widest = max(width_of(name, BODY) for name in names) + 2 * MARKER
        return names, max(-(-len(names) // rows), min(5, int((GRID[2] - GRID[0]) // widest)), 1)

    def _place_of_curves(self, named: Sequence[str]) -> Box:
        upper = self._legend_begins + CURVE_GAP
        if named:
            names, columns = self._names_and_columns(named)
            upper += -(-len(names) // columns) * LEGEND_LINE
        return GRID[0], upper, GRID[2], HEIGHT - MARGIN

    def _legend(self, picture: Image.Image, named: Sequence[str]) -> None:
        """The classes below originals and reconstructions, row by row, each as wide as the longest name asks for."""
        upper, width = self._legend_begins, GRID[2] - GRID[0]
        names, columns = self._names_and_columns(named)
        each = width // columns
        draw = ImageDraw.Draw(picture)
        middles = []
        for place, name in enumerate(names):
            row, column = divmod(place, columns)
            left, middle = GRID[0] + column * each, upper + (row + 0.5) * LEGEND_LINE
            middles.append((left + 6.0, middle))
            write(draw, (left + MARKER, middle), fitting(name, BODY, each - MARKER - 8), BODY, anchor="lm")
        looks = np.array([look(place) for place in range(len(names))])
        drawn = draw_points(np.asarray(picture), np.array(middles), looks[:, 1], looks[:, 0], self._palette)
        picture.paste(Image.fromarray(drawn))

    def _status(self, snapshot: Snapshot) -> str:
        losses = [value for value in snapshot.history.get("loss", ()) if value is not None]
        return self.translate("step {step}, epoch {epoch}, loss {loss}").format(
            step=f"{snapshot.step:,}",
            epoch=f"{snapshot.epoch:.1f}",
            loss=f"{losses[-1]:.4g}" if losses else "–",
        )

    def _errors(self, snapshot: Snapshot) -> str:
        grid = snapshot.grid
        return self.translate("mean squared error {error}, PCA {pca}").format(
            error=short(mean_of(grid.errors)), pca=short(mean_of(grid.pca_errors))
        )

    def _axes(self, draw: ImageDraw.ImageDraw, x: Range, y: Range) -> None:
        left, upper, right, lower = MAP
        for value in ticks(*x):
            at = left + _share(value, x) * (right - left)
            write(draw, (at, lower + 6), f"{value:.6g}", SMALL, FAINT, "ma")
        for value in ticks(*y):
            at = lower - _share(value, y) * (lower - upper)
            write(draw, (left - 6, at), f"{value:.6g}", SMALL, FAINT, "rm")

    def _map(self, picture: Image.Image, place: int) -> None:
        left, upper, right, lower = MAP
        width, height = right - left, lower - upper
        x, y, plane = self.x[place], self.y[place], self.snapshots[place].plane
        box = Image.new("RGB", (width, height), "white")
        if plane is not None:
            _put_behind(box, plane, x, y)
        draw = ImageDraw.Draw(box)
        for value in ticks(*x):
            draw.line([(_share(value, x) * width, 0), (_share(value, x) * width, height)], LINE)
        for value in ticks(*y):
            draw.line([(0, height - _share(value, y) * height), (width, height - _share(value, y) * height)], LINE)
        draw.rectangle((0, 0, width - 1, height - 1), outline=LINE)
        seen = self._shown
        colours, symbols = self._looks[seen].T
        points = draw_points(np.asarray(box), self._pixels(place)[seen], symbols, colours, self._palette)
        picture.paste(Image.fromarray(points), (left, upper))

    def _pixels(self, place: int) -> np.ndarray:
        """The map's points, right and down in pixels of the map, `(n_samples, 2)`."""
        left, upper, right, lower = MAP
        across, up = self.clouds[place].T
        return np.stack(
            [_share(across, self.x[place]) * (right - left), (1 - _share(up, self.y[place])) * (lower - upper)], axis=1
        )

    def _grid_size(self, snapshot: Snapshot) -> tuple[int, int]:
        """Width and height of originals and reconstructions in a frame, in pixels."""
        width, height = size_of(snapshot.grid.png)
        scale = min((GRID[2] - GRID[0]) / width, (GRID[3] - GRID[1]) / height)
        return round(scale * width), round(scale * height)

    def _grid(self, picture: Image.Image, snapshot: Snapshot) -> None:
        if self._values:
            self._values.onto(picture, snapshot)
            return
        size = self._grid_size(snapshot)
        with Image.open(io.BytesIO(snapshot.grid.png)) as sheet:
            whole = sheet.convert("RGBA").resize(size, Image.Resampling.BOX)  # squares stay squares
        picture.paste(whole, GRID[:2], whole)


def _share(value, ends: Range):
    """Where on an axis a value lies, from 0 to 1."""
    return (value - ends[0]) / (ends[1] - ends[0])


def _put_behind(box: Image.Image, plane: Plane, x: Range, y: Range) -> None:
    """Lays the decoded plane where its codes are, which may be a part of the map."""
    png, opacity = faint(plane)
    left, right = (round(_share(value, x) * box.width) for value in plane.x)
    lower, upper = (round((1 - _share(value, y)) * box.height) for value in plane.y)
    with Image.open(io.BytesIO(png)) as sheet:
        seen = sheet.convert("RGBA").resize((max(1, right - left), max(1, lower - upper)), Image.Resampling.BILINEAR)
    opacities = seen.getchannel("A").point(lambda value: round(opacity * value))
    box.paste(seen.convert("RGB"), (left, upper), opacities)
