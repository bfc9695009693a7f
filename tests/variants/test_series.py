"""Every variant takes series of several channels, or says in one sentence why not."""

import keras
import numpy as np
import pytest

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.settings import DataSpec
from ae_core.training import execution

SERIES = DataSpec((21, 3), unit_range=False)
ONLY_IMAGES = {"masked"}


@pytest.mark.parametrize("name", variants.registry())
def test_a_series_goes_in_and_a_series_comes_out(name):
    settings = variants.read_settings({"variant": name, "dataset": "pumps", "latent_dim": 4})
    if name in ONLY_IMAGES:
        with pytest.raises(SettingError, match=r"^dataset must hold images"):
            settings.check(SERIES)
        return
    settings.check(SERIES)
    model = variants.get(name).build(settings, SERIES)
    series = np.random.default_rng(0).normal(size=(5, *SERIES.shape)).astype(np.float32)
    codes = model.encode(series)
    assert codes.shape == (5, *model.code_shape)
    assert model.decode(codes).shape == series.shape


def test_convolutions_slide_over_time_alone():
    settings = variants.read_settings({"variant": "convolutional", "dataset": "pumps", "channels": "8,4,2"})
    settings.check(SERIES)
    model = variants.get("convolutional").build(settings, SERIES)
    kinds = [layer for layer in (*model.encoder.layers, *model.decoder.layers) if execution.is_convolution(layer)]
    assert [layer.kernel.shape for layer in kinds] == [
        (3, 3, 8),
        (3, 8, 4),
        (3, 4, 2),
        (3, 2, 4),
        (3, 4, 8),
        (3, 8, 3),
    ]
    assert all(isinstance(layer, keras.layers.Conv1D) for layer in kinds)
    # A later moment changes nothing far before it, as long as the code does not mix all moments.
    spatial = variants.read_settings({"variant": "convolutional", "channels": "4", "spatial": "true"})
    encoder = variants.get("convolutional").build(spatial, SERIES).encoder
    series = np.zeros((2, *SERIES.shape), np.float32)
    series[1, 15] = 5
    first, second = np.asarray(encoder(series))
    assert np.array_equal(first[:6], second[:6]) and not np.array_equal(first, second)
    with pytest.raises(SettingError, match=r"^channels must have fewer entries for series of 3 moments"):
        settings.check(DataSpec((3, 2), unit_range=False))
    with pytest.raises(SettingError, match=r"^dataset must hold images or series"):
        settings.check(DataSpec((30,), unit_range=False))


def test_a_recurrent_network_reads_a_moment_at_a_time_or_some_of_a_long_series():
    settings = variants.read_settings({"variant": "recurrent", "dataset": "pumps"})
    for spec, steps in ((SERIES, (21, 3)), (DataSpec((64, 3), unit_range=False), (22, 9))):
        encoder = variants.get("recurrent").build(settings, spec).encoder
        assert next(layer for layer in encoder.layers if execution.is_recurrent(layer)).input.shape[1:] == steps
