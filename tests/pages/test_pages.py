"""The pages, against the real engine: what a visitor sees and does, without a browser."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import dask.config
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ae_core import variants
from ae_core.anomalies import PARTS
from ae_core.engine import EngineError, certificates
from ae_core.figures.shared import Json
from ae_core.ownership import holds
from pages.ui import shared, state
from tests.conftest import ROOT
from tests.stored import stored
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.workers

APP = str(ROOT / "app.py")
SMALL = {
    "variant": "vanilla",
    "dataset": "digits",
    "latent_dim": "4",
    "epochs": "500",
    "train_size": "400",
    "pace": "full",
}


@pytest.fixture(scope="module", autouse=True)
def _engine(warm_engine, tmp_path_factory) -> Iterator[None]:
    """One engine for all tests, as for all visitors, which joins workers that are there."""
    security = warm_engine.security
    with pytest.MonkeyPatch.context() as patch, dask.config.set(certificates.configuration(security)):
        patch.delenv("AE_DATA_DIR", raising=False)
        patch.setenv("AE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("AE_SCHEDULER", warm_engine.address)
        yield
        shared.engine().close()
        st.cache_resource.clear()


def visit(**address: str) -> AppTest:
    """A new visitor who opens this address."""
    page = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, text in address.items():
        page.query_params[name] = text
    page.run()
    assert not page.exception
    return page


def stages(page: AppTest) -> list[Json]:
    """What the parts of the page are given that the browser draws."""
    found = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.bytes) for one in found if "stage" in one.id]


def shown(page: AppTest) -> str:
    """All that the page itself writes: status, numbers, notes, tables."""
    parts = [one.proto.body for one in page.get("html") if "<style>" not in one.proto.body]
    for stage in stages(page):
        parts += stage["said"] or stage["status"]
        parts += ["" if stage["said"] else stage["beside"], *stage["texts"].values()]
        parts += [text for frame in stage["frames"][-1:] for text in frame["texts"].values()]
    return " ".join(parts)


def status(page: AppTest) -> str:
    stage = stages(page)[0]
    return " ".join(stage["said"] or [*stage["status"], stage["beside"]])


def steps(page: AppTest) -> int:
    """The step in the row of numbers; -1 before there is one."""
    found = re.search(r"<span>Step</span><b>([\d,]+)</b>", shown(page))
    return int(found[1].replace(",", "")) if found else -1


def wait(page: AppTest, happened: Callable[[AppTest], bool]) -> None:
    """Draws the page again and again, as a browser asks for it that hears of a change."""

    def draw() -> None:
        time.sleep(0.1)
        page.run()
        assert not page.exception

    until(lambda: happened(page), draw, lambda: status(page))


def buttons(page: AppTest) -> dict[str, bool]:
    """Which buttons can be pressed."""
    return {key: not page.button(key).disabled for key in ("start", "pause", "step", "stop")}


def sentences(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.error, *page.warning])


def test_the_first_page_offers_an_experiment():
    page = visit()
    assert buttons(page) == {"start": True, "pause": False, "step": False, "stop": False}
    assert page.selectbox("variant").options == [variant.title for variant in variants.registry().values()]
    assert page.number_input("latent_dim").value == 2
    assert (page.query_params["variant"], page.query_params["dataset"]) == ("stacked", "mnist_5k")
    assert page.selectbox("dataset").options[:2] == ["MNIST (5,000 images)", "MNIST"], "the whole is one choice away"
    assert "run" not in page.query_params
    assert sentences(page) == ""


def test_a_use_is_one_press():
    page = visit()
    page.pills("use").set_value("odd").run()
    assert (page.query_params["normal"], page.query_params["variant"]) == ("0", "stacked")
    assert page.text_input("normal").value == "0" and page.selectbox("variant").value == "stacked"
    assert "every other digit should stand out" in " ".join(one.value for one in page.caption)
    page.text_input("normal").set_value("").run()
    assert page.pills("use").value is None, "it is not what the form says any more"
    assert "normal" not in page.query_params


def test_what_a_browser_may_have_missed_is_told_again(monkeypatch):
    page = visit(variant="sparse")
    own = page.session_state["session"]
    page.run()
    assert own.unsure, "in the first moments, however often the script runs"
    monkeypatch.setattr(state, "SEED_SECONDS", 0.0)
    page.run()
    assert not own.unsure and own.form.variant == "sparse", "else what is being typed would be overwritten"


def test_the_address_and_the_widgets_say_the_same():
    page = visit(variant="denoising", noise="masking", noise_factor="0.25", widths="64,32", seed="7", dataset="sprites")
    assert page.slider("noise_factor").value == 0.25
    assert page.selectbox("noise").value == "masking"
    assert page.text_input("widths").value == "64,32"
    assert page.number_input("seed").value == 7
    page.number_input("latent_dim").set_value(5)
    page.toggle("tied").set_value(True)
    page.run()
    address = page.query_params
    again = visit(**address)
    assert again.query_params == address
    assert (address["latent_dim"], address["tied"], address["noise_factor"]) == ("5", "true", "0.25")
    assert again.number_input("latent_dim").value == 5
    assert again.toggle("tied").value is True


def test_a_wrong_address_is_answered_with_sentences_and_the_app_goes_on():
    page = visit(variant="sparse", latent_dim="99999", colour="red", run="nobody", dataset="digits")
    said = sentences(page)
    for wanted in ("latent_dim must be an integer from 1 to 4096", "256 is used instead", "'colour'", "not kept"):
        assert wanted in said
    assert page.number_input("latent_dim").value == 256
    assert buttons(page)["start"]
    assert set(page.query_params).isdisjoint({"colour", "run"})
    page.number_input("epochs").set_value(3).run()
    assert sentences(page) == "", "said once, until something is chosen"


def test_wrong_text_is_refused_with_a_sentence_and_kept():
    page = visit(variant="stacked", dataset="digits")
    page.text_input("widths").set_value("12, many").run()
    assert "widths must be at most 6 comma-separated entries" in sentences(page)
    assert page.text_input("widths").value == "12, many"
    assert not buttons(page)["start"]
    page.text_input("widths").set_value("12").run()
    assert sentences(page) == ""
    assert buttons(page)["start"]
    assert page.query_params["widths"] == "12"


def test_data_that_do_not_fit_the_variant_are_refused():
    page = visit(variant="convolutional", dataset="noise")
    assert "dataset must hold images" in sentences(page)
    assert not buttons(page)["start"]
    assert any("Nothing can be compressed" in one.value for one in page.info)


def test_another_variant_shows_its_own_settings_and_keeps_the_common_ones():
    page = visit(dataset="digits")
    page.number_input("seed").set_value(11).run()
    page.selectbox("variant").set_value("sparse").run()
    assert page.number_input("sparsity_weight").value == 0.001
    assert page.number_input("seed").value == 11
    assert page.number_input("latent_dim").value == 256
    page.selectbox("variant").set_value("denoising").run()
    assert page.slider("noise_factor").value == 0.5
    assert "sparsity_weight" not in page.query_params


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


def learn(page: AppTest, part: str) -> None:
    """Opens a part of the Learn page."""
    page.switch_page("pages/learn.py").run()
    page.segmented_control("learn_part").set_value(part).run()


@pytest.fixture(scope="module")
def reader(_engine) -> AppTest:
    """The page of a visitor who reads about one variant after the other."""
    page = visit(dataset="digits")
    learn(page, "variants")
    return page


@pytest.mark.parametrize("name", list(variants.registry()))
def test_the_learn_page_is_made_from_the_variants_file(name, reader):
    page = reader.selectbox("variant").set_value(name).run()
    assert not page.exception and page.query_params["variant"] == name
    variant = variants.get(name)
    assert page.subheader[0].value == variant.title
    assert any(one.value == variant.idea for one in page.markdown)
    assert all(any(reference in one.value for one in page.markdown) for reference in variant.references)
    assert r"\hat{x}" in " ".join(one.value for one in page.latex)
    assert page.code[0].value == (ROOT / "ae_core" / "variants" / f"{name}.py").read_text(encoding="utf-8").strip()
    table = shown(page)
    assert all(f"<code>{setting}</code>" in table for setting in page.query_params if setting != "variant")


def test_the_learn_page_draws_the_network_of_the_present_settings():
    page = visit(variant="stacked", dataset="digits", widths="9", latent_dim="3")
    learn(page, "variants")
    # 784·9 + 9, 9·3 + 3, and back: 3·9 + 9, 9·784 + 784.
    wait(page, lambda page: any("14,971 parameters" in one.value for one in page.caption))
    page.selectbox("variant").set_value("vanilla").run()
    assert page.query_params["variant"] == "vanilla"
    page.switch_page("pages/train.py").run()
    assert page.selectbox("variant").value == "vanilla"
    assert page.number_input("latent_dim").value == 3


VISIT_ALL = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=180).run()
failed = []
for name in sys.argv[1:]:
    page.switch_page(name).run()
    failed += [f"{name}: {one.message}" for one in page.exception]
from pages.ui import shared
shared.engine().close()
loaded = {"tensorflow", "keras", "jax", "sklearn", "pandas"} & {name.partition(".")[0] for name in sys.modules}
sys.exit(f"failed: {failed}, loaded: {loaded}" if failed or loaded else 0)
"""


def test_every_page_opens_and_the_web_process_loads_no_tensorflow():
    pages = [f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py"))]
    starts_its_own = {name: value for name, value in os.environ.items() if name != "AE_SCHEDULER"}
    done = subprocess.run(
        [sys.executable, "-c", VISIT_ALL, *pages],
        cwd=ROOT,
        env=starts_its_own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


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


def test_a_stopped_run_goes_on_and_the_next_one_s_time_is_told():
    page = visit(**SMALL | {"epochs": "500", "batch_size": "8", "seed": "9"})
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
    assert len(shared.engine().score_file(section["run"], "digits").scores[0].test) == 4 * (1438 + 359)
    with pytest.raises(EngineError, match=r"shape 28×28×1, as those of the run"):
        shared.engine().score_file(section["run"], "waves")
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
    wait(page, lambda page: "2 epochs, in" in shown(page))
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


def words(page: AppTest) -> str:
    """All text in the page's own markup."""
    return " ".join(one.value for one in page.markdown)
