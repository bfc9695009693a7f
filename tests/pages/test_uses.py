"""What the chips promise: data that need no network, a short training, and in each run what one is told to look at."""

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.data.classes import class_numbers
from ae_core.measuring.panels.samples import Samples
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.seeding import building
from ae_core.training import execution, stored_model
from pages.ui.form.uses import USES

# Weights times images in a second, measured in these trainings on two busy cores; a quarter of a minute is left.
WORK, SECONDS = 1e10, 45


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """No data but what ships, and no network."""
    monkeypatch.delenv("AE_DATA_DIR", raising=False)
    monkeypatch.setattr("ae_core.data.download.fetch", None)


def prepared(name: str) -> data.Prepared:
    return data.prepare(data.load(USES[name].settings.dataset), USES[name].settings)


def built(name: str) -> Autoencoder:
    settings = USES[name].settings
    execution.configure()
    with building(0):
        return variants.get(settings.variant).build(settings, prepared(name).spec)


@pytest.mark.parametrize("name", USES)
def test_each_trains_in_less_than_a_minute_on_data_that_ship(name: str) -> None:
    settings, found = USES[name].settings, prepared(name)
    work = settings.epochs * len(found.x_train) * stored_model.count(settings, found.spec)
    assert work <= WORK * SECONDS
    assert USES[name].look.endswith(".") and len(USES[name].label.split()) <= 4


@pytest.mark.slow(seconds=1)
def test_what_is_to_be_seen_is_there() -> None:
    images = [name for name in USES if prepared(name).spec.is_image]
    assert "compress" in images and USES["compress"].settings.latent_dim == 16, "as its sentence says"
    assert prepared("compress").spec.size == 784
    assert "784" in USES["compress"].look and "16" in USES["compress"].look
    for name in ("clean", "fill", "recommend"):
        assert built(name).corruption is not None, name
    assert any(isinstance(panel, Samples) for panel in built("generate").panels)
    assert np.isnan(prepared("recommend").x_train).mean() > 0.5, "films that people have not seen"
    for name in ("odd", "machine"):
        settings = USES[name].settings
        classes = data.load(settings.dataset).info.class_names
        normal = class_numbers(settings.normal, classes)
        assert 0 < len(normal) < len(classes), "some are normal, and there are others"
        assert set(prepared(name).y_train) == set(normal) and set(prepared(name).y_test) > set(normal)
    few = prepared("few_labels")
    assert len(set(few.y_train)) == 10 and len(few.y_train) > 1000, "a hundred labels are few of them"
    for name in ("cluster", "genes"):
        assert USES[name].settings.latent_dim == 2, "the map is the code itself"
        assert len(data.load(USES[name].settings.dataset).info.class_names) > 5, "types that part on it"
