"""When a training shows itself, and how long it rests: replayed with a clock that is set by hand."""

import itertools
from dataclasses import dataclass, field

import pytest

from ae_core.training.control import Pace
from ae_core.training.frame_plans import FRAMES, FRAMES_A_SECOND, SpreadPlan, WatchPlan
from ae_core.training.snapshot_times import SnapshotTimes

pytestmark = pytest.mark.every_frame

CHUNK = 100


@dataclass
class Run:
    """A training without a network: what it did, by a clock of its own.

    Args:
        total: Its steps.
        epoch: Steps of an epoch.
        step_seconds: What a step takes.
        took: What a frame takes.
    """

    total: int
    epoch: int
    step_seconds: float = 0.001
    took: float = 0.01
    now: float = 0.0
    trained: float = 0.0
    rested: float = 0.0
    frames: list[tuple[int, float]] = field(default_factory=list)  # steps, and when they were shown

    def go(self, pace: Pace, change: tuple[int, Pace] | None = None, **given: float) -> "Run":
        """Trains to the end; from the step of a change on at another pace."""
        times = SnapshotTimes(self.total, self.epoch, clock=lambda: self.now, **given)  # type: ignore[arg-type]
        step = 0
        self._show(times, step, pace)
        while step < self.total:
            if change is not None and step >= change[0]:
                pace = change[1]
            most = min(CHUNK, self.epoch - step % self.epoch)
            known = self.step_seconds if step else 0.0
            steps = times.steps(step, most, known, pace)
            assert 1 <= steps <= most
            step += steps
            self.now += steps * self.step_seconds
            self.trained += steps * self.step_seconds
            seconds = times.rest(step, pace) if step < self.total else 0.0
            self.now += seconds
            self.rested += seconds
            times.rested(seconds, pace)
            end = -step % self.epoch
            if step == self.total or times.due(step, end, self.step_seconds, self.trained, pace):
                self._show(times, step, pace)
        return self

    def _show(self, times: SnapshotTimes, step: int, pace: Pace) -> None:
        self.now += self.took
        self.frames.append((step, self.now))
        times.shown(step, self.took, pace)

    @property
    def steps(self) -> list[int]:
        """Steps of the frames."""
        return [step for step, _ in self.frames]

    @property
    def gaps(self) -> list[float]:
        """Seconds between two frames."""
        return [later - sooner for (_, sooner), (_, later) in itertools.pairwise(self.frames)]


@pytest.mark.parametrize("total", [1, 5, 100, 127, 128, 200, 300, 1000, 12_630, 1_000_000])
def test_a_plan_has_as_many_steps_as_it_says_close_at_first_and_wide_apart_later(total):
    plan, steps = SpreadPlan.of_distinct(total, FRAMES - 1), [0]
    while steps[-1] < total:
        steps.append(plan.after(steps[-1]))
    assert steps[-1] == total
    if total <= FRAMES - 1:
        assert steps == [*range(total + 1)], "every one"
    else:
        assert 120 <= len(steps) <= FRAMES + 5
        assert steps[1] - steps[0] <= 1 + total / 4000
        gaps = [later - sooner for sooner, later in itertools.pairwise(steps)]
        assert gaps[-2] >= gaps[0], "wider and wider"
    assert plan.left(0) >= len(steps) - 1
    assert plan.left(total) == pytest.approx(0, abs=1)


def test_a_recording_has_the_frames_that_it_asks_for():
    run = Run(total=1000, epoch=100).go("full", frames=11)
    assert run.steps == [10 * k * k for k in range(11)], "(k/n)² of the steps"


def test_a_short_run_at_full_speed_shows_its_plan_and_no_more():
    run = Run(total=300, epoch=10, step_seconds=0.006).go("full")
    assert run.rested == 0
    assert 120 <= len(run.frames) <= FRAMES + 5
    assert run.steps[:4] == [0, 1, 2, 3]


@pytest.mark.parametrize("took", [0.005, 0.014, 0.025])
@pytest.mark.parametrize("seconds", [120.0, 600.0])
def test_frames_of_a_long_run_cost_little_and_more_of_them_follow_where_that_is_cheap(took, seconds):
    run = Run(total=60_000, epoch=500, step_seconds=seconds / 60_000, took=took).go("full")
    assert run.trained == pytest.approx(seconds)
    assert took * len(run.frames) <= 0.03 * seconds
    assert len(run.frames) >= 120
    if took * FRAMES < 0.01 * seconds:
        assert len(run.frames) > 1.5 * FRAMES
        assert min(run.gaps[60:]) > 0.1


