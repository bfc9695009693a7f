"""Codes that match a prior: the discrepancy, the discriminator, and what both make of training."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.measuring.panels.prior_match import PriorMatch
from ae_core.measuring.panels.samples import COLUMNS, ROWS, Samples
from ae_core.messages import Pictures, Snapshot, TrainingMessage
from ae_core.models.contracts import Look
from ae_core.models.layers.prior import SCALES, AdversarialPenalty, DiscrepancyPenalty, squared_discrepancy
from ae_core.training.session import TrainingSession


def draws(count: int, size: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, size)).astype(np.float32)


def test_the_discrepancy_is_the_u_statistic_of_the_paper():
    x, y = 2 * draws(7), draws(7, seed=1) + 1

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        widths = [2 * 4 * scale for scale in SCALES]
        return sum(width / (width + float(((a - b) ** 2).sum())) for width in widths)

    others = [(i, j) for i in range(7) for j in range(7) if i != j]
    expected = np.mean([kernel(x[i], x[j]) + kernel(y[i], y[j]) for i, j in others]) - 2 * np.mean(
        [kernel(a, b) for a in x for b in y]
    )
    assert float(squared_discrepancy(x, y)) == pytest.approx(expected, rel=1e-4)


def test_the_discrepancy_is_zero_on_average_only_for_the_same_distribution():
    same = [float(squared_discrepancy(draws(64, seed=2 * i), draws(64, seed=2 * i + 1))) for i in range(60)]
    assert abs(np.mean(same)) < 3 * np.std(same) / np.sqrt(60), "no bias"
    assert min(same) < 0, "which is why it may fall below zero"
    for other in (draws(64, seed=1) + 0.7, 2 * draws(64, seed=1), 0.4 * draws(64, seed=1)):
        assert float(squared_discrepancy(draws(64), other)) > np.mean(same) + 6 * np.std(same)


def test_the_penalty_is_weighted_and_divided_by_the_pixels():
    layer = DiscrepancyPenalty(latent_dim=4, size=100, weight=5.0, seed=0)
    codes = 3 + draws(200)
    prior = ops.convert_to_numpy(layer.normals.steady(codes))
    assert float(layer(codes)) == pytest.approx(0.05 * float(squared_discrepancy(codes, prior)), rel=1e-5)
    assert float(layer(codes)) == float(layer(codes)), "validation meets the same draws each time"
    assert float(layer(codes, training=True)) != float(layer(codes, training=True)), "training meets fresh ones"
    assert np.isfinite(float(layer(codes[:1], training=True))), "a batch of one has no pairs"


def test_encoder_and_discriminator_each_get_their_own_gradient():
    tensorflow = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("The test reads gradients with TensorFlow.")
    keras.utils.set_random_seed(0)
    layer = AdversarialPenalty(latent_dim=3, weight=0.5, widths=(8,), seed=0)
    codes = tensorflow.Variable(draws(6, 3))
    kernel = layer.discriminator.layers[0].layer.kernel
    with tensorflow.GradientTape() as tape:
        value = layer(codes)
    of_codes, of_kernel = tape.gradient(value, [codes, kernel.value])

    logits = ops.convert_to_numpy(layer.discriminator(codes.numpy()))
    deceit = float(np.mean(np.log1p(np.exp(-logits))))
    assert float(value) == pytest.approx(0.5 * deceit, rel=1e-5), "the shown value is λ · mean(-ln D)"

    def slope(function: Any, variable: Any, place: tuple[int, int]) -> float:
        start, step = variable.numpy() if hasattr(variable, "numpy") else np.asarray(variable), 1e-2
        values = []
        for sign in (1, -1):
            changed = np.array(start)
            changed[place] += sign * step
            variable.assign(changed)
            values.append(float(function()))
        variable.assign(start)
        return (values[0] - values[1]) / (2 * step)

    for place in [(0, 0), (2, 1), (5, 2)]:
        assert of_codes.numpy()[place] == pytest.approx(
            slope(lambda: layer(ops.convert_to_tensor(codes)), codes, place), rel=0.03, abs=1e-4
        ), "codes descend the shown value"
    for place in [(0, 0), (1, 4), (2, 7)]:
        assert of_kernel.numpy()[place] == pytest.approx(
            slope(lambda: layer.cross_entropy(ops.convert_to_tensor(codes)), kernel, place), rel=0.03, abs=1e-4
        ), "the discriminator descends its own cross-entropy, in full"


def test_accuracy_is_the_share_that_is_told_apart():
    layer = AdversarialPenalty(latent_dim=2, weight=1.0, widths=(), seed=0)
    layer.discriminator.layers[-1].layer.set_weights([np.array([[-1.0], [0.0]]), np.array([5.0])])  # draw if x < 5
    far = np.full((50, 2), 9.0, np.float32)
    assert layer.accuracy(far) == 1.0, "codes at 9, draws near 0"
    assert layer.accuracy(draws(50, 2)) == 0.5, "all are taken for draws: half is right"
    assert layer.accuracy(np.concatenate([far, draws(50, 2)])) == 0.75


def trained(variant: str, **changes: Any) -> tuple[TrainingSession, list[Any]]:
    settings = variants.read_settings(
        {"variant": variant, "dataset": "digits", "latent_dim": 8, "widths": "128", "epochs": 40, "batch_size": 32}
        | changes
    )
    messages: list[TrainingMessage] = []
    run = TrainingSession(settings, emit=messages.append)
    run.train()
    return run, [message for message in messages if isinstance(message, Snapshot)]


@pytest.mark.slow(seconds=10)
@pytest.mark.long
@pytest.mark.parametrize(("variant", "name"), [("wasserstein", "mmd_weight"), ("adversarial", "adversarial_weight")])
def test_codes_match_the_prior_only_because_of_the_penalty(variant, name):
    _, free = trained(variant, **{name: 0.0})
    run, snapshots = trained(variant)
    last = snapshots[-1].numbers
    assert last["mmd"] < 0.1 * free[-1].numbers["mmd"]
    codes = run.model.encode(run.probe.images)
    assert np.abs(codes.mean(axis=0)).max() < 0.35
    assert 0.7 < codes.std(axis=0).min() <= codes.std(axis=0).max() < 1.5
    assert last["test_mse"] < 0.6 * snapshots[0].numbers["test_mse"]
    if "discriminator_accuracy" in last:
        assert 0.4 < last["discriminator_accuracy"] < 0.8


def test_the_spread_panel_shows_each_unit_beside_one():
    codes = draws(500, 3) * np.array([1.0, 0.5, 2.0], np.float32)
    look = Look(model=None, images=codes, inputs=codes, codes=codes, show=lambda values: values)  # type: ignore[arg-type]
    content = PriorMatch().measure(look)
    np.testing.assert_allclose(content.values, codes.std(axis=0), rtol=1e-4)
    assert content.line == 1.0
    numbers: Any = PriorMatch(extra=lambda codes: float(len(codes))).numbers(look)
    assert numbers["extra"] == 500
    assert numbers["mmd"] > 0.01


def test_samples_are_decoded_from_the_same_draws_each_time():
    seen = []

    class Model:
        def decode(self, codes: np.ndarray) -> np.ndarray:
            seen.append(codes)
            return np.zeros((len(codes), 4, 4, 1), np.float32)

    none, model = np.zeros((1, 2)), Model()
    look = Look(model, none, none, none, lambda values: values.astype(np.uint8))  # type: ignore[arg-type]
    contents = [Samples(6).measure(look), Samples(6).measure(look)]
    np.testing.assert_array_equal(seen[0], seen[1])
    assert seen[0].shape == (COLUMNS * ROWS, 6)
    assert np.abs(seen[0].mean()) < 0.2 and seen[0].std() == pytest.approx(1, abs=0.1)
    assert isinstance(contents[0], Pictures) and len(contents[0].rows) == ROWS
