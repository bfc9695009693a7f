"""Messages of a made-up run, from real digits: PCA fades in as if it were being learnt. No training, no TensorFlow."""

import functools
import io
from typing import Any

import msgspec
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from ae_core.messages import Atlas, ColumnTitle, Grid, GridValues, Inputs, Mark, Setup, Snapshot

POINTS, COLUMNS, TILE = 1000, 10, 28
ROWS = ["original", "corrupted", "reconstruction", "pca", "error"]


@functools.cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images in [0, 1] of shape (points, 28, 28), and their labels."""
    pictures, labels = load_digits(return_X_y=True)
    small = (pictures[:POINTS].reshape(-1, 8, 8) * 255 / 16).astype(np.uint8)
    large = [np.asarray(Image.fromarray(one).resize((TILE, TILE), Image.Resampling.BICUBIC)) for one in small]
    return np.stack(large).astype(np.float32) / 255, labels[:POINTS]


@functools.cache
def projection(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """PCA's codes (points, size), reconstructions (points, 784) and mean image."""
    images = digits()[0].reshape(POINTS, -1)
    pca = PCA(size, random_state=0).fit(images)
    codes = pca.transform(images)
    return codes.astype(np.float32), pca.inverse_transform(codes).astype(np.float32), pca.mean_


def mosaic(rows: list[np.ndarray], gap: int) -> bytes:
    """One PNG of rows of pictures, each row of shape (columns, 28, 28)."""
    step = TILE + gap
    canvas = np.full((len(rows) * step - gap, len(rows[0]) * step - gap), 128, np.uint8)
    for y, row in enumerate(rows):
        for x, tile in enumerate(row):
            canvas[y * step : y * step + TILE, x * step : x * step + TILE] = np.clip(tile, 0, 1) * 255
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, "PNG")
    return file.getvalue()


@functools.cache
def atlas() -> bytes:
    """Every point's picture, 50 in a row."""
    return mosaic(list(digits()[0].reshape(-1, 50, TILE, TILE)), 0)


def setup(size: int = 8, **changes: Any) -> Setup:
    """A setup message."""
    _, labels = digits()
    made = Setup(
        run_id="demo",
        settings={"variant": "sparse", "latent_dim": size},
        shape=[TILE, TILE, 1],
        unit_range=True,
        device="CPU, 2 cores",
        backend="tensorflow",
        parameters=218_000,
        input_size=784,
        code_size=size,
        code_shape=[size],
        class_names=[str(digit) for digit in range(10)],
        labels=labels.astype(np.uint8).tobytes(),
        atlas=Atlas(png=atlas(), columns=50, tile=(TILE, TILE), count=POINTS),
        loss_name="mse",
        terms=["reconstruction", "sparsity"],
        total_steps=3000,
        steps_per_epoch=100,
        total_epochs=30,
        phases=[],
        panels=[],
        loss_floor=0.0,
        live={"learning_rate": 0.001, "sparsity_weight": 0.1},
        notes=[],
        inputs=Inputs(offset=0.25, spread=0.26, widest=0.45, zeros=0.75, mean_mse=0.068),
    )
    return msgspec.structs.replace(made, **changes)


