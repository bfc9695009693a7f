"""Settings check themselves, whatever they are read from."""

from typing import Any

import pytest

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.settings import DataSpec, options
from ae_core.variants import read_settings

IMAGE = DataSpec((28, 28, 1))


@pytest.mark.parametrize("name", variants.registry())
def test_text_and_back_gives_the_same_settings(name):
    settings = variants.get(name).settings(seed=7, epochs=3)
    text = {
        key: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in settings.to_dict().items()
    }
    assert read_settings(text) == settings


@pytest.mark.parametrize("name", variants.registry())
def test_every_setting_refuses_what_is_out_of_bounds_by_name(name):
    for key, option in options(variants.get(name).settings).items():
        wrong: list[Any] = ["no such thing"] if option.choices else []
        if option.low is not None:
            wrong += [option.low - 1, "nan", "inf", "words", ""][: 5 if option.longest == 1 else 4]
        if option.high is not None:
            wrong += [option.high * 2 + 1, 1e300]
        for value in wrong:
            with pytest.raises(SettingError, match=rf"^{key} must be .* Received: "):
                read_settings({"variant": name, key: value})


def test_unknown_names_are_refused_with_what_is_allowed():
    with pytest.raises(SettingError, match=r"noise_factor.* is not a setting of the variant vanilla. Allowed: "):
        read_settings({"variant": "vanilla", "noise_factor": 0.5})
    with pytest.raises(SettingError, match=f"variant must be one of {', '.join(variants.registry())}. Received: 'gan'"):
        read_settings({"variant": "gan"})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"variant": "stacked", "widths": "1,2,3,4,5,6,7"}, "at most 6 comma-separated entries"),
        ({"variant": "stacked", "widths": "64,,x"}, "widths must be"),
        ({"epochs": 2.5}, "epochs must be an integer from 1 to 500"),
        ({"epochs": True}, "epochs must be an integer"),
        ({"tied": "maybe"}, "tied must be true or false"),
    ],
)
def test_messages_say_what_is_allowed(values, message):
    with pytest.raises(SettingError, match=message):
        read_settings(values)


def test_other_spellings_of_the_losses():
    assert read_settings({"loss": "bce"}).loss == "cross_entropy"
    assert read_settings({"loss": "mean_squared_error"}).loss == "mse"


def test_automatic_loss_follows_the_data():
    settings = read_settings({"variant": "stacked"})
    assert (settings.resolved_loss(IMAGE), settings.resolved_output(IMAGE)) == ("cross_entropy", "sigmoid")
    vectors = DataSpec((100,), unit_range=False)
    assert (settings.resolved_loss(vectors), settings.resolved_output(vectors)) == ("mse", "linear")


@pytest.mark.parametrize(
    ("values", "spec", "name"),
    [
        ({"loss": "cross_entropy"}, DataSpec((100,), unit_range=False), "loss"),
        ({"loss": "cross_entropy", "output": "linear"}, IMAGE, "output"),
        ({"output": "sigmoid", "loss": "mse"}, DataSpec((100,), unit_range=False), "output"),
        ({"augmentation": "shift"}, DataSpec((100,), unit_range=False), "augmentation"),
        ({"variant": "undercomplete", "latent_dim": 784}, IMAGE, "latent_dim"),
        ({"variant": "undercomplete", "linear": True, "loss": "bce"}, IMAGE, "linear"),
        ({"variant": "convolutional"}, DataSpec((100,)), "dataset"),
        ({"variant": "convolutional", "channels": "2,2,2,2"}, DataSpec((8, 8, 1)), "channels"),
        ({"variant": "convolutional", "channels": ""}, IMAGE, "channels"),
        ({"variant": "denoising", "noise": "salt_and_pepper"}, DataSpec((100,), unit_range=False), "noise"),
    ],
)
def test_settings_that_do_not_fit_the_data_are_refused_by_name(values, spec, name):
    with pytest.raises(SettingError, match=rf"^{name} must .* Received: "):
        read_settings(values).check(spec)
