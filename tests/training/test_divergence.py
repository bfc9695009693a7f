"""Trainings whose numbers leave all bounds: they end by themselves, with the last good state."""

from typing import Any

import keras
import numpy as np
import pytest

from ae_core import variants
from ae_core.diagnosis import diagnose
from ae_core.errors import DataError
from ae_core.measuring import metrics
from ae_core.messages import Snapshot, TrainingMessage, decode, encode
from ae_core.runs import RunStore
from ae_core.settings import Settings, options
from ae_core.training import session, stored_model
from ae_core.training.control import Control
from ae_core.training.session import TrainingSession
from tests.long import rest_is_long
from tests.small import small

OPTIMIZERS = options(Settings)["optimizer"].choices
CASES = [(name, variants.get(name).settings().optimizer) for name in variants.registry()]
CASES += [("vanilla", optimizer) for optimizer in OPTIMIZERS if ("vanilla", optimizer) not in CASES]
# Found in use: its codes were too large for the eigenvectors of their map.
WILD = {
    "variant": "sparse",
    "dataset": "digits",
    "optimizer": "sgd",
    "learning_rate": 1.0,
    "sparsity_weight": 10.0,
    "sparsity": "l2",
    "loss": "mse",
    "output": "linear",
    "scaling": "standardize",
}


def explode(given: Settings) -> tuple[TrainingSession, list[TrainingMessage]]:
    """A training that begins well, until its learning rate is the largest number that there is."""
    messages: list[TrainingMessage] = []
    control = Control()
    control.tune("learning_rate", 3e38)
    training = TrainingSession(given, emit=messages.append, control=control)
    training.train()
    return training, messages


def finite(snapshot: Snapshot) -> bool:
    """Whether all that is shown are numbers."""
    losses = [value for values in snapshot.history.values() for value in values]
    numbers = [value for value in snapshot.numbers.values() if isinstance(value, float)]
    known = [value for value in (*losses, *numbers) if value is not None]
    return bool(np.isfinite(known).all() and np.isfinite(np.frombuffer(snapshot.latent, "<f4")).all())


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize(
    ("name", "optimizer"), rest_is_long(CASES, lambda case: case[0] in ("vanilla", "convolutional", "variational"))
)
def test_every_variant_and_every_optimiser_end_with_the_last_good_state(name: str, optimizer: str) -> None:
    training, messages = explode(small(name, optimizer=optimizer))
    shown = [message for message in messages if isinstance(message, Snapshot)]
    last = shown[-1]
    assert last.state == "diverged" and [one.state for one in shown].count("diverged") == 1
    assert last.diverged_at is not None and last.step <= last.diverged_at < training.total_steps
    assert all(map(finite, shown)), "what cannot be measured is never shown"
    assert [mark.after for mark in last.marks] == [3e38], "what made it diverge is not forgotten"
    assert all(np.isfinite(weight).all() for weight in training.model.standalone().get_weights())
    assert decode(encode(last)) == last
    result = training.result(100)
    assert (result.state, result.diverged_at, result.steps) == ("diverged", last.diverged_at, last.step)


@pytest.mark.slow(seconds=10)
def test_a_wild_run_is_kept_as_diverged_and_can_be_taken_away(store: RunStore) -> None:
    settings = variants.read_settings(WILD | {"epochs": 20})
    run = store.create(settings)
    with store.writer(run.id) as writer:
        with writer.model_file() as path:
            result = session.train(settings, emit=writer.message, keeper=writer, save_to=path)
        writer.finish(result)
    kept = store.open(run.id)
    newest, setup = kept.newest(), kept.setup()
    assert (kept.state, kept.ended, kept.error) == ("diverged", True, None)
    assert newest is not None and setup is not None and newest.state == "diverged" and finite(newest)
    assert kept.result() == result and result.state == "diverged"
    (finding,) = diagnose(setup, newest)
    assert finding.sentence == f"The training diverged at step {newest.diverged_at:,}: the loss is no longer a number."
    assert "Lower “Learning rate” from 1 to 0.1" in finding.why and "A large “Penalty β”" in finding.why
    pictures = keras.models.load_model(kept.model)(np.zeros((1, 28, 28, 1), np.float32))
    assert np.isfinite(pictures).all()
    again = store.import_zip(_zipped(store, run.id), renew=stored_model.renew)
    assert store.open(again).state == "diverged"


def _zipped(store: RunStore, run_id: str) -> bytes:
    import io

    stream = io.BytesIO()
    store.export_zip(run_id, stream)
    return stream.getvalue()


@pytest.mark.slow
def test_a_checkpoint_never_holds_what_is_no_number() -> None:
    class Shelf:
        goes_on = False

        def __init__(self) -> None:
            self.kept: list[dict[str, np.ndarray]] = []

        def checkpoint(self, arrays: Any, state: Any) -> None:
            self.kept.append(arrays)

        def restore(self) -> None:
            return None

        def weights(self, step: int, take: Any) -> None:
            pass

    shelf, control = Shelf(), Control()
    control.tune("learning_rate", 3e38)
    session.train(small("vanilla"), control=control, keeper=shelf)
    assert all(np.isfinite(array).all() for arrays in shelf.kept for array in arrays.values())


@pytest.mark.slow
def test_a_network_that_gives_no_numbers_at_all_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    training = TrainingSession(small("vanilla"))
    for weight in training.model.learnt:
        weight.assign(np.full(weight.shape, np.nan))
    with pytest.raises(DataError, match="untrained network gives no finite numbers"):
        training.train()


@pytest.mark.parametrize("size", [1e10, 1e20, 1e30])
def test_measurements_take_numbers_that_are_huge_but_finite(size: float) -> None:
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 50)
    codes = (random.standard_normal((200, 3)) + 8 * np.eye(4, 3)[labels]).astype(np.float32)
    images = random.random((20, 12, 12, 1), np.float32)
    wild = (images * size).astype(np.float32)
    huge = codes * np.float32(size)
    assert metrics.mean_squared_error(images, wild) == pytest.approx(
        size**2 * np.mean(images.astype(float) ** 2), rel=1e-3
    )
    assert abs(metrics.structural_similarity(images, wild)) < 1e-3
    for measure in (metrics.nearest_neighbour_accuracy, metrics.linear_probe_accuracy):
        assert measure(huge[::2], labels[::2], huge[1::2], labels[1::2]) == pytest.approx(
            measure(codes[::2], labels[::2], codes[1::2], labels[1::2])
        )
    assert metrics.active_units(huge) == metrics.active_units(codes)
    assert np.isfinite(metrics.trustworthiness(images, huge[:20, :2].astype(np.float64)))
