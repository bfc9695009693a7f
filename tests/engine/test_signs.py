"""When a silence is said."""

import time

import pytest

from ae_core.engine import signs
from ae_core.engine.jobs import JobState, TrainingJob
from ae_core.engine.pool import Member
from ae_core.engine.queue import Queue
from ae_core.engine.signs import silence
from ae_core.variants import read_settings


@pytest.fixture
def job() -> TrainingJob:
    one = TrainingJob(read_settings({"dataset": "digits"}), "owner", Queue(9, 9, 1.0).shared)
    one.change(state="running")
    return one


def heard(seconds: float) -> float:
    """So many seconds ago."""
    return time.monotonic() - seconds


def test_a_silence_is_said_within_five_seconds_and_then_in_steps(job: TrainingJob) -> None:
    for seconds, said in ((0.0, 0), (3.0, 0), (4.0, 5), (9.0, 5), (10.5, 10), (64.0, 60)):
        assert silence(job, Member("one", None, heard_at=heard(seconds))) == said
    assert signs.SILENT + 1.5 <= 5, "a look at the workers and a turn of the engine later it is on the page"


def test_a_message_is_a_sign_of_life_as_much_as_a_heartbeat(job: TrainingJob) -> None:
    job.heard_at = heard(1.0)
    assert silence(job, Member("one", None, heard_at=heard(60.0))) == 0


@pytest.mark.parametrize("state", ["queued", "starting", "done", "failed"])
def test_only_of_what_trains_a_silence_is_said(job: TrainingJob, state: JobState) -> None:
    job.change(state=state)
    assert silence(job, Member("one", None)) == 0
    job.change(state="paused")
    assert silence(job, Member("one", None)) > 0 and silence(job, None) == 0
