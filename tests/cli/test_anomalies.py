"""The command `anomalies`, after a training on some classes only."""

import json
from pathlib import Path

import pytest

from ae_core.runs import RunStore
from tests.commands import command_here

NUMBERS = {"auc", "auc_interval", "ap", "ap_interval", "threshold", "rows"}
RIVALS = {"pca", "knn", "isolation_forest", "one_class_svm"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, str]:
    """A folder of runs, and one in it: a network that has seen zeros only."""
    folder = tmp_path_factory.mktemp("runs")
    words = ("--variant", "stacked", "--dataset", "digits", "--epochs", "20", "--latent-dim", "8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AE_RUNS_DIR", str(folder))
        ended = command_here("train", *words, "--set", "normal=0", "--set", "batch_size=16", "--json")
    assert ended.returncode == 0, ended.stderr
    return folder, json.loads(ended.stdout.splitlines()[-1])["run_id"]


@pytest.mark.slow(seconds=20)
def test_a_network_of_one_class_finds_the_others_odd_beside_its_rivals(trained, monkeypatch):
    folder, run_id = trained
    monkeypatch.setenv("AE_RUNS_DIR", str(folder))
    run = RunStore().open(run_id)
    assert run.settings["normal"] == "0" and run.experiment.normal == "0"
    assert run.test["knn1_error"] is None, "who has seen zeros only cannot name other digits"
    told = command_here("anomalies", run_id, "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    assert (found["run_id"], found["normal"], found["quantile"]) == (run_id, ["0"], 0.95)
    assert set(found) >= NUMBERS | RIVALS
    for one in (found, found["distance"], *(found[name] for name in RIVALS)):
        assert set(one) >= NUMBERS
        assert one["auc_interval"][0] <= one["auc"] <= one["auc_interval"][1]
    assert found["auc"] > 0.95 and found["pca"]["auc"] > 0.95, "zeros are easily told from other digits"
    assert found["ap"] > 0.95, "nine of ten test examples are odd"
    assert 0 <= found["knn"]["p_value"] <= 1
    counts = found["confusion"]
    assert counts["hits"] + counts["misses"] + counts["false_alarms"] + counts["passed"] == 359
    assert counts["hits"] > counts["misses"]

    spoken = command_here("anomalies", run_id, "--normal", "0,6", "--quantile", "0.9")
    assert "one-class SVM" in spoken.stdout and "odd examples" in spoken.stdout

    for words, said in (
        (("--normal", "12"), "normal must name some of the classes 0, 1, 2"),
        (("--quantile", "1"), "quantile must be a number above 0 and below 1. Received: '1'."),
    ):
        refused = command_here("anomalies", run_id, *words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr.strip().splitlines()[-1]


def test_a_wrong_word_ends_with_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS_DIR", str(tmp_path))
    for words, said in (
        (("anomalies", "nosuchrun000"), "There is no such stored run"),
        (("anomalies",), "required: RUN"),
        (("train", "--dataset", "digits", "--set", "normal=12"), "normal must name some of the classes"),
        (("train", "--dataset", "noise", "--set", "normal=1"), "normal must be empty"),
    ):
        refused = command_here(*words)
        assert (refused.returncode, refused.stdout) == (2, ""), words
        assert said in refused.stderr.strip().splitlines()[-1]
