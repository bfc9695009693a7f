"""A run on the Train page, against the real engine and without a browser: from Start to its end, and on from there."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ae_core import data
from ae_core.anomalies import PARTS
from ae_core.engine import EngineError
from ae_core.ownership import holds
from pages.ui import shared
from tests.pages.visiting import SMALL, buttons, sentences, shown, stages, status, steps, visit, wait, words
from tests.stored import stored

pytestmark = [pytest.mark.workers, pytest.mark.usefixtures("joined_engine")]


def test_a_run_from_start_to_stop_and_a_second_visitor_who_watches():
    page = visit(**SMALL | {"train_size": "1400", "batch_size": "4"})  # long enough for every step below
    page.button("start").click().run()
    run_id = page.query_params["run"]
    assert not buttons(page)["start"]
    wait(page, lambda page: steps(page) > 0)
    assert "Training" in status(page)
    assert buttons(page) == {"start": False, "pause": True, "step": True, "stop": True}

    watcher = visit(run=run_id)
    assert buttons(watcher) == {"start": True, "pause": False, "step": False, "stop": False}
    assert "You are watching" in status(watcher)
    assert steps(watcher) >= 0
    assert watcher.number_input("latent_dim").value == 4, "the run's own settings"

    page.button("pause").click().run()
    wait(page, lambda page: "Paused" in status(page))
    assert page.button("pause").label == "Resume"
    before = steps(page)
    page.button("step").click().run()
    wait(page, lambda page: steps(page) > before)
    wait(page, lambda page: "Paused" in status(page))

    page.number_input("learning_rate").set_value(0.01).run()
    page.button("pause").click().run()
    run = shared.engine().run(run_id)
    assert run is not None
    wait(page, lambda page: bool(run.snapshot and run.snapshot.marks))
    assert run.snapshot is not None
    (mark,) = run.snapshot.marks
    assert (mark.name, mark.before, mark.after) == ("learning_rate", pytest.approx(0.001), pytest.approx(0.01))

    learned = r"<span>Test MSE</span><b>0\.0\d+</b><small>PCA 0\.0\d+</small>"
    wait(page, lambda page: bool(re.search(learned, shown(page))))
    page.button("stop").click().run()
    wait(page, lambda page: "Stopped" in status(page))
    assert buttons(page)["start"]
    watcher.run()
    assert "Stopped" in status(watcher)
    numbers = shown(watcher)
    assert re.search(learned, numbers)
    assert re.search(r"<span>Code size</span><b>4</b><small>of 784</small>", numbers)


def test_a_stranger_cannot_command_a_run_by_its_address():
    page = visit(**SMALL, seed="1")
    page.button("start").click().run()
    run = shared.engine().run(page.query_params["run"])
    assert run is not None
    token = page.session_state["session"].owner
    assert holds(token, run.owner)
    assert token not in str(dict(page.query_params))
    stranger = visit(run=run.id)
    assert not holds(stranger.session_state["session"].owner, run.owner)
    assert not buttons(stranger)["stop"]
    page.button("stop").click().run()
    wait(page, lambda page: "Stopped" in status(page))


@pytest.mark.parametrize("name", ["newest.msgpack.gz", "setup.msgpack.gz", "result.json", "run.json", "status.json"])
def test_a_damaged_run_says_so_and_shows_what_is_left(name):
    run_id = stored(shared.engine().store, 0, 10, 20)
    path = shared.engine().store.folder / run_id / name
    path.write_bytes(path.read_bytes()[:-9])
    page = visit(run=run_id)
    assert f"This run is damaged: its file {name} cannot be read" in status(page)
    assert "queue" not in status(page)
    assert (steps(page) == -1) == name.startswith("setup")


def may_go_on(page: AppTest) -> bool:
    return any(button.key == "extend" and not button.disabled for button in page.button)


def test_a_finished_run_is_given_more_epochs_and_goes_on():
    page = visit(**SMALL | {"epochs": "2", "batch_size": "64", "seed": "8"})
    page.button("start").click().run()
    wait(page, lambda page: "Done" in status(page) and may_go_on(page))
    before, run_id = steps(page), page.query_params["run"]
    watcher = visit(run=run_id)
    assert all(button.key != "extend" for button in watcher.button), "only the owner lets it go on"
    page.number_input("more_epochs").set_value(3)
    page.button("extend").click().run()
    wait(page, lambda page: may_go_on(page) and steps(page) > before)
    assert steps(page) == before * 5 // 2 and page.query_params["run"] == run_id
    assert "<b>5.0</b><small>of 5</small>" in shown(page)

    page.number_input("more_epochs").set_value(500)
    page.button("extend").click().run()
    assert "epochs must be an integer from 1 to 500" in status(page)

    editions = {stages(one)[0]["edition"] for one in (page, visit(run=run_id))}
    assert editions == {str(steps(page))}, "frames that say how long it was before are fetched anew"
    assert stages(watcher)[0]["edition"] == str(before)
    odd = visit(run=run_id, frame="-1")
    assert "frame must be the number of a step" in sentences(odd) and "frame" not in odd.query_params
    wait(page, lambda page: not stages(page)[0]["moving"])
    shared.engine().remove(run_id, page.session_state["session"].owner)
    for one in (page, watcher):
        one.run()
        assert "The run that was shown here was removed." in sentences(one) and "run" not in one.query_params
        assert "Recording" in status(one) and buttons(one)["start"]


@pytest.mark.long
def test_a_stopped_run_goes_on_and_the_next_one_s_time_is_told():
    page = visit(**SMALL | {"epochs": "500", "batch_size": "1", "seed": "9"})  # does not end by itself meanwhile
    wait(page, lambda page: any("trains for about" in one.value for one in page.caption))
    page.button("start").click().run()
    wait(page, lambda page: "Training" in status(page) and steps(page) > 0)
    page.button("stop").click().run()
    wait(page, lambda page: "Stopped" in status(page) and any(one.key == "go_on" for one in page.button))
    stopped = steps(page)
    page.button("go_on").click().run()
    wait(page, lambda page: "Training" in status(page) and steps(page) > stopped)
    page.button("stop").click().run()
    wait(page, lambda page: "Stopped" in status(page))


def fitted(dataset: data.Dataset) -> bytes:
    """All examples of a data set, as if they came in a file."""
    return data.Fitted(np.concatenate([dataset.x_train, dataset.x_test]), None, {}, ()).packed()


@pytest.mark.long
def test_a_finished_run_goes_on_as_a_classifier():
    page = visit(**SMALL | {"epochs": "20", "batch_size": "16"})
    page.button("start").click().run()
    assert all(button.key != "classify_start" for button in page.button)
    wait(page, lambda page: "Done" in status(page) and "Classify with this code" in words(page))
    (section,) = [json.loads(one.proto.bytes) for one in page.get("bidi_component") if "odd_view" in one.proto.id]
    assert (section["run"], section["normal"]) == (page.query_params["run"], "")
    *shares, (share, told) = shared.engine().find_odd(section["run"], section["classes"][0])
    assert [found for _, found in shares] == [b""] * 5 and share == 1.0
    found = json.loads(told)
    assert found["whole"]["normal"] == [0] and not found["whole"]["alone"], "it has learnt from all classes"
    assert [one["name"] for one in found["detectors"]] == ["error", "distance", *PARTS[1:]]
    assert all(0 <= one["auc"] <= 1 for one in found["detectors"])
    digits, waves = (fitted(data.load(name)) for name in ("digits", "waves"))
    assert len(shared.engine().score_file(section["run"], digits).scores[0].test) == 4 * (1438 + 359)
    with pytest.raises(EngineError, match=r"shape 28×28×1, as those of the run"):
        shared.engine().score_file(section["run"], waves)
    page.number_input("classify_labels").set_value(5).run()
    page.button("classify_start").click().run()
    run_id = page.query_params["run"]
    job = shared.engine().classifier(run_id)
    assert job is not None
    wait(page, lambda page: job is not None and job.ended)
    page.run()
    assert "labels must be 0 for all, or an integer from 10 to 360. Received: 5." in shown(page)

    page.number_input("classify_labels").set_value(100).run()
    page.number_input("classify_epochs").set_value(2).run()
    page.button("classify_start").click().run()
    assert page.button("classify_start").disabled
    job = shared.engine().classifier(run_id)
    wait(page, lambda page: "epochs: 2; time" in shown(page))
    assert job is not None and job.result is not None
    errors = {name: curve.test_error for name, curve in job.result.curves.items() if curve.test_error is not None}
    assert errors["pixels"] < 0.6, "better than a guess, which errs at 0.9"
    row = ["100", "head only", "2", *(f"{100 * errors[name]:.2f} %" for name in ("code", "pixels", "pca"))]
    assert "".join(f"<td>{cell}</td>" for cell in row) in shown(page)
    assert page.button("classify_stop").disabled

    watcher = visit(run=run_id)
    assert f"<td>{row[-1]}</td>" in shown(watcher)
    assert all(button.key != "classify_start" for button in watcher.button), "only the owner asks for one"

    page.segmented_control("classify_tuned").set_value("whole").run()
    page.number_input("classify_epochs").set_value(100).run()
    page.button("classify_start").click().run()
    job = shared.engine().classifier(run_id)
    assert job is not None
    wait(page, lambda page: job.snapshot is not None)
    page.run()
    page.button("classify_stop").click().run()
    wait(page, lambda page: "Nothing of it is kept." in shown(page))
    assert len(shared.engine().store.classifiers(run_id)) == 1
