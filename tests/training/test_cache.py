"""What a worker keeps between trainings: one compiled model per architecture, and no more than fits."""

from collections.abc import Iterator

import pytest

from ae_core import variants
from ae_core.training import cache, warm_up


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    for kept in (cache._models_kept, cache._tables_kept):
        kept.clear()
    yield
    for kept in (cache._models_kept, cache._tables_kept):
        kept.clear()


def model(variant: str = "vanilla", **values: object) -> cache.Autoencoder:
    given = variants.read_settings({"variant": variant, "dataset": "digits", "epochs": 1} | values)
    return cache.prepare(given).model


@pytest.mark.slow
def test_every_variant_finds_its_model_again() -> None:
    models = {name: model(name) for name in variants.registry()}
    assert all(model(name, seed=7) is one for name, one in models.items())


@pytest.mark.slow(seconds=1)
def test_models_whose_table_is_gone_go_with_it() -> None:
    first = model(train_size=600)
    for size in range(610, 610 + 10 * cache.DATA_KEPT, 10):
        model(train_size=size)
    assert len(cache._models_kept) == cache.DATA_KEPT
    assert model(train_size=600) is not first


def test_large_models_make_room_for_each_other_and_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "NUMBERS_KEPT", 10_000)
    small, large = model(latent_dim=2), model(latent_dim=32)  # 64-2-64 and 64-32-64, three numbers to a weight
    assert model(latent_dim=32) is large
    assert model(latent_dim=2) is not small


@pytest.mark.slow
def test_a_warm_up_compiles_what_a_first_training_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    small = variants.read_settings({"variant": "vanilla", "dataset": "digits"})
    monkeypatch.setattr(warm_up.variants, "first_settings", lambda: small)
    warm_up.warm_up()
    (stages,) = cache._models_kept.values()
    assert int(stages[-1].model.optimizer.iterations) == stages[-1].chunk, "one chunk was trained"
    assert model("vanilla", epochs=20) is stages[-1].model
