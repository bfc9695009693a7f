"""Training: what it sends, what it obeys, and that it learns what theory says."""

import gc
import threading
import time
import weakref
from typing import Any

import numpy as np
import pytest

from ae_core import variants
from ae_core.measuring import probe
from ae_core.messages import HistoryState, Setup, Snapshot, TrainingMessage, decode, encode
from ae_core.training import cache, execution, introduction, session
from ae_core.training.control import Control
from ae_core.training.history import LARGEST_CURVE, History
from ae_core.training.session import TrainingSession
from tests.waiting import PATIENCE, until


def settings(variant="vanilla", **values):
    return variants.read_settings({"variant": variant, "dataset": "digits", "epochs": 4, "latent_dim": 8} | values)


def run(given, **more):
    messages: list[TrainingMessage] = []
    return session.train(given, emit=messages.append, **more), messages


class Nowhere:
    """A keeper that keeps nothing."""

    goes_on = False

    def checkpoint(self, arrays, state):
        pass

    def weights(self, step, take):
        pass

    def restore(self):
        return None


class Background:
    """A training on a thread of its own, and the messages it has sent."""

    def __init__(self, given):
        self.control = Control()
        self.messages: list[TrainingMessage] = []
        self.stop_at_once = False
        self.thread = threading.Thread(
            target=lambda: session.train(given, emit=self.receive, control=self.control), daemon=True
        )
        self.thread.start()

    def receive(self, message):
        self.messages.append(message)
        if self.stop_at_once and isinstance(message, Snapshot) and message.state == "running":
            self.control.stop()

    @property
    def last(self) -> Snapshot | None:
        """The newest snapshot."""
        newest = self.messages[-1] if self.messages else None
        return newest if isinstance(newest, Snapshot) else None

    def wait_for(self, test):
        until(lambda: self.last is not None and test(self.last), why=lambda: f"still at {self.last}")
        return self.last


@pytest.mark.slow
def test_messages_can_be_packed_and_hold_what_a_page_needs():
    result, messages = run(settings("denoising"), run_id="one")
    (setup,) = (message for message in messages if isinstance(message, Setup))
    snapshots = [message for message in messages if isinstance(message, Snapshot)]
    for message in messages:
        assert decode(encode(message)) == message
        assert message.run_id == "one"
    assert [snapshot.step for snapshot in snapshots] == sorted(snapshot.step for snapshot in snapshots)
    assert snapshots[0].step == 0
    assert snapshots[-1].step == setup.total_steps == result.steps
    assert snapshots[-1].state == "done"
    points = len(setup.labels)
    assert len(snapshots[-1].latent) == points * 2 * 4
    assert setup.atlas.count == points
    grid = snapshots[-1].grid
    assert grid.rows == ["original", "corrupted", "reconstruction", "pca", "error"]
    assert len(grid.errors) == len(grid.pca_errors) == len(grid.corrupted_errors or ()) == grid.columns
    assert setup.code_size == 8
    assert setup.input_size == 784


@pytest.mark.slow
def test_history_has_one_number_an_epoch():
    result, _ = run(settings())
    assert {len(values) for values in result.history.values()} == {4}
    assert set(result.test) >= {"mse", "bce", "psnr", "ssim", "squared_error_per_image", "pca_mse", "knn1_error"}
    bits = result.test["compressed_bits"]
    assert isinstance(bits, float) and 0 < bits <= 16 * settings().latent_dim
    assert result.test["squared_error_per_image"] == pytest.approx(784 * result.test["mse"])


def test_a_curve_is_thinned_and_keeps_its_ends():
    history = History(("reconstruction",))
    for step in range(1, 2000):
        history.add_chunk({"loss": 1 / step, "reconstruction": 1 / step}, 10, 0.1)
        history.add_point(step, step / 10, step / 5, lambda: {"loss": 1.0, "reconstruction": 1.0})
    columns: Any = history.columns()
    assert LARGEST_CURVE // 2 <= len(columns["step"]) <= LARGEST_CURVE
    assert columns["step"][0] == 1
    assert columns["step"][-1] == 1999
    assert columns["step"] == sorted(columns["step"])


def test_means_weigh_chunks_by_their_images_and_survive_an_interruption():
    chunks = [(30, 4.0), (10, 8.0), (60, 1.0)]
    history = History(("reconstruction",))
    for place, (images, loss) in enumerate(chunks):
        history.add_chunk({"loss": loss, "reconstruction": loss}, images, 0.5)
        if place == 0:
            history.add_point(1, 0.1, 0.5, lambda: {"loss": 1.0, "reconstruction": 1.0})
        state, history = history.state(), History(("reconstruction",))
        history.restore(state)
    history.end_epoch(9, 1.0, 1.5, {"loss": 2.0, "reconstruction": 2.0})
    assert history.by_epoch()["loss"] == [pytest.approx(2.6)], "of all 100 images"
    assert history.columns()["loss"] == [4.0, pytest.approx(2.0)], "the second of the last 70"
    assert history.epoch_rates == [pytest.approx(100 / 1.5)]


