"""The engine against real worker processes and real trainings of the smallest data set."""

import contextlib
import logging
import math
import os
import secrets
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from dask.system import cpu_count

from ae_core.engine import Engine, EngineError, TrainingJob, limits
from ae_core.engine.answer import Answer, answer
from ae_core.engine.limits import Limits
from ae_core.engine.processes import Processes, default_slots, gpus
from ae_core.ownership import holds
from ae_core.runs import RunStore
from ae_core.settings import Settings
from ae_core.training.execution import LONGEST_CHUNK
from ae_core.variants import read_settings
from tests.conftest import ROOT, dask_processes, lives
from tests.engine.in_workers import keep_often
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.workers

ME, STRANGER = "me", "stranger"


def digits(**values: Any) -> Settings:
    """Settings of a training that would last for minutes, if nobody stopped it."""
    return read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 500, "batch_size": 2} | values)


def step_of(run: TrainingJob) -> int:
    return run.snapshot.step if run.snapshot else -1


@pytest.fixture
def engine(warm_engine: Engine) -> Iterator[Engine]:
    """The engine of these tests; whatever a test leaves running is stopped after it."""
    yield warm_engine
    for job in warm_engine.jobs():
        if not job.ended and not job.elsewhere:
            warm_engine.command(job.id, ME if holds(ME, job.owner) else STRANGER, "stop")
    until(lambda: all(job.ended or job.elsewhere for job in warm_engine.jobs()))


def test_to_start_an_engine_waits_for_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun, go = threading.Event(), threading.Event()

    def held_up(processes: Processes) -> str:
        begun.set()
        assert go.wait(PATIENCE)
        raise OSError

    monkeypatch.setattr(Processes, "start", held_up)
    one = Engine(store=RunStore(tmp_path))
    one.start()
    assert not go.is_set(), "it is back although nothing can have started"
    assert one.status == "starting"
    one.start()
    assert begun.wait(PATIENCE)
    go.set()
    until(lambda: one.status == "failed")
    assert one.status_text.endswith("no Dask scheduler answers on this machine.")
    one.close()


def test_a_run_goes_from_the_queue_to_its_result(engine: Engine) -> None:
    versions, states, steps = [], [], []
    run = engine.submit(digits(epochs=2, batch_size=128), ME)
    while run.result is None and run.state != "failed":
        view = run.view()
        versions.append(view.version)
        states.append(view.state)
        steps.append(step_of(view))
        time.sleep(0.002)
    assert run.state == "done", run.error
    order = ["queued", "starting", "running", "done"]  # a short state can pass unseen
    assert [state for state in order if state in states] == list(dict.fromkeys(states))
    assert versions == sorted(versions)
    assert steps == sorted(steps)
    assert run.setup is not None and run.snapshot is not None and run.result is not None
    assert run.setup.shape == [28, 28, 1]
    assert run.snapshot.step == run.setup.total_steps > 0
    assert run.snapshot.state == "done"
    mse = run.result.test["mse"]
    assert isinstance(mse, float) and mse > 0
    assert run.created <= (run.started or 0) <= (run.finished or 0)
    assert engine.run(run.id) is run and engine.jobs()[0] is run


def test_pause_holds_step_advances_and_stop_ends(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: run.state == "running" and step_of(run) > 0)

    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    held = step_of(run)
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held, "paused")

    engine.command(run.id, ME, "step")
    until(lambda: run.state == "paused" and step_of(run) > held)
    chunk = step_of(run) - held
    assert chunk <= LONGEST_CHUNK
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held + chunk, "paused")

    engine.command(run.id, ME, "step")
    until(lambda: run.state == "paused" and step_of(run) > held + chunk)
    again = step_of(run) - held - chunk
    assert again <= LONGEST_CHUNK
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held + chunk + again, "paused")
    engine.command(run.id, ME, "resume")
    until(lambda: run.state == "running" and step_of(run) > held + 3 * chunk)

    engine.command(run.id, ME, "stop")
    until(lambda: run.state == "stopped")
    with pytest.raises(EngineError, match=r"has ended \(stopped\)"):
        engine.command(run.id, ME, "pause")
    assert run.snapshot is not None and run.snapshot.state == "stopped"


