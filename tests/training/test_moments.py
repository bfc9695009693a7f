"""What a network was at a moment of its training: taken, and made again."""

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.errors import DataError
from ae_core.training import moments
from ae_core.variants import read_settings

SETTINGS = {"dataset": "digits", "latent_dim": 4}


@pytest.mark.slow(seconds=12)
@pytest.mark.parametrize("variant", variants.registry())
def test_a_network_is_made_again_of_its_weights(variant):
    settings = read_settings(SETTINGS | {"variant": variant})
    tables = data.prepare(data.load(settings.dataset), settings)
    model = variants.get(variant).build(settings, tables.spec)
    random = np.random.default_rng(3)
    for weight in model.mapping:
        weight.assign(np.asarray(weight) + random.normal(0, 0.05, weight.shape).astype(np.float32))
    weights = moments.taken(model)
    assert len(weights) == 2 * sum(int(np.prod(one.shape)) for one in model.mapping)
    examples = tables.scaled(tables.x_test[:20])
    made = moments.restored(weights, settings, tables.spec)
    wanted = model.standalone()
    codes = np.asarray(wanted.get_layer("encoder")(examples))
    found = np.asarray(made.get_layer("encoder")(examples))
    same = np.isclose(found, codes, atol=0.03, rtol=0.03).mean()
    assert same > 0.98, "three digits of each weight"  # of a codebook's entries, another one may be nearest
    np.testing.assert_allclose(
        np.asarray(made.get_layer("decoder")(codes)), np.asarray(wanted.get_layer("decoder")(codes)), atol=0.03
    )


def test_weights_that_do_not_fit_are_refused_and_those_that_are_no_numbers_not_taken():
    settings = read_settings(SETTINGS | {"variant": "vanilla"})
    tables = data.prepare(data.load(settings.dataset), settings)
    with pytest.raises(DataError, match=r"must have [0-9,]+ bytes\. Received: 10\."):
        moments.restored(bytes(10), settings, tables.spec)
    model = variants.get("vanilla").build(settings, tables.spec)
    for wrong in (np.nan, 1e6):
        values = np.asarray(model.mapping[0]).copy()
        values[0, 0] = wrong
        model.mapping[0].assign(values)
        assert moments.taken(model) == b""
