"""Layer-wise pretraining: what each phase learns, what it leaves alone, and what a person sees meanwhile."""

from typing import Any

import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.messages import PhaseStart, Setup, Snapshot, TrainingMessage
from ae_core.settings import DataSpec
from ae_core.training import cache, session
from ae_core.training.control import Control
from tests.long import rest_is_long

IMAGE = DataSpec((8, 8, 1))
SMALL: dict[str, Any] = {
    "dataset": "digits",
    "widths": (24, 12),
    "latent_dim": 6,
    "train_size": 600,
    "batch_size": 32,
    "epochs": 2,
    "learning_rate": 0.003,
    "pretraining": True,
    "pretraining_epochs": 2,
}
ACTIVATIONS = {"relu": lambda x: np.maximum(x, 0.0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "linear": lambda x: x}
PAIRS = [("encode_1", "pixels"), ("encode_2", "decode_2"), ("code", "decode_1")]


def settings(variant="stacked", **values):
    return variants.read_settings({"variant": variant} | SMALL | values)


def weights(model):
    """Weights and bias of each pair of mirrored layers, tied or not: W, b, V, c."""
    found = []
    for inwards, outwards in PAIRS:
        layer, mirror = model.encoder.get_layer(inwards), model.decoder.get_layer(outwards)
        kernel = np.asarray(layer.kernel)
        back = np.asarray(mirror.kernel) if hasattr(mirror, "kernel") else kernel.T
        found.append((kernel, np.asarray(layer.bias), back, np.asarray(mirror.bias)))
    return found


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_each_phase_minimises_the_error_of_its_own_layer(activation, tied):
    # The code is linear, so only the hidden layers' activation may decide how their own values are compared.
    model = variants.get("stacked").build(settings(activation=activation, tied=tied, train_size=100), IMAGE)
    act, sigmoid = ACTIVATIONS[activation], ACTIVATIONS["sigmoid"]
    images = np.random.default_rng(0).random((50, 8, 8, 1), np.float32)
    pairs = weights(model)
    assert [phase.name for phase in model.phases] == ["layer 1", "layer 2", "layer 3"]
    seen = images.reshape(50, -1)
    for place, ((kernel, bias, back, bias_back), phase) in enumerate(zip(pairs, model.phases, strict=True)):
        hidden = act(seen @ kernel + bias) if place < 2 else seen @ kernel + bias
        logits = hidden @ back + bias_back
        if place == 0 or activation == "sigmoid":
            answer = sigmoid(logits)
            expected = -np.mean(seen * np.log(answer) + (1 - seen) * np.log(1 - answer))
        else:
            expected = np.mean((act(logits) - seen) ** 2) / np.mean(seen**2)
        given = images if place == 0 else seen.astype(np.float32)
        assert phase.model.evaluate_terms(given, given)["loss"] == pytest.approx(expected, rel=1e-4)
        if phase.model.front is not None:
            np.testing.assert_allclose(ops.convert_to_numpy(phase.model.front(images)), seen, rtol=1e-4, atol=1e-5)

        outwards = hidden
        for depth in range(place, -1, -1):
            outwards = outwards @ pairs[depth][2] + pairs[depth][3]
            outwards = act(outwards) if depth else sigmoid(outwards)
        shown = phase.view.decode(phase.view.encode(images))
        np.testing.assert_allclose(shown.reshape(50, -1), outwards, rtol=1e-4, atol=1e-5)
        seen = hidden


@pytest.mark.slow
@pytest.mark.parametrize("variant", rest_is_long(["stacked", "denoising"], lambda name: name == "stacked"))
@pytest.mark.parametrize("tied", rest_is_long([False, True], bool))
def test_a_phase_trains_its_layer_and_leaves_the_others_alone(variant, tied):
    ready = cache.prepare(settings(variant, tied=tied))
    for place, stage in enumerate(ready.stages[:-1]):
        before = weights(ready.model)
        rows = np.arange(stage.chunk * ready.batch_size, dtype=np.int32).reshape(stage.chunk, -1)
        stage.model.train_chunk(rows, stage.chunk)
        for pair, (old, new) in enumerate(zip(before, weights(ready.model), strict=True)):
            for was, is_now in zip(old, new, strict=True):
                assert np.array_equal(was, is_now) == (pair != place), f"phase {place + 1}, layer {pair + 1}"


@pytest.mark.long
@pytest.mark.slow
def test_a_run_tells_its_phases_and_begins_the_whole_with_what_they_learnt():
    messages: list[TrainingMessage] = []
    given = settings()
    result: Any = session.train(given, emit=messages.append)
    setup = next(message for message in messages if isinstance(message, Setup))
    names = ["layer 1", "layer 2", "layer 3", "fine-tuning"]
    assert setup.phases == [PhaseStart(name=name, epoch=2 * place) for place, name in enumerate(names)]
    assert setup.total_epochs == 8
    assert len(result.history["loss"]) == 8
    snapshots = [message for message in messages if isinstance(message, Snapshot)]
    seen = list(dict.fromkeys(snapshot.phase for snapshot in snapshots))
    assert seen == [name for name in names if name in seen], "in order; a short phase can pass between two snapshots"
    assert {names[0], names[-1]} <= set(seen)
    assert snapshots[-1].epoch == 8

    again: Any = session.train(given, emit=lambda message: None)  # the compiled models are used a second time
    for key, values in result.history.items():
        np.testing.assert_allclose(again.history[key], values, rtol=2e-5, err_msg=key)

    alone: Any = session.train(settings(pretraining=False), emit=lambda message: None)
    assert result.history["loss"][6] < alone.history["loss"][0]


@pytest.mark.long
@pytest.mark.slow
def test_a_run_is_tuned_and_stopped_in_the_middle_of_a_phase():
    ready = cache.prepare(settings("denoising", pretraining_epochs=100))
    control = Control()
    snapshots: list[Snapshot] = []

    def obey(content: TrainingMessage) -> None:
        if not isinstance(content, Snapshot):
            return
        snapshots.append(content)
        if content.phase != "layer 2":
            return
        if content.state == "running" and not content.marks:
            control.tune("noise_factor", 0.9)
            control.pause()
        elif content.state == "paused" and content.step == first_paused():
            control.step()
        elif content.state == "paused":
            control.stop()

    def first_paused() -> int:
        return next(snapshot.step for snapshot in snapshots if snapshot.state == "paused")

    run = session.TrainingSession(
        settings("denoising"), emit=obey, control=control, prepared=ready, snapshot_seconds=0.0
    )
    run.train()
    last = snapshots[-1]
    assert (last.state, last.phase) == ("stopped", "layer 2")
    assert last.grid.rows == ["original", "corrupted", "reconstruction", "pca", "error"]
    assert [(mark.name, mark.after) for mark in last.marks] == [("noise_factor", 0.9)]
    assert 100 < last.epoch < 110
    assert last.step > first_paused()
    for stage in ready.stages:
        assert float(np.asarray(stage.model.tunable["noise_factor"])) == pytest.approx(0.9)
    measured: Any = run.result().test
    assert measured["mse"] > 0


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_a_deeper_layer_damages_what_it_sees_and_not_what_it_aims_at(activation):
    given = settings("denoising", noise="salt_and_pepper", noise_factor=0.6, activation=activation)
    model = variants.get("denoising").build(given, IMAGE).phases[1].model
    values = np.full((40, 24), 0.25, np.float32)
    normals = np.random.default_rng(0).standard_normal(values.shape, np.float32)
    damaged = ops.convert_to_numpy(model.corruption.apply(values, normals))
    # Only units between 0 and 1 have a black and a white.
    assert set(np.unique(damaged)) == ({0.0, 0.25, 1.0} if activation == "sigmoid" else {0.0, 0.25})
    assert np.mean(damaged != 0.25) == pytest.approx(0.6, abs=0.05)
    clean, harmed = (model.evaluate_terms(values, seen)["loss"] for seen in (values, damaged))
    assert clean != harmed


@pytest.mark.parametrize("variant", ["stacked", "denoising"])
def test_without_layers_between_or_without_the_wish_there_is_one_phase_only(variant):
    for given in (settings(variant, widths=()), settings(variant, pretraining=False)):
        assert variants.get(variant).build(given, IMAGE).phases == ()