def snapshot(step: int, size: int = 8, **changes: Any) -> Snapshot:
    """The snapshot message at a step, from nothing learnt at 0 to PCA itself far out."""
    images, _ = digits()
    flat = images.reshape(POINTS, -1)
    codes, rebuilt, mean = projection(size)
    pca_errors = np.mean((rebuilt - flat) ** 2, axis=1)[:COLUMNS]

    def learnt(at: float) -> float:
        return 1 - float(np.exp(-at / 400))

    steps = list(range(0, step + 1, max(1, -(-step // 200))))
    losses = [float(np.mean((mean + learnt(at) * (rebuilt - mean) - flat) ** 2)) for at in (0, 1000)]
    curve = [losses[0] + (losses[1] - losses[0]) * learnt(at) for at in steps]
    sparsity = [0.004 * (1 - 0.6 * learnt(at)) for at in steps]
    output = mean + learnt(step) * (rebuilt[:COLUMNS] - mean)
    errors = np.mean((output - flat[:COLUMNS]) ** 2, axis=1)
    noisy = np.clip(flat[:COLUMNS] + np.random.default_rng(0).normal(0, 0.3, (COLUMNS, 784)), 0, 1)
    rows = [flat[:COLUMNS], noisy, output, rebuilt[:COLUMNS], np.abs(output - flat[:COLUMNS])]
    made = Snapshot(
        run_id="demo",
        step=step,
        epoch=step / 100,
        seconds=step / 250,
        state="running",
        history={
            "step": [*steps],
            "epoch": [at / 100 for at in steps],
            "seconds": [at / 250 for at in steps],
            "loss": [None, *(a + b for a, b in zip(curve[1:], sparsity[1:], strict=True))],
            "val_loss": [
                1.08 * a + b if place % 4 == 0 else None
                for place, (a, b) in enumerate(zip(curve, sparsity, strict=True))
            ],
            "reconstruction": [None, *curve[1:]],
            "val_reconstruction": [1.08 * value for value in curve],
            "sparsity": [*sparsity],
            "val_sparsity": [*sparsity],
        },
        marks=[Mark(step=300, epoch=3.0, name="learning_rate", before=0.001, after=0.01)] * (step > 300),
        latent=(codes[:, :2] * (0.2 + 0.8 * learnt(step))).astype("<f4").tobytes(),
        grid=Grid(
            png=mosaic([row.reshape(-1, TILE, TILE) for row in rows], 1),
            columns=COLUMNS,
            rows=ROWS,
            tile=(TILE, TILE),
            gap=1,
            errors=errors.tolist(),
            pca_errors=pca_errors.tolist(),
            corrupted_errors=np.mean((noisy - flat[:COLUMNS]) ** 2, axis=1).tolist(),
        ),
        pca_loss=float(np.mean((rebuilt - flat) ** 2)),
        numbers={
            "samples_per_second": 52_000.0,
            "eta_seconds": 31.0,
            "test_mse": 0.021,
            "pca_mse": 0.02,
            "knn1_accuracy": 0.93,
            "pca_knn1_accuracy": 0.95,
            "active_units": 0.75,
        },
    )
    return msgspec.structs.replace(made, **changes)


COLUMN_TITLES = [
    ColumnTitle(name="radius", unit="mm"),
    ColumnTitle(name="colour", category="red"),
    ColumnTitle(name="colour", category="blue"),
    ColumnTitle(name="<b>weight</b> of a very long name", unit="kg"),
    ColumnTitle(name="nothing"),
]


def rows(step: int = 900, **changes: Any) -> tuple[Setup, Snapshot]:
    """The messages of a run on a table of five columns, the last of them never known."""
    random = np.random.default_rng(0)
    original = random.normal([10, 0.5, 0.5, 70, 0], [2, 0.5, 0.5, 9, 1], (COLUMNS, 5))
    original[1, 0], original[:, 4] = np.nan, np.nan
    made = np.nan_to_num(original, nan=3.0) + 0.1 * random.normal(size=original.shape)
    ends = np.array([[5, 0, 0, 40, 0], [15, 1, 1, 100, 1]])
    values = GridValues(
        original=original.astype("<f4").tobytes(),
        reconstruction=made.astype("<f4").tobytes(),
        count=COLUMNS,
        ends=ends.astype("<f4").tobytes(),
        errors=np.array([0.2, 0.9, 0.4, 0.6, np.nan], "<f4").tobytes(),
    )
    return _of_values([5], values, step, columns=COLUMN_TITLES, **changes)


def series(step: int = 900, rate: float = 50.0, **changes: Any) -> tuple[Setup, Snapshot]:
    """The messages of a run on series of two channels and forty moments, of which every second one is told."""
    times = np.arange(20)
    original = np.stack([np.sin(times / 3 + phase) for phase in range(2 * COLUMNS)]).reshape(COLUMNS, 2, 20)
    original = original.swapaxes(1, 2).copy()  # (series, moments, channels)
    made = 0.9 * original
    original[0, 4:9, 1] = np.nan
    values = GridValues(
        original=original.astype("<f4").tobytes(),
        reconstruction=made.astype("<f4").tobytes(),
        count=COLUMNS,
        stride=2,
        ends=np.array([[-1, -1], [1, 1]], "<f4").tobytes(),
        errors=np.array([0.1, 0.1], "<f4").tobytes(),
    )
    titles = [ColumnTitle(name="current", unit="A"), ColumnTitle(name="torque", unit="N m")]
    return _of_values([40, 2], values, step, columns=titles, rate=rate, **changes)


def _of_values(shape: list[int], values: GridValues, step: int, **changes: Any) -> tuple[Setup, Snapshot]:
    made = snapshot(step)
    grid = msgspec.structs.replace(made.grid, values=values)
    size = int(np.prod(shape))
    told = setup(shape=shape, input_size=size, unit_range=False, loss_name="mse", **changes)
    return told, msgspec.structs.replace(made, grid=grid)
