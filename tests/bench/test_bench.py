"""The bench: what it asks of whom, and what makes a training fast. No test here passes or fails by the clock."""

import math
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ae_core import bench, variants
from ae_core.bench import report
from ae_core.bench.line import Goal, Line
from ae_core.bench.race import times
from ae_core.bench.rounds import rate
from ae_core.bench.turns import Contender, ContenderError, take_turns
from ae_core.errors import SettingError
from ae_core.training import cache
from ae_core.training.session import TrainingSession
from tests.bench import hall
from tests.bench.measured import growth
from tests.conftest import ROOT
from tests.test_house import imports

TINY: dict[str, Any] = {"dataset": "digits", "latent_dim": 8, "train_size": 300, "batch_size": 60}

# A contender that notes its rounds in a file that all of them share.
COUNTS = """
import sys
from ae_core.bench.contenders.serving import serve
def begin(given):
    print("what a library prints is no answer")
    def one_round(more=0):
        if more > 8:
            raise ValueError("too much")
        with open(given["file"], "a") as notes:
            notes.write(given["name"])
        return {"images": 10 + more, "seconds": 2.0}
    return {"compilation": 0.5}, one_round
serve(begin)
"""


def counting(name, file):
    return Contender(name, ("-c", COUNTS), {"name": name, "file": str(file)})


@pytest.mark.slow
def test_contenders_take_turns_and_are_ended(tmp_path):
    notes = tmp_path / "notes"
    with counting("a", notes) as first, counting("b", notes) as second:
        said = take_turns([first, second], 3, [{}, {"more": 4}])
        assert first.beginning == {"compilation": 0.5}
        processes = [one._process for one in (first, second)]
    assert notes.read_text() == "abbaab", "none always comes after the same one"
    assert [rate(rounds) for rounds in said] == [5.0, 7.0]
    assert all(process.returncode == 0 for process in processes)


def test_a_ratio_is_that_of_rounds_that_followed_one_another():
    def rounds(*images):
        return [{"images": count, "seconds": 2.0} for count in images]

    # The machine was ten times as fast in the last two rounds.
    assert times(rounds(3, 30, 36), rounds(2, 20, 18)) == 1.5
    assert rate(rounds(3, 30, 36)) / rate(rounds(2, 20, 18)) == 30 / 18


def test_a_contender_that_fails_says_why(tmp_path):
    with (
        pytest.raises(ContenderError, match=r"a ended: .*ValueError: too much"),
        counting("a", tmp_path / "notes") as one,
    ):
        one.round(more=9)


PLAIN = """
import os, sys
from ae_core.bench.contenders import plain_keras as plain
_, one_round = plain.begin({"settings": {"variant": "vanilla", "dataset": "digits", "train_size": 200}, "seconds": 0.1})
said = one_round()
print(said["images"], said["seconds"], *sorted({"XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS"} & set(os.environ)))
"""


@pytest.mark.long
@pytest.mark.slow(seconds=10)
def test_plain_keras_runs_as_whoever_has_the_script_would_run_it(monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)  # of this process, which has trained
    done = subprocess.run([sys.executable, "-c", PLAIN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    images, seconds, *flags = done.stdout.split()
    assert int(images) % 180 == 0 and float(seconds) > 0
    assert flags == []


def test_every_line_has_a_name_of_its_own_and_can_be_chosen():
    names = [name for one in bench.measurements().values() for name in one.names]
    assert len(names) == len(set(names))
    assert {f"variant-{name}" for name in variants.registry()} <= set(names)
    assert bench.chosen(["dense-*", "deep-limit"]) == {
        "dense": ["dense-keras", "dense-pytorch"],
        "deep": ["deep-limit"],
    }
    assert bench.chosen(["start"])["start"] == list(bench.measurements()["start"].names)
    with pytest.raises(SettingError, match="--only must be among"):
        bench.chosen(["nothing"])


def test_a_goal_that_is_missed_is_said_and_one_that_was_not_measured_is_not():
    missed = Line("one", "speed", "rival", 1.2, "×", Goal(2.0, at_least=True))
    reached = Line("two", "cost", "", 2.04, "%", Goal(3.0, at_least=False))
    absent = Line("three", "speed", "rival", None, "×", Goal(2.0, at_least=True), remark="not installed")
    assert [line.reached for line in (missed, reached, absent)] == [False, True, None]
    rows = report.table([missed, reached, absent]).splitlines()
    assert "1.20 ×" in rows[2] and "≥ 2.00 ×" in rows[2] and "not reached" in rows[2]
    assert "2.0 %" in rows[3] and "not reached" not in rows[3]
    assert "not installed" in rows[4] and "not reached" not in rows[4]


@pytest.mark.long
@pytest.mark.slow
def test_a_step_is_fed_four_bytes_for_each_image_and_nothing_else_moves(monkeypatch):
    given = variants.read_settings(TINY | {"variant": "vanilla", "epochs": 2})
    ready = cache.prepare(given)
    table = ready.model.table.rows
    fed: list[Any] = []
    train = ready.model.train_on_batch

    def watched(rows: Any, **more: Any) -> Any:
        fed.append(rows)
        return train(rows, **more)

    monkeypatch.setattr(ready.model, "train_on_batch", watched)
    run = TrainingSession(given, prepared=ready, snapshot_seconds=math.inf)
    run.train()
    assert {rows.dtype.name for rows in fed} == {"int32"}
    assert sum(np.asarray(rows).nbytes for rows in fed) == 4 * run.total_steps * ready.batch_size
    again = cache.prepare(given)
    assert again.model.table.rows is table, "the next training finds the table on the device"


def test_a_training_that_nobody_watches_makes_no_figures():
    folder = ROOT / "ae_core"
    makers = {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*.py")
        if any(name.startswith(("ae_core.figures", "plotly")) for name in imports(path))
    }
    assert "figures" in makers
    assert not makers & {"data", "models", "variants", "measuring", "training", "runs", "engine"}


def test_a_snapshot_is_late_until_it_or_a_later_one_is_shown():
    made = [(10, 0.0), (20, 1.0), (30, 9.0)]
    viewers: list[Any] = [SimpleNamespace(steps=[(10, 0.1), (20, 1.2)]), SimpleNamespace(steps=[(20, 1.5)])]
    late = hall.delays(made, viewers, 0.0, 10.0)
    np.testing.assert_allclose(late, [0.1, 1.5, 0.2, 0.5])  # what was made last has not had its time yet
    assert hall.steps_a_second([*made, (90, 12.0)], 0.0, 10.0) == pytest.approx(20 / 9)


def test_cost_that_doubles_with_the_work_is_a_straight_line():
    line = growth._line("x", "y", {10.0: 1.0, 100.0: 10.0, 1000.0: 100.0}, "s")
    assert line.value == pytest.approx(1.0) and line.reached
    assert growth._line("x", "y", {10.0: 1.0, 100.0: 100.0, 1000.0: 1e4}, "s").reached is False
    assert growth._line("x", "y", {10.0: 5.0, 100.0: 5.0, 1000.0: 5.0}, "s").value == pytest.approx(0.0)
