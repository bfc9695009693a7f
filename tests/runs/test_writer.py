"""What a training keeps of itself while it runs: few frames of many, at a bounded cost, whatever a disk does."""

import errno
import logging
import math
import os
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.errors import DataError
from ae_core.runs import RunStore
from ae_core.runs import writer as run_writer
from ae_core.runs.stored_messages import dump
from ae_core.runs.thinning import thinned
from ae_core.runs.writer import KEPT_SNAPSHOTS, frame_bytes
from ae_core.variants import read_settings
from tests.stored import POINTS, SETTINGS, TOTAL, batch, result, setup, snapshot, state_at, stored, training_state
from tests.stored import run_files as files_of

pytestmark = [pytest.mark.usefixtures("unsynced"), pytest.mark.every_frame]


def test_numbers_that_went_astray_are_kept(store, at_once):
    lost = snapshot(10, "stopped")
    lost.history["loss"] = [math.nan]
    lost.grid.errors = [math.inf, -math.inf]
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        writer.message(lost)
        writer.finish(result(test={"mse": math.nan}))
    run = store.open(run.id)
    assert run.state == "stopped"
    assert math.isnan(run.newest().history["loss"][0])
    assert run.newest().grid.errors == [math.inf, -math.inf]
    assert run.numbers["loss"] is None and run.test == {"mse": None} == run.result().test
    odd: dict[str, Any] = {
        "strange / name": 3.0,
        "flag": True,
        "usage": [0.5],
        "mse": 0.5,
        "lost": -math.inf,
        "none": None,
    }
    told = run_writer._scalars(odd)
    assert told == {"mse": 0.5, "lost": None, "none": None}, "the list holds plain numbers by plain names"


@pytest.mark.slow(seconds=1)
def test_of_many_snapshots_those_stay_that_lie_close_at_first(store, at_once):
    run_id = stored(store, *range(0, TOTAL + 1, 2))
    run = store.open(run_id)
    steps = [one.step for one in run.snapshots()]
    assert len(steps) == KEPT_SNAPSHOTS == len(list(run.folder.glob("snapshot-*"))) + 1 == run.frames
    assert steps[:3] == [0, 2, 4] and steps[-1] == TOTAL
    assert steps[-1] - steps[-2] > 2 * (steps[2] - steps[1])
    assert all(one == snapshot(one.step, run_id=run_id) for one in run.snapshots()), "each has its history back"
    sizes = {path.name: path.stat().st_size for path in run.folder.glob("*.gz")}
    assert sizes["newest.msgpack.gz"] > 3 * max(size for name, size in sizes.items() if name.startswith("snapshot"))


def test_frames_take_no_more_room_than_they_may(store, at_once, monkeypatch):
    monkeypatch.setattr(run_writer, "FRAME_BYTES", 20_000)
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        for step in range(0, TOTAL, 10):
            writer.message(snapshot(step))
            assert sum(path.stat().st_size for path in run.folder.glob("snapshot-*")) <= 20_000
    kept = store.open(run.id)
    sizes = [path.stat().st_size for path in run.folder.glob("snapshot-*")]
    assert sum(sizes) > 20_000 - 2 * max(sizes), "nor much less"
    assert kept.frames == len(sizes) + 1 == len(kept.snapshots())