def test_a_run_goes_at_its_owner_s_pace_and_hurries_while_others_wait(engine: Engine) -> None:
    run = engine.submit(digits(), ME, pace="slow")
    until(lambda: run.snapshot and run.snapshot.batch, why=lambda: run.state)
    assert (run.pace, run.hurried) == ("slow", False)
    slow = step_of(run)
    waiting = engine.submit(digits(), STRANGER, pace="watch")
    until(lambda: run.hurried)
    until(lambda: step_of(run) > slow + 200)
    assert run.pace == "slow", "what its owner wished is not forgotten"
    engine.command(waiting.id, STRANGER, "pace", value="full")
    assert (waiting.state, waiting.pace, waiting.hurried) == ("queued", "full", False)
    engine.command(waiting.id, STRANGER, "stop")
    until(lambda: not run.hurried)
    hurried = until(lambda: run.snapshot and run.snapshot.batch and run.snapshot.step)
    time.sleep(1.5)
    assert step_of(run) <= hurried + 3, "one step a second again"

    engine.command(run.id, ME, "pace", value="watch")
    assert run.view().pace == "watch"
    until(lambda: step_of(run) > hurried + 10 and run.snapshot and run.snapshot.batch is None)
    with pytest.raises(EngineError, match=r"pace must be one of full, watch, slow\. Received: 'fast'"):
        engine.command(run.id, ME, "pace", value="fast")
    with pytest.raises(EngineError, match="pace must be one of"):
        engine.command(run.id, ME, "pace")
    with pytest.raises(EngineError, match="Only the person"):
        engine.command(run.id, STRANGER, "pace", value="full")
    with pytest.raises(EngineError, match="pace must be one of"):
        engine.submit(digits(seed=8), ME, pace="fast")  # type: ignore[arg-type]
    engine.command(run.id, ME, "stop")
    until(lambda: run.state == "stopped")


def test_an_ended_run_is_given_more_epochs_and_goes_on(engine: Engine) -> None:
    run = engine.submit(digits(epochs=2, batch_size=128), ME)
    with pytest.raises(EngineError, match="still trains"):
        engine.extend(run.id, ME, 2)
    first = until(lambda: run.result)
    assert engine.why_not_extend(run) == ""
    frames = engine.store.open(run.id).frames
    for epochs in (0, -1, 1.5, True, "2"):
        with pytest.raises(EngineError, match="epochs must be an integer from 1"):
            engine.extend(run.id, ME, epochs)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=r"With 499 more, epochs must be an integer from 1 to 500. Received: '501'"):
        engine.extend(run.id, ME, 499)
    with pytest.raises(EngineError, match="Only the person"):
        engine.extend(run.id, STRANGER, 2)
    with pytest.raises(EngineError, match="no such run"):
        engine.extend("unknown", ME, 2)

    assert engine.extend(run.id, ME, 2) is run
    assert (run.settings.epochs, run.result) == (4, None) and not run.ended
    second = until(lambda: run.result)
    assert run.state == "done", run.error
    assert (second.epochs, second.steps) == (4, 2 * first.steps)
    assert second.history["loss"][:2] == first.history["loss"] and len(second.history["loss"]) == 4
    stored = until(lambda: (found := engine.store.open(run.id)).state == "done" and found)
    assert (stored.settings["epochs"], stored.step, stored.attempts) == (4, second.steps, 1)
    assert stored.frames > frames
    assert stored.model is not None and stored.result().epochs == 4

    (stored.folder / "checkpoint.npz").unlink()
    assert "its state is not kept" in engine.why_not_extend(run)
    with pytest.raises(EngineError, match="its state is not kept"):
        engine.extend(run.id, ME, 2)


def test_tune_leaves_a_mark_and_refuses_what_is_not_allowed(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) > 0)
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.01)
    mark = until(lambda: run.snapshot and run.snapshot.marks)[0]
    assert mark.name == "learning_rate"
    assert mark.before == pytest.approx(run.settings.learning_rate)
    assert mark.after == pytest.approx(0.01)
    with pytest.raises(EngineError, match="learning_rate must be a number from"):
        engine.command(run.id, ME, "tune", name="learning_rate", value=7)
    with pytest.raises(EngineError, match=r"name must be one of learning_rate.*Received: 'epochs'"):
        engine.command(run.id, ME, "tune", name="epochs", value=7)
    with pytest.raises(EngineError, match=r"must be one of pause, resume.*Received: 'explode'"):
        engine.command(run.id, ME, "explode")


def test_commands_given_while_a_run_starts_are_kept_in_order(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: run.state != "queued")
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.002)
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.003)
    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    assert run.snapshot is not None
    assert [mark.after for mark in run.snapshot.marks] == pytest.approx([0.002, 0.003])