def test_a_history_that_an_earlier_version_kept_goes_on():
    old = HistoryState(
        curve=[],
        epochs=[],
        since_point=[{"loss": 3.0}],
        since_epoch=[{"loss": 1.0}, {"loss": 3.0}],
        epoch_samples=20,
        epoch_seconds=1.0,
        epoch_rates=[],
    )
    history = History(())
    history.restore(old)
    history.add_chunk({"loss": 6.0}, 5, 0.5)
    history.end_epoch(9, 1.0, 1.5, {"loss": 2.0})
    assert history.by_epoch()["loss"] == [pytest.approx((20 * 2.0 + 5 * 6.0) / 25)]
    assert history.columns()["loss"] == [pytest.approx((10 * 3.0 + 5 * 6.0) / 15)]


@pytest.mark.slow
def test_pause_step_tune_resume_stop():
    training_run = Background(settings("denoising", epochs=500))
    training_run.wait_for(lambda message: message.step > 0)
    training_run.control.pause()
    paused = training_run.wait_for(lambda message: message.state == "paused")
    time.sleep(0.5)
    assert training_run.last is not None and training_run.last.step == paused.step

    training_run.control.step()
    stepped = training_run.wait_for(lambda message: message.step > paused.step)
    assert stepped.state == "paused"
    assert stepped.step <= paused.step + execution.LONGEST_CHUNK

    training_run.control.tune("learning_rate", 0.01)
    training_run.control.tune("noise_factor", 0.9)
    tuned = training_run.wait_for(lambda message: len(message.marks) == 2)
    assert [(mark.name, pytest.approx(mark.after)) for mark in tuned.marks] == [
        ("learning_rate", 0.01),
        ("noise_factor", 0.9),
    ]
    assert tuned.numbers["pca_mse"] > stepped.numbers["pca_mse"], "more noise, also in what is measured"

    training_run.control.resume()
    training_run.wait_for(lambda message: message.state == "running" and message.step > stepped.step)
    training_run.stop_at_once = True
    stopped = training_run.wait_for(lambda message: message.state == "stopped")
    running = [one for one in training_run.messages if isinstance(one, Snapshot) and one.state == "running"]
    assert stopped.step - running[-1].step <= execution.LONGEST_CHUNK, "it ends with the chunk that runs"
    training_run.thread.join(PATIENCE)
    assert not training_run.thread.is_alive()


@pytest.mark.slow
def test_a_paused_training_can_be_stopped():
    training_run = Background(settings(epochs=500))
    training_run.control.pause()
    training_run.wait_for(lambda message: message.state == "paused")
    training_run.control.stop()
    training_run.wait_for(lambda message: message.state == "stopped")


@pytest.mark.slow
def test_a_learning_rate_of_almost_nothing_stops_the_learning():
    training_run = Background(settings(epochs=500, optimizer="sgd", learning_rate=0.5))
    training_run.wait_for(lambda message: message.step > 0)
    training_run.control.tune("learning_rate", 1e-6)
    marked = training_run.wait_for(lambda message: bool(message.marks))
    later = training_run.wait_for(lambda message: message.step > marked.step + 50)
    training_run.control.stop()
    assert later.numbers["test_mse"] == pytest.approx(marked.numbers["test_mse"], rel=0.01)


def test_views_show_the_same_images_and_the_same_noise_each_time():
    given = settings("denoising")
    ready = cache.prepare(given)
    first, second = (probe.Probe(ready.model, ready.data, ready.pca, labelled=True) for _ in range(2))
    np.testing.assert_array_equal(first.inputs, second.inputs)
    assert first.measure().grid.png == second.measure().grid.png
    held_out = {image.tobytes() for image in ready.data.x_test}
    assert not held_out & {image.tobytes() for image in ready.data.x_train}


def test_each_measurement_has_its_own_part_of_the_data():
    ready = cache.prepare(settings())
    looks, data = probe.Probe(ready.model, ready.data, ready.pca, labelled=True, points=100), ready.data
    np.testing.assert_array_equal(looks.images, data.fed(data.x_test[:100]))
    np.testing.assert_array_equal(looks.validation, data.fed(data.x_validation[: looks.measured]))
    np.testing.assert_array_equal(looks.neighbours, data.fed(data.x_train[:100]))
    setup = introduction.setup("one", settings(), ready, looks, {})
    assert list(setup.labels) == data.y_test[:100].tolist()
    np.testing.assert_array_equal(looks.neighbour_labels, data.y_train[:100])
    np.testing.assert_allclose(ready.pca.mean_, data.fed(data.x_train).mean(axis=0).ravel(), atol=1e-5)
    away = looks.images[: looks.measured] - looks.neighbours.mean(axis=0)
    assert looks.inputs_like().mean_mse == pytest.approx(np.mean(away**2), rel=1e-4), "from the training examples' mean"
    terms = ready.model.evaluate_terms(looks.validation, looks.validation)
    assert looks.validation_terms(ready.model)["loss"] == pytest.approx(terms["loss"], rel=1e-5)