def test_larger_examples_may_take_more_room():
    mib = 2**20
    bounds = [frame_bytes(size) / mib for size in (64, 784, 3072, 10**6)]
    assert bounds == pytest.approx([6, 6, 6 * 3072 / 784, 48], rel=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_places_of_a_frame_are_as_they_were_but_for_less_than_a_pixel(store, at_once, scale):
    places = scale * (100 + np.random.default_rng(0).standard_normal((POINTS, 2)))
    given = snapshot(10, latent=places.astype("<f4").tobytes(), batch=batch())
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        for one in (snapshot(0), given, snapshot(20)):
            writer.message(one)
    kept = store.open(run.id).kept(10)
    assert kept == replace(given, latent=kept.latent, history={}, batch=None)
    found = np.frombuffer(kept.latent, "<f4").reshape(-1, 2)
    span = places.max(axis=0) - places.min(axis=0)
    assert (np.abs(found - places) <= span / 60_000 + 1e-6 * np.abs(places)).all()
    assert len((run.folder / "snapshot-0000000010.msgpack.gz").read_bytes()) < len(dump(kept)) + 40


def test_places_that_are_not_finite_stay_so(store, at_once):
    places = np.full((POINTS, 2), np.nan, "<f4")
    places[0] = np.inf, 1.0
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        for one in (snapshot(0, latent=places.tobytes()), snapshot(20)):
            writer.message(one)
    assert store.open(run.id).kept(0).latent == places.tobytes()


def test_a_frame_that_a_crash_has_damaged_is_left_out(store, at_once, caplog):
    run_id = stored(store, 0, 10, 20, 30)
    run = store.open(run_id)
    path = run.folder / "snapshot-0000000010.msgpack.gz"
    path.write_bytes(path.read_bytes()[:-7])
    with caplog.at_level(logging.CRITICAL):
        assert [one.step for one in run.snapshots()] == [0, 20, 30]
        assert run.kept(10) is None


@pytest.mark.parametrize("spacing", [1, 37, 1000])
def test_thinning_is_even_in_the_roots_of_the_steps(spacing):
    left: set[int] = set()
    for step in range(0, 3000 * spacing, spacing):
        left = thinned(left | {step}, KEPT_SNAPSHOTS)
        assert len(left) <= KEPT_SNAPSHOTS and {0, step} <= left
    assert len(left) == KEPT_SNAPSHOTS
    gaps = np.diff(np.sqrt(sorted(left)))
    assert gaps[:-1].max() < 3 * np.median(gaps) and gaps[:-1].min() > np.median(gaps) / 3


def test_snapshots_are_written_rarely_and_a_pause_at_once(store, monkeypatch):
    now, names = [100.0], []
    real = run_writer.write

    def write(path, content, **how):
        names.append(path.name)
        real(path, content, **how)
        now[0] += 0.05  # what each file takes

    monkeypatch.setattr(run_writer, "write", write)
    monkeypatch.setattr(run_writer.time, "monotonic", lambda: now[0])
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        names.clear()
        begun, saves = now[0], []
        for step in range(0, 1000, 10):
            writer.message(snapshot(step))
            now[0] += 0.5
            saves.append(names.count("newest.msgpack.gz"))
        spent = 0.05 * len(names)
        assert saves[0] == 1, "the untrained network is there at once"
        assert spent / (now[0] - begun) < 0.05, "the first one is not yet paid for"
        assert 2 <= saves[-1] <= 8
        writer.message(snapshot(1000, "paused"))
        assert store.open(run.id).state == "paused" and store.open(run.id).newest().step == 1000
        writer.message(snapshot(1000, "running"))
        assert store.open(run.id).state == "running"
    steps = [one.step for one in store.open(run.id).snapshots()]
    assert steps[:4] == [0, 10, 20, 30], "what came between two writes is kept where it matters"


def test_a_training_goes_on_where_its_process_died(store, at_once):
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        for step in (0, 100, 200, 300):
            writer.message(snapshot(step))
            if step == 200:
                writer.checkpoint(*state_at(step))
    left = store.open(run.id)
    assert left.state == "interrupted" and left.ended and store.left_behind() == [left]
    (left.folder / ".part-newest.msgpack.gz-x.gz").write_bytes(b"half")
    with store.writer(run.id) as writer:
        assert not (left.folder / ".part-newest.msgpack.gz-x.gz").exists()
        arrays, state = writer.restore()
        assert state.step == 200 and arrays["0.1"] == 200
        assert store.open(run.id).state == "running"
        writer.message(setup())
        writer.message(snapshot(200))
        assert [one.step for one in store.open(run.id).snapshots()] == [0, 100, 200]
        writer.message(snapshot(250))
        writer.finish(result())
    again = store.open(run.id)
    assert [one.step for one in again.snapshots()] == [0, 100, 200, 250]
    assert (again.state, again.attempts) == ("done", 2)
    assert again.checkpoint()[1].step == 200, "from which it goes on if it is given more epochs"
    assert again.started == left.started
    assert store.left_behind() == []
    with pytest.raises(DataError, match=r"has ended \(done\)"):
        store.writer(run.id)


def test_a_failure_is_one_sentence(store):
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        writer.message(snapshot(0))
        writer.fail("It\nbroke.")
    run = store.open(run.id)
    assert (run.state, run.error) == ("failed", "It broke.")
    assert run.finished is not None and run.newest() == snapshot(0)


def test_a_full_disk_does_not_end_a_training(store, at_once, monkeypatch, caplog):
    run = store.create(SETTINGS)
    writer = store.writer(run.id)
    writer.message(setup())
    writer.message(snapshot(0))
    writer.checkpoint(*state_at(0))
    with monkeypatch.context() as patch:

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(os, "replace", full)
        with caplog.at_level(logging.CRITICAL):
            for step in range(10, 600, 10):
                writer.message(snapshot(step))
            writer.checkpoint(*state_at(10))
        assert "is full" in str(writer.problem) and "\n" not in str(writer.problem)
        assert store.open(run.id).newest() == snapshot(0)
        assert len(writer._unwritten) <= KEPT_SNAPSHOTS, "memory is bounded too"
    assert store.open(run.id).checkpoint()[1].step == 0
    assert not [path for path in files_of(store, run.id) if path.name.startswith(".part-")]
    writer.message(snapshot(600))
    writer.finish(result())
    assert store.open(run.id).newest() == snapshot(600)


def test_a_state_that_would_take_all_the_room_is_not_kept(tmp_path):
    store = RunStore(tmp_path, limit_mb=1)
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.checkpoint({"0": np.zeros(100_000, np.float32)}, training_state(0))
        assert "takes 0 MB; allowed are 0 MB" in str(writer.problem)
        assert writer.restore() is None
        with pytest.raises(ValueError, match="plain name"):
            writer.checkpoint({"../x": np.zeros(1)}, training_state(0))
        with pytest.raises(ValueError, match="be of numbers"):
            writer.checkpoint({"x": np.array([object()])}, training_state(0))


@pytest.mark.slow(seconds=10)
@pytest.mark.long
@pytest.mark.parametrize("variant", ["wasserstein", "denoising"])
def test_a_real_run_is_a_film_of_many_frames_in_little_room(store, variant):
    """The variants with the largest frames."""
    from ae_core.training import session

    run = store.create(read_settings({"variant": variant, "dataset": "digits", "latent_dim": 2}))
    with store.writer(run.id) as writer:
        writer.finish(session.train(run.experiment, emit=writer.message, run_id=run.id, test_images=20))
    ended = store.open(run.id)
    assert 120 <= ended.frames <= KEPT_SNAPSHOTS
    steps = [one.step for one in ended.snapshots()]
    assert steps[:8] == [*range(8)] and steps[-1] == ended.total_steps
    assert sum(path.stat().st_size for path in run.folder.glob("snapshot-*")) <= 6 * 2**20
