"""What is unknown has no weight in the loss, whatever is done to the input; what is known costs what it did."""

import keras
import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.layers.table import ResidentTable
from ae_core.settings import DataSpec

ROWS, COLUMNS = 24, 6
SPEC = DataSpec((COLUMNS,), unit_range=False)
OFFSET = np.linspace(-1, 1, COLUMNS).astype(np.float32)


def a_table(share: float = 0.3) -> np.ndarray:
    """Rows around 0 with gaps; the last column is never known."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    rows[random.random(rows.shape) < share] = np.nan
    rows[:, -1] = np.nan
    return rows


def a_model(rows: np.ndarray, variant: str = "vanilla", **changes: object) -> Autoencoder:
    settings = variants.read_settings({"variant": variant, "latent_dim": 2, **changes})
    model = variants.get(variant).build(settings, SPEC)
    table = ResidentTable(rows.shape, "float32", bool(np.isnan(rows).any()))
    table.fill(rows, np.full(1, 0.5, np.float32), OFFSET)
    model.attach(table)
    return model


def test_the_loss_is_the_mean_over_what_is_known() -> None:
    rows = a_table()
    model = a_model(rows)
    given = model(np.arange(ROWS, dtype=np.int32))
    known, filled = ~np.isnan(rows), np.nan_to_num(rows) * 0.5 + OFFSET
    np.testing.assert_allclose(given["target"], filled, atol=1e-6, err_msg="fed with the mean, which is 0 in the table")
    made = model.decode(model.encode(filled))
    error = float(model.loss_terms(**given)["reconstruction"])
    assert error == pytest.approx(np.mean(np.square(made - filled)[known]), rel=1e-5)
    terms = model.evaluate_terms(filled, filled, known.astype(np.float32))
    assert terms["reconstruction"] == pytest.approx(error, rel=1e-5)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_never_known_teaches_nothing(compiled: bool) -> None:
    model = a_model(a_table())
    model.compile(optimizer=keras.optimizers.SGD(0.1), jit_compile=compiled)
    last = model.decoder.get_layer("pixels")
    before = np.asarray(last.kernel).copy()
    losses = model.train_chunk(np.arange(ROWS, dtype=np.int32).reshape(3, 8), 3)
    moved = np.abs(np.asarray(last.kernel) - before).max(axis=0)
    assert np.isfinite(losses["loss"])
    assert moved[-1] == 0 and moved[:-1].min() > 0


@pytest.mark.parametrize("noise", ["gaussian", "masking", "salt_and_pepper"])
def test_noise_leaves_what_is_unknown_as_it_is(noise: str) -> None:
    rows = a_table()
    model = a_model(rows, "denoising", noise=noise, noise_factor=0.9)
    given = model(np.arange(ROWS, dtype=np.int32), training=True)
    target, inputs, unknown = (ops.convert_to_numpy(given["target"]), given["inputs"], np.isnan(rows))
    assert np.array_equal(np.asarray(inputs)[unknown], target[unknown])
    assert np.mean(np.asarray(inputs)[~unknown] != target[~unknown]) > 0.5


def test_where_all_is_known_nothing_is_asked_for_it() -> None:
    model = a_model(np.nan_to_num(a_table()))
    assert "pixel_weights" not in model(np.arange(3, dtype=np.int32))
    assert [weight.name for weight in model.table.weights] == ["rows", "scale", "offset", "black"]
    assert model.table.known(model.table.rows) is None
