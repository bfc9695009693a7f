"""One image of which a network sees more and more: nothing that is hidden leaks, and all of it is seen at the end."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core.models.contracts import Look
from ae_core.settings import DataSpec
from ae_core.variants import get, read_settings

SPEC = DataSpec((28, 28, 1))


def built(variant: str, spec: DataSpec = SPEC):
    settings = read_settings({"variant": variant, "latent_dim": 4})
    return get(variant).build(settings, spec)


def given_to(model, image: np.ndarray) -> np.ndarray:
    """What the panel gives the encoder of an image."""
    (panel,) = model.panels
    return panel._parts(image)


def test_patches_are_added_one_set_to_the_other_until_all_are_seen():
    image = np.random.default_rng(0).random(SPEC.shape, np.float32)
    given = given_to(built("masked"), image)
    seen = given != -1.0
    assert (seen[1:] | ~seen[:-1]).all(), "what was seen once stays"
    shares = seen.mean(axis=(1, 2, 3))
    assert (np.diff(shares) > 0).all() and shares[0] < 0.15 and shares[-1] == 1.0
    np.testing.assert_array_equal(given[seen], np.broadcast_to(image, given.shape)[seen])
    patches = seen.reshape(len(seen), 7, 4, 7, 4).transpose(0, 1, 3, 2, 4).reshape(len(seen), 49, 16)
    assert (patches.all(axis=-1) | ~patches.any(axis=-1)).all(), "whole patches"


@pytest.mark.parametrize("spec", [SPEC, DataSpec((30,))], ids=["rows", "values"])
def test_steps_are_read_from_the_first_on(spec):
    example = 1 + np.random.default_rng(0).random(spec.shape, np.float32)
    given = given_to(built("recurrent", spec), example).reshape(7, -1)
    for share, one in zip(np.arange(1, 8) / 7, given, strict=True):
        read = np.count_nonzero(one)
        np.testing.assert_array_equal(one[:read], example.ravel()[:read])
        assert not one[read:].any()
        assert abs(read / spec.size - share) < 0.15
    np.testing.assert_array_equal(given[-1], example.ravel())


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("variant", ["masked", "recurrent"])
def test_the_picture_shows_what_was_given_and_what_the_model_makes_of_it(variant):
    model = built(variant)
    images = np.random.default_rng(0).random((3, *SPEC.shape), np.float32)

    def show(values: np.ndarray) -> np.ndarray:
        return (np.clip(values, 0, 1) * 255).round().astype(np.uint8)

    (panel,) = model.panels
    content = panel.measure(Look(model, images, images, model.encode(images), show))
    assert (content.columns, len(content.rows)) == (7, 2)
    picture = np.asarray(Image.open(io.BytesIO(content.png)).convert("L")).astype(int)
    assert picture.shape == (2 * 29 - 1, 7 * 29 - 1)
    # One shade of a sheet stands for what is transparent: a pixel that bears it is drawn a shade darker.
    np.testing.assert_allclose(picture[:28, -28:], show(images[0])[..., 0], atol=1)
    given = given_to(model, images[0])
    np.testing.assert_allclose(picture[29:, :28], show(model.decode(model.encode(given[:1])))[0, ..., 0], atol=2)
