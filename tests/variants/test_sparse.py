"""The sparse autoencoder: k of n units by rule, and what is shown of its activity."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.measuring.panels.activity import BINS, Activity
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.models.contracts import Look
from ae_core.models.layers.sparsity import keep_largest
from ae_core.training import cache
from ae_core.training.session import TrainingSession

SMALL: dict[str, Any] = {
    "variant": "sparse",
    "dataset": "digits",
    "latent_dim": 32,
    "epochs": 10,
    "train_size": 600,
    "batch_size": 32,
    "learning_rate": 0.005,
}


def trained(**changes: Any) -> tuple[TrainingSession, list[Any]]:
    settings = variants.read_settings(SMALL | changes)
    messages: list[TrainingMessage] = []
    run = TrainingSession(settings, emit=messages.append)
    run.train()
    return run, [message for message in messages if isinstance(message, Snapshot)]


def look_at(codes: np.ndarray) -> Look:
    return Look(model=None, images=codes, inputs=codes, codes=codes, show=lambda values: values)  # type: ignore[arg-type]


def test_the_k_largest_stay():
    code = np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32)
    kept = ops.convert_to_numpy(keep_largest(code, 3))
    expected = np.zeros_like(code)
    places = np.argsort(code, axis=1)[:, -3:]
    np.put_along_axis(expected, places, np.take_along_axis(code, places, axis=1), axis=1)
    np.testing.assert_array_equal(kept, expected)
    assert keep_largest(code, 12) is code, "from the number of units on, all stay"


@pytest.mark.slow
def test_a_trained_and_saved_code_has_exactly_k_active_units(tmp_path):
    run, _ = trained(sparsity="k-sparse", active_count=5)
    assert run.settings.sparsity == "k_sparse"  # type: ignore[attr-defined]
    images = run.probe.images[:200]
    assert set(np.count_nonzero(run.model.encode(images), axis=1)) == {5}
    run.model.standalone().save(tmp_path / "model.keras")
    encoder, decoder = keras.models.load_model(tmp_path / "model.keras", safe_mode=True).layers
    codes = ops.convert_to_numpy(encoder(images))
    assert set(np.count_nonzero(codes, axis=1)) == {5}
    np.testing.assert_allclose(
        ops.convert_to_numpy(decoder(codes)), run.model.decode(run.model.encode(images)), rtol=1e-4, atol=1e-5
    )


@pytest.mark.slow
def test_the_rule_needs_no_penalty_and_the_error_still_falls():
    run, snapshots = trained(sparsity="k_sparse", active_count=5)
    assert run.model.term_names == ("reconstruction",)
    assert set(run.model.tunable) == {"learning_rate"}
    assert snapshots[-1].numbers["test_mse"] < 0.5 * snapshots[0].numbers["test_mse"]
    _, dense = trained(sparsity="l1", sparsity_weight=0.0)
    free = dense[-1].numbers
    assert snapshots[-1].numbers["population_sparsity"] > free["population_sparsity"] + 0.1


@pytest.mark.slow
def test_mean_activations_move_to_the_target():
    target = 0.1
    run, snapshots = trained(sparsity="kl", sparsity_target=target, sparsity_weight=0.1, epochs=40)
    panel = next(panel for panel in run.probe.panels if panel.name == "activity")
    assert panel.title == "Mean activations"
    first, last = (snapshot.panels["activity"] for snapshot in (snapshots[0], snapshots[-1]))
    assert first.x == last.x and len(last.x) == BINS, "the axis never jumps"
    assert (last.line, last.line_name, last.upright) == (target, "ρ", True)
    for content in (first, last):
        assert sum(content.values) == SMALL["latent_dim"], "every unit is in a bin"
    mean_of = [np.average(content.x, weights=content.values) for content in (first, last)]
    assert mean_of[0] == pytest.approx(0.5, abs=0.1)
    assert mean_of[1] == pytest.approx(target, abs=0.05)


def test_the_histogram_counts_units():
    codes = np.array([[0.0, 0.2, 1.0, 0.0], [0.0, 0.4, 1.0, 0.0], [0.0, 0.6, 1.0, 2.0], [0.0, 0.8, 1.0, 0.0]])
    by_mean = Activity(0.3, "ρ", counted=False).measure(look_at(codes))
    by_share = Activity(None, "", counted=True).measure(look_at(codes))
    filled = [
        {round(x, 2): count for x, count in zip(content.x, content.values, strict=True) if count}
        for content in (by_mean, by_share)
    ]
    assert filled[0] == {0.01: 1, 0.51: 2, 0.99: 1}, "means 0, 0.5, 1, 0.5"
    assert Activity(0.3, "ρ", counted=False).numbers(look_at(codes))["mean_activation"] == pytest.approx(0.5)
    assert filled[1] == {0.01: 1, 0.25: 1, 0.99: 2}, "active at 0, 4, 4 and 1 of 4 images"


def test_sparsity_has_its_extremes():
    panel = Activity(None, "", counted=True)
    alone, together = np.eye(20), np.ones((20, 20))
    assert panel.numbers(look_at(alone)) == pytest.approx({"lifetime_sparsity": 1, "population_sparsity": 1})
    assert panel.numbers(look_at(together)) == pytest.approx({"lifetime_sparsity": 0, "population_sparsity": 0})


def test_k_is_part_of_the_architecture_and_the_seed_is_not():
    first = cache.prepare(variants.read_settings(SMALL | {"sparsity": "k_sparse", "active_count": 4}), ignore).model
    again = cache.prepare(
        variants.read_settings(SMALL | {"sparsity": "k_sparse", "active_count": 4, "seed": 1}), ignore
    ).model
    other = cache.prepare(variants.read_settings(SMALL | {"sparsity": "k_sparse", "active_count": 6}), ignore).model
    assert again is first
    assert other is not first


def ignore(*words: Any) -> None:
    """Progress that nobody reads."""