def test_images_upside_down_are_damaged_as_the_others_are():
    ready = cache.prepare(settings("denoising", noise="masking", noise_factor=0.6, train_size=200))
    looks = probe.Probe(ready.model, ready.data, ready.pca, labelled=True, points=100)
    hit = ready.model.corruption.apply(looks.images[:, ::-1], looks._image_noise)
    expected = np.mean((ready.model.decode(ready.model.encode(hit)) - looks.images[:, ::-1]) ** 2)
    assert looks.measure(thorough=True).numbers["turned_mse"] == pytest.approx(expected, rel=1e-4)


def test_a_map_neither_flips_nor_turns():
    random = np.random.default_rng(0)
    codes = random.standard_normal((300, 6)) * np.array([5, 4.9, 1, 1, 1, 1])
    before = probe.flat_map(codes)
    mirrored = before @ np.array([[0.0, 1.0], [1.0, 0.0]]) * np.array([1.0, -1.0])
    np.testing.assert_allclose(probe._follow(mirrored, before), before, atol=1e-9)


def test_data_stay_on_the_device_as_bytes_and_batches_are_row_numbers():
    ready = cache.prepare(settings())
    assert ready.model.table.rows.dtype == "uint8"
    assert ready.model.table.rows.shape == ready.data.x_train.shape


@pytest.mark.slow
def test_an_epoch_sees_each_image_once():
    seen: list[np.ndarray] = []

    class Watching(TrainingSession):
        def chunk_done(self, losses, rows, seconds):
            seen.append(rows)
            super().chunk_done(losses, rows, seconds)

    training = Watching(settings(epochs=3, batch_size=50))
    stage = training.stages[0]
    training.train()
    order = np.concatenate(seen).reshape(3, -1)
    assert order.shape[1] == stage.steps_per_epoch * 50
    for epoch in order:
        assert len(np.unique(epoch)) == len(epoch)
    assert not np.array_equal(order[0], order[1])
    seen.clear()
    rest = Watching(settings(epochs=3, batch_size=50))
    rest._loop.step = stage.steps_per_epoch + stage.chunk  # as a checkpoint leaves it
    left = order.reshape(-1)[rest.step * 50 :]
    rest.train()
    np.testing.assert_array_equal(np.concatenate(seen).ravel(), left, "it goes on there")


@pytest.mark.slow
def test_a_session_goes_as_soon_as_nobody_holds_it():
    training = TrainingSession(settings(epochs=1), keeper=Nowhere())
    training.run(test_images=50)
    gone = weakref.ref(training)
    gc.disable()
    try:
        del training
        assert gone() is None, "it holds the images of its snapshots, and a worker trains one session after the other"
    finally:
        gc.enable()


def test_a_session_has_a_setup_at_once_and_a_snapshot_when_it_trains():
    training = TrainingSession(settings(epochs=1))
    assert training.setup.total_epochs == 1
    with pytest.raises(RuntimeError, match="call `run` first"):
        _ = training.snapshot
    assert training.test_images.shape == (len(training.test_labels), 28, 28, 1)
    assert training.test_images.dtype == np.float32 and training.test_images.max() <= 1


@pytest.mark.slow
def test_the_linear_twin_finds_what_pca_finds():
    given = settings("undercomplete", linear=True, latent_dim=5, epochs=200, learning_rate=0.01)
    result, _ = run(given)
    assert result.test["mse"] == pytest.approx(result.test["pca_mse"], rel=0.03)


@pytest.mark.long
@pytest.mark.slow
def test_a_denoiser_beats_its_input():
    _, messages = run(settings("denoising", epochs=60, latent_dim=32, learning_rate=0.003))
    grid = messages[-1].grid
    assert np.mean(grid.errors) < 0.5 * np.mean(grid.corrupted_errors)


@pytest.mark.slow
def test_a_penalty_makes_the_code_sparser():
    activations = {}
    for weight in (0.0, 0.05):
        given = settings(
            "sparse", sparsity_weight=weight, sparsity_target=0.05, epochs=60, latent_dim=64, learning_rate=0.005
        )
        training = TrainingSession(given)
        training.train()
        activations[weight] = training.model.encode(training.test_images).mean()
    assert activations[0.0] > 0.3
    assert activations[0.05] == pytest.approx(0.05, abs=0.04)


@pytest.mark.slow
def test_noise_cannot_be_compressed():
    given = settings("stacked", dataset="noise", latent_dim=50, epochs=60)
    result, messages = run(given)
    assert result.test["bce"] is None
    assert result.test["knn1_error"] is None
    # Half of the directions, half of the variance: nothing learned from other vectors does better on new ones.
    assert result.test["pca_mse"] > 0.45
    assert result.test["mse"] > 0.45
    assert messages[-1].numbers["knn1_accuracy"] is None