def test_a_frame_by_the_clock_waits_for_the_end_of_an_epoch_that_is_near():
    now = 0.0
    times = SnapshotTimes(10**6, 1000, seconds=1.0, clock=lambda: now)
    times.shown(0, 0.01, "full")
    now = 2.0

    def due(chunks_left: int, chunk_seconds: float = 0.14) -> bool:
        return times.due(5, 5 * chunks_left, chunk_seconds / 5, 2.0, "full")

    assert [due(chunks) for chunks in (3, 2, 1, 0)] == [True, False, False, True]
    assert [due(chunks, 1.0) for chunks in (3, 2, 1, 0)] == [True] * 4, "an end that is far is not waited for"
    now = 0.5
    assert not any(due(chunks) for chunks in (3, 2, 1, 0)), "no end makes it come early"
    assert times.steps(5, 100, 0.001, "watch") == 100 and times.rest(5, "watch") == 0, "nothing but the clock decides"


@pytest.mark.parametrize(
    ("total", "epoch", "step_seconds", "first"),
    [
        (300, 10, 0.006, 10 / FRAMES_A_SECOND),  # fewer steps than frames
        (12_630, 421, 0.001, 5.0),
        (1600, 400, 0.002, 5.0),
        (100_000, 200, 0.0005, 5.0),
    ],
)
def test_who_watches_sees_at_least_eight_frames_a_second_and_waits_a_minute_at_most(total, epoch, step_seconds, first):
    run = Run(total, epoch, step_seconds).go("watch")
    begun = run.frames[0][1]
    first_end = next(shown for step, shown in run.frames if step >= epoch)
    assert first_end - begun == pytest.approx(first, abs=0.15)
    full = Run(total, epoch, step_seconds).go("full")
    assert run.now - full.now <= 60.5
    assert max(run.gaps) == pytest.approx(1 / FRAMES_A_SECOND, abs=0.12), "a chunk of steps later at most"
    assert sorted(run.gaps)[len(run.gaps) // 2] == pytest.approx(1 / FRAMES_A_SECOND, abs=0.01)
    assert run.steps == sorted(set(run.steps))


def test_a_training_that_is_slow_by_itself_is_shown_by_the_clock_and_not_held_back_for_long():
    run = Run(total=3000, epoch=300, step_seconds=0.04, took=0.03).go("watch")
    early = [gap for (_, shown), gap in zip(run.frames, run.gaps, strict=False) if shown < 30]
    assert max(early) < 0.2
    full = Run(total=3000, epoch=300, step_seconds=0.04, took=0.03).go("full")
    assert run.now - full.now <= 60.5


def test_a_long_run_that_is_watched_ends_at_full_speed():
    run = Run(total=30_000, epoch=300, step_seconds=0.04, took=0.05).go("watch")
    full = Run(total=30_000, epoch=300, step_seconds=0.04, took=0.05).go("full")
    assert run.now - full.now <= 60.5
    assert max(run.gaps) > 1, "what a minute buys is spent"


def test_a_slow_one_shows_each_step_for_a_second():
    run = Run(total=20, epoch=10).go("slow")
    assert run.steps == [*range(21)]
    assert run.gaps[:-1] == pytest.approx([1.0] * 19)


def test_a_pace_changes_in_the_middle():
    run = Run(total=4000, epoch=100).go("slow", (5, "full"))
    assert run.steps[:6] == [0, 1, 2, 3, 4, 5]
    assert run.now < 5 + 4000 * 0.001 + 0.01 * 200
    run = Run(total=4000, epoch=100).go("full", (3000, "watch"))
    plan = WatchPlan(4000, 100)
    assert run.rested == pytest.approx(plan.left(3000) / FRAMES_A_SECOND, rel=0.25)


@pytest.mark.parametrize("pace", ["watch", "slow", "full"])
def test_it_says_how_long_it_will_still_rest(pace):
    for step_seconds in (0.001, 0.02):
        run = Run(total=800, epoch=100, step_seconds=step_seconds)
        times = SnapshotTimes(run.total, run.epoch, clock=lambda: 0.0)
        times.shown(0, run.took, pace)
        said = times.rest_left(0, run.total * step_seconds, pace)
        assert said == pytest.approx(run.go(pace).rested, rel=0.1, abs=1.5)