def test_a_worker_keeps_the_memory_of_one_step_for_the_next(engine: Engine) -> None:
    pool = until(lambda: engine._supervisor.pool)
    client = pool.client
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        found = client.run(os.getenv, name).values()
        assert found and all(int(value) >= 2**25 for value in found), "Dask's own choice takes a quarter of the speed"


def test_the_queue_is_bounded_and_belongs_to_its_owners(engine: Engine) -> None:
    first, second, third = (engine.submit(digits(seed=seed), ME) for seed in range(3))
    assert engine.submit(digits(seed=1), ME) is second, "what was pressed twice is queued once"
    until(lambda: first.state == "running" and step_of(first) > 0)
    until(lambda: (second.position, third.position) == (1, 2))
    # The first run says how long it will take, so the wait of the others can be told.
    until(lambda: (third.expected_wait or 0) > (second.expected_wait or math.inf) > 0)
    with pytest.raises(EngineError, match="The queue is full: 2 trainings"):
        engine.submit(digits(), STRANGER)
    with pytest.raises(EngineError, match="Only the person who started"):
        engine.command(first.id, STRANGER, "stop")
    with pytest.raises(EngineError, match="still waits in the queue"):
        engine.command(second.id, ME, "pause")
    with pytest.raises(EngineError, match="no such run"):
        engine.command("unknown", ME, "stop")

    engine.command(second.id, ME, "stop")
    assert second.state == "stopped"  # at once
    assert second.started is None
    until(lambda: third.position == 1)
    fourth = engine.submit(digits(), STRANGER)
    assert (fourth.position, third.position) == (1, 2)  # who has nothing in training comes first
    engine.command(fourth.id, STRANGER, "stop")


def test_a_run_can_be_handed_on_once(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    with pytest.raises(EngineError, match="Only the person"):
        engine.offer(run.id, STRANGER)
    void, token = engine.offer(run.id, ME), engine.offer(run.id, ME)
    for wrong in (void, "", STRANGER):
        with pytest.raises(EngineError, match="does not hold any more"):
            engine.take_over(run.id, wrong, STRANGER)
    engine.take_over(run.id, token, STRANGER)
    with pytest.raises(EngineError, match="does not hold any more"):
        engine.take_over(run.id, token, ME)
    with pytest.raises(EngineError, match="Only the person"):
        engine.command(run.id, ME, "stop")
    engine.command(run.id, STRANGER, "stop")


def test_a_sentence_of_the_training_reaches_the_person(engine: Engine) -> None:
    settings = digits(loss="cross_entropy", scaling="standardize")
    run = engine.submit(settings, ME)
    until(lambda: run.ended)
    assert run.state == "failed"
    assert run.error == (
        "loss must be auto or mse for data outside [0, 1], because cross-entropy reads a value as a probability. "
        "Received: 'cross_entropy'."
    )
    described = until(lambda: engine.describe(settings))
    assert described == Answer(error=run.error)


def test_describe_counts_the_parameters(engine: Engine) -> None:
    described = until(lambda: engine.describe(digits(latent_dim=7)))
    assert described.value["input_shape"] == [28, 28, 1] and described.value["code_shape"] == [7]
    assert described.value["parameters"] == sum(layer["parameters"] for layer in described.value["layers"])
    assert engine.describe(digits(latent_dim=7)) is described


def test_a_paused_run_gives_way_when_others_wait(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) >= 0)
    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    time.sleep(1.5)
    assert run.state == "paused"  # nobody waits
    other = engine.submit(digits(), STRANGER)
    until(lambda: run.state == "stopped")
    assert run.error == "This run was paused for long while others waited, so it was stopped."
    until(lambda: other.state == "running")
    engine.command(other.id, STRANGER, "stop")


def test_a_run_whose_worker_died_goes_on_from_its_checkpoint(engine: Engine) -> None:
    keep_often(engine)
    run = engine.submit(digits(), ME)
    waiting = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    checkpoint = engine.store.folder / run.id / "checkpoint.npz"
    until(lambda: checkpoint.exists() and step_of(run) > 0)
    heaviest = max(dask_processes(), key=lambda process: process.memory_info().rss)
    heaviest.send_signal(signal.SIGKILL)
    until(lambda: run.state == "queued")
    until(lambda: waiting.ended)
    assert waiting.state == "done", waiting.error
    until(lambda: run.state == "running" and run.attempts == 2)
    resumed = step_of(run)
    assert resumed > 0, "it went on, it did not begin anew"
    engine.command(run.id, ME, "stop")
    until(lambda: run.result is not None)
    until(lambda: engine.store.open(run.id).state == "stopped")
    assert engine.store.open(run.id).attempts == 2


