"""The engine as a whole, against real worker processes: how it starts, what it answers, and how it ends."""

import contextlib
import os
import secrets
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from ae_core.engine import Engine, EngineError
from ae_core.engine.answer import Answer
from ae_core.engine.processes import Processes
from ae_core.runs import RunStore
from tests.conftest import ROOT, dask_processes, lives
from tests.engine.in_workers import keep_all_weights
from tests.engine.trainings import ME, digits, step_of
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.workers


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


def test_a_worker_answers_with_the_network_of_a_run(engine: Engine) -> None:
    keep_all_weights(engine)
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


def test_a_worker_keeps_the_memory_of_one_step_for_the_next(engine: Engine) -> None:
    pool = until(lambda: engine._supervisor.pool)
    client = pool.client
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        found = client.run(os.getenv, name).values()
        assert found and all(int(value) >= 2**25 for value in found), "Dask's own choice takes a quarter of the speed"


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
