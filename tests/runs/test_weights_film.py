"""What a network was at some steps: few sets of weights, spread as the frames are, and no more room than is allowed."""

import errno
import logging
import os
import time
from functools import partial

from ae_core.runs import weights_film
from ae_core.runs.weights_film import MOST_SETS, WeightsFilm, read_weights, weights_name, weights_steps
from tests import demo
from tests.stored import SETTINGS


class Clock:
    """Stands still, unless a test moves it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_and_the_newest_are_kept_and_others_between(tmp_path):
    film = WeightsFilm(tmp_path, Clock())
    for step in range(0, 4000, 10):
        film.keep(step, partial(bytes.__mod__, b"%08d", step))
    steps = weights_steps(tmp_path)
    assert len(steps) == MOST_SETS and steps[0] == 0 and steps[-1] == 3990
    assert steps[1] < 200 and 3990 - steps[-2] > 200, "close at first and wide apart later"
    assert [read_weights(tmp_path, step) for step in steps] == [b"%08d" % step for step in steps]
    film.keep(1000, lambda: b"once more")
    assert weights_steps(tmp_path) == [*(step for step in steps if step < 1000), 1000], "a training that went back"
    assert read_weights(tmp_path, 3990) is None and weights_steps(tmp_path / "gone") == []


def test_large_networks_have_fewer_and_the_largest_none(tmp_path, monkeypatch):
    monkeypatch.setattr(weights_film, "MOST_BYTES", 1000)
    film = WeightsFilm(tmp_path, Clock())
    for size, count in ((300, 3), (500, 2), (501, 0), (100, 10)):
        for step in range(0, 200, 10):
            film.keep(step, partial(bytes, size))
        assert len(weights_steps(tmp_path)) == count
    film.keep(200, lambda: b"")  # numbers that half precision cannot hold
    assert len(weights_steps(tmp_path)) == 10


def test_they_take_a_hundredth_of_the_time_at_most(tmp_path):
    clock = Clock()
    film = WeightsFilm(tmp_path, clock)

    def slowly() -> bytes:
        clock.now += 0.5
        return b"weights"

    film.keep(1, slowly)
    clock.now += 49
    film.keep(2, slowly)
    assert weights_steps(tmp_path) == [1]
    clock.now += 2
    film.keep(3, slowly)
    assert weights_steps(tmp_path) == [1, 3]


def test_a_damaged_set_is_not_taken_and_a_full_disk_ends_nothing(tmp_path, monkeypatch, caplog):
    film = WeightsFilm(tmp_path, Clock())
    film.keep(5, lambda: b"weights")
    path = tmp_path / weights_name(5)
    whole = path.read_bytes()
    with caplog.at_level(logging.CRITICAL):
        for content in (whole[:-1], whole[1:], b"", bytes(len(whole))):
            path.write_bytes(content)
            assert read_weights(tmp_path, 5) is None

        def full(*given, **more):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(weights_film, "write", full)
        film.keep(6, lambda: b"weights")
    assert weights_steps(tmp_path) == [5]


def test_a_run_keeps_them_beside_the_frames_that_are_written(store):
    run_id = store.create(SETTINGS).id
    asked: list[int] = []

    def take() -> bytes:
        asked.append(1)
        return b"weights"

    with store.writer(run_id) as writer:
        writer.message(demo.setup())
        writer.message(demo.snapshot(0))
        writer.weights(0, take)
        writer.message(demo.snapshot(10))  # not written yet
        writer.weights(10, take)
        assert asked == [1]
        writer._weights._next = 0.0  # as if the first had taken no time
        writer.message(demo.snapshot(20, state="paused"))  # at once
        writer.weights(20, take)
    run = store.open(run_id)
    assert weights_steps(run.folder) == [0, 20]
    assert run.size >= sum(path.stat().st_size for path in run.folder.glob("weights-*"))


def test_a_folder_is_listed_again_only_when_it_has_changed(tmp_path):
    def written(step: int, seconds: int) -> list[int]:
        (tmp_path / weights_name(step)).write_bytes(b"weights")
        os.utime(tmp_path, (seconds, seconds))
        return weights_steps(tmp_path)

    assert written(10, 1_000_000) == [10]
    assert written(20, 1_000_000) == [10], "nobody has said that it changed"
    assert written(30, 1_000_001) == [10, 20, 30]
    soon = int(time.time()) + 60
    assert written(40, soon) == [10, 20, 30, 40] and written(50, soon) == [10, 20, 30, 40, 50], "what is new may change"