def test_a_run_that_nobody_watches_makes_room_and_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(limits, "UNSEEN_SECONDS", 0.0)
    keep_often(engine)
    run = engine.submit(digits(), ME)
    until(lambda: (engine.store.folder / run.id / "checkpoint.npz").exists())
    left = step_of(run)
    other = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    until(lambda: run.state == "queued" and run.used > 0)
    until(lambda: other.ended)
    assert other.state == "done", other.error
    until(lambda: run.state == "running" and step_of(run) > left)
    engine.command(run.id, ME, "stop")
    until(lambda: run.result is not None)
    stored = until(lambda: (found := engine.store.open(run.id)).state == "stopped" and found)
    steps = [frame.step for frame in stored.snapshots()]
    assert steps == sorted(set(steps)) and steps[0] == 0, "one film, from its beginning"


def test_a_run_that_takes_too_long_ends_with_its_last_state(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine._supervisor, "_limits", Limits(run_minutes=2 / 60))
    run = engine.submit(digits(), ME)
    until(lambda: run.result is not None)
    assert run.state == "stopped" and "the longest that a run may take here" in (run.error or "")
    assert engine.why_not_go_on(run) == ""


def test_a_run_whose_worker_is_ended_for_its_memory_is_tried_once(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    waiting = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    until(lambda: step_of(run) > 0)
    pool = until(lambda: engine._supervisor.pool)
    pool.client.log_event("worker-restart-memory", {"worker": run.worker, "pid": 1, "rss": 1})  # as its nanny does
    until(lambda: run.exhausted)
    heaviest = max(dask_processes(), key=lambda process: process.memory_info().rss)
    heaviest.send_signal(signal.SIGKILL)
    until(lambda: run.ended)
    assert run.state == "failed" and run.attempts == 1
    assert run.error is not None and "more memory than its worker has" in run.error
    until(lambda: waiting.ended)
    assert waiting.state == "done", waiting.error
    until(lambda: engine.store.open(run.id).state == "failed")


@pytest.mark.parametrize("who", ["worker", "scheduler"])
def test_who_is_stopped_is_said_and_goes_on(engine: Engine, who: str) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) > 0)
    processes = dask_processes()
    heaviest = max(processes, key=lambda process: process.memory_info().rss)
    frozen = heaviest if who == "worker" else next(one for one in processes if "Scheduler" in " ".join(one.cmdline()))
    assert run.silent == 0
    version = run.version
    frozen.suspend()
    try:
        until(lambda: run.silent)
        assert run.state == "running" and run.version > version, "pages hear of it"
        held = step_of(run)
    finally:
        frozen.resume()
    until(lambda: not run.silent and step_of(run) > held)
    assert (run.state, run.attempts) == ("running", 1)


def test_runs_outlast_the_app(engine: Engine, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    first = Engine(concurrent=1, store=store)
    first.start()
    done = first.submit(digits(epochs=2, batch_size=128), ME)
    until(lambda: done.result is not None)
    keep_often(first)
    cut = first.submit(digits(), ME)
    until(lambda: (tmp_path / cut.id / "checkpoint.npz").exists())
    first.close()
    assert store.open(done.id).state == "done"
    until(lambda: store.open(cut.id).state == "interrupted")  # as soon as its process is gone
    second = Engine(
        address=engine.address, security=engine.security, store=store
    )  # so that it need not wait for workers of its own
    kept = second.run(done.id)
    assert kept is not None and kept.ended and kept.result == done.result
    assert kept.snapshot == done.snapshot
    early = second.run(cut.id)  # asked for by a page before the workers are there
    assert early is not None and not early.ended
    second.start()
    until(lambda: early.state == "running" and step_of(early) > 0)
    with pytest.raises(EngineError, match="Only the person"):
        second.command(cut.id, STRANGER, "stop")
    second.command(cut.id, ME, "stop")
    until(lambda: early.ended)
    second.close()
    model = store.open(done.id).model
    assert model is not None and model.stat().st_size > 10_000


def test_a_worker_answers_with_the_network_of_a_run(engine: Engine) -> None:
    done = engine.submit(digits(epochs=1, batch_size=128), ME)
    until(lambda: done.result is not None)
    network = engine.network(done.id)
    assert network.why == "" and len(network.content) > 4 * 784
    assert engine.network("no-such-run1").why.startswith("There is no such stored run")
    code = np.zeros(done.settings.latent_dim, "<f4").tobytes()
    step = step_of(done)
    assert len(engine.compute(done.id, step, "decoder", code + code)) == 2 * 4 * 784
    with pytest.raises(EngineError, match="some rows of 784 numbers"):
        engine.compute(done.id, step, "encoder", code)
    first, *_, last = engine.moments(done.id)
    assert (first, last) == (0, step), "what it was before its first step, and at the end"
    early = engine.network(done.id, 0)
    assert early.why == "" and len(early.content) == len(network.content) and early.content != network.content
    assert engine.compute(done.id, 0, "decoder", code) != engine.compute(done.id, step, "decoder", code)
    assert "not kept any more" in engine.network(done.id, step + 1).why and list(engine.moments("../elsewhere")) == []
    shares, layouts = zip(*engine.lay_out(done.id, 0, 50), strict=True)
    assert shares == (0.25, 0.5, 0.75, 1.0) and {len(one) for one in layouts} == {50 * 8} and len({*layouts}) == 4
    with pytest.raises(EngineError, match="at least 5 images; this run shows 4"):
        next(engine.lay_out(done.id, step, 4))


SCRIPT = textwrap.dedent("""
    import sys, time
    from ae_core.engine import Engine
    from ae_core.variants import read_settings
    engine = Engine(concurrent=1)
    engine.start()
    engine.submit(read_settings({"dataset": "digits", "epochs": "1"}), "me")
    while engine.status == "starting":
        time.sleep(0.01)
    print(engine.status, *(name for name in ("keras", "tensorflow", "streamlit") if name in sys.modules), flush=True)
    if sys.argv[1] == "hang":
        sys.stdin.read()
""")


def launch(how: str, mark: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "AE_TEST_MARK": mark}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd="/",
    )


def marked(mark: str) -> list[psutil.Process]:
    """Running processes that were started with this mark in their environment, by whomever."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("AE_TEST_MARK") == mark and lives(process):
                found.append(process)
    return found


def test_no_process_outlives_the_app_and_the_app_never_loads_keras() -> None:
    mark, other = secrets.token_hex(8), secrets.token_hex(8)
    with launch("end", mark) as ending, launch("hang", other) as hanging:
        assert ending.stdout is not None and hanging.stdout is not None
        assert hanging.stdout.readline().split() == ["warming"]
        until(lambda: len(marked(other)) >= 1 + 3)  # the app, and at least scheduler, nanny and worker
        hanging.kill()
        assert ending.stdout.readline().split() == ["warming"]
        assert ending.wait(PATIENCE) == 0
    until(lambda: not marked(mark) and not marked(other))


def test_another_app_can_join_the_same_workers(engine: Engine) -> None:
    guest = Engine(address=engine.address, security=engine.security, store=RunStore(engine.store.folder))
    guest.start()
    run = guest.submit(digits(epochs=1, batch_size=128), ME)
    until(lambda: run.ended)
    assert run.state == "done", run.error
    # Both keep their runs in one store, so each can show the other's.
    until(lambda: engine.run(run.id).state == "done")  # type: ignore[union-attr]
    assert run not in engine.jobs()
    guest.close()
    until(lambda: engine.status == "ready")
    assert any(map(lives, dask_processes()))


def test_an_unexpected_failure_is_told_in_plain_data(caplog: pytest.LogCaptureFixture) -> None:
    class OddError(Exception):
        pass

    def work() -> None:
        raise OddError("details")

    with caplog.at_level(logging.ERROR):
        said = answer(work, "The training stopped")
    sentence = "The training stopped because of an internal error (OddError); the log has the details."
    assert said == Answer(error=sentence)
    assert "details" in caplog.text and "Traceback" in caplog.text


def test_an_unreachable_scheduler_is_one_sentence() -> None:
    one = Engine(address="tcp://127.0.0.1:9")
    run = one.submit(digits(), ME)
    one.start()
    until(lambda: one.status == "failed")
    sentence = "The training processes cannot be reached: no Dask scheduler answers at tcp://127.0.0.1:9."
    assert one.status_text == sentence
    until(lambda: run.ended)
    assert (run.state, run.error) == ("failed", sentence)
    with pytest.raises(EngineError, match="no Dask scheduler answers"):
        one.submit(digits(), ME)
    one.close()


def test_a_slot_for_every_gpu_that_the_driver_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H200 (UUID: a)'\necho 'GPU 1: NVIDIA H200 (UUID: b)'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert (gpus(), default_slots()) == (["0", "1"], 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert (gpus(), default_slots()) == (["1"], 1)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpus() == [] and default_slots() == max(1, cpu_count() // 2)
