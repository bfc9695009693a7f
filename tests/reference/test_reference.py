"""The reference command: what is compared with what, and that the comparison is right."""

import dataclasses
import json
import re
import statistics
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, median_filter
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from ae_core import __main__, reference, variants
from ae_core.errors import SettingError
from ae_core.models.layers.corruption import Corruption
from ae_core.reference import curve, directions, measurement, quantities, report, rows, trial
from ae_core.reference.row import REACHED, Row
from tests.commands import command_here, command_line

FEW = {"variant": "vanilla", "epochs": 1, "latent_dim": 4}


def silent(said):
    """Takes a message or a line and does nothing with it."""


def bench(dataset="digits"):
    return measurement.Bench(dataset, silent, silent)


def untrained(**settings):
    return trial.leave_untrained(variants.read_settings({"dataset": "digits"} | settings), silent)


def row(name="one", figure=2.0, run=None, settings=FEW, quantity=None, **more):
    return Row(
        name,
        "A row",
        "units",
        settings,
        quantity or quantities.tested("mse"),
        quantities.constant(figure),
        "A book",
        run=run or counted([]),
        **more,
    )


def counted(calls):
    """Stands for a training: what comes out is 1, 2, 3 for the seeds 0, 1, 2."""

    def run(settings, emit):
        calls.append(settings.seed)
        return trial.Trial(settings, {"mse": 1.0 + settings.seed}, 5.0)

    return run


@pytest.mark.parametrize("one", rows.available(), ids=lambda one: one.name)
def test_every_row_is_an_experiment_that_its_variant_knows(one):
    settings = one.experiment("mnist", 3)
    assert (settings.dataset, settings.seed) == (one.settings.get("dataset", "mnist"), 3)
    assert one.want in REACHED
    assert one.source
    assert one.seeds >= 1
    assert 0 <= one.tolerance <= 0.2


@pytest.mark.parametrize("check", directions.available(), ids=lambda check: check.name)
def test_every_check_is_an_experiment_on_data_that_need_no_network(check):
    assert {check.ours.experiment().dataset, check.other.experiment().dataset} == {"digits"}
    assert check.want in REACHED
    assert check.claim.endswith(".")


def test_what_does_not_exist_is_left_out(monkeypatch):
    known = dict(rows.ROWS) | {"later": row("later", settings={"variant": "not yet there"}), "now": row("now")}
    monkeypatch.setattr(rows, "ROWS", known)
    names = [one.name for one in rows.available()]
    assert "now" in names
    assert "later" not in names


@pytest.mark.parametrize(
    ("want", "tolerance", "good", "bad"),
    [
        ("at most", 0.0, (1.0, 2.0), (2.01,)),
        ("at most", 0.1, (2.19,), (2.21,)),
        ("at most", -0.1, (1.79,), (1.81, 2.0)),
        ("at least", 0.1, (1.81, 9.0), (1.79,)),
        ("at least", -0.1, (2.21,), (2.19,)),
        ("equal", 0.02, (1.97, 2.03), (1.95, 2.05)),
    ],
)
def test_how_numbers_are_held_against_each_other(want, tolerance, good, bad):
    assert all(REACHED[want](ours, 2.0, tolerance) for ours in good)
    assert not any(REACHED[want](ours, 2.0, tolerance) for ours in bad)


def test_a_row_is_the_mean_over_its_seeds():
    outcome = bench().outcome(row(figure=2.5, seeds=3))
    assert outcome.values == (1.0, 2.0, 3.0)
    assert outcome.mean == 2.0
    assert outcome.spread == pytest.approx(statistics.stdev([1, 2, 3])) == 1.0
    assert outcome.ratio == pytest.approx(0.8)
    assert outcome.reached
    assert outcome.seconds == 5.0
    assert not bench().outcome(row(figure=1.9)).reached
    alone = bench().outcome(row(), seeds=1)
    assert (alone.values, alone.spread) == ((1.0,), None)


def test_rows_with_the_same_set_up_share_its_training():
    calls: list[int] = []
    run, one = counted(calls), bench()
    list(one.outcomes([row("a", run=run), row("b", run=run, want="at least"), row("c", run=run, settings=FEW)]))
    assert calls == [0, 1, 2]
    one.outcome(row("d", run=run, settings=FEW | {"latent_dim": 5}, seeds=1))
    assert calls == [0, 1, 2, 0]


def test_what_is_not_trained_is_measured_once_whatever_was_asked_for():
    one = row(run=trial.leave_untrained, quantity=quantities.pca_squared_error(4), seeds=1)
    assert len(bench().outcome(one, seeds=5).values) == 1


def test_pca_does_as_scikit_learn_does():
    source = untrained().images
    known, test = (table.reshape(len(table), -1) for table in (source.known, source.test))
    fitted = PCA(10).fit(known)
    left = np.square(test - fitted.inverse_transform(fitted.transform(test))).sum(1).mean()
    assert quantities.pca_squared_error(10)(untrained()) == pytest.approx(left, rel=1e-4)
    judge = KNeighborsClassifier(1).fit(fitted.transform(known), source.known_labels)
    error = 1 - judge.score(fitted.transform(test), source.test_labels)
    assert quantities.pca_neighbour_error(10)(untrained()) == pytest.approx(error, abs=2 / len(test))


@pytest.mark.long
@pytest.mark.slow
def test_the_filter_sees_the_very_images_that_the_network_saw(monkeypatch):
    seen = []
    plain = Corruption.apply

    def watched(self, inputs, normals):
        seen.append(plain(self, inputs, normals))
        return seen[-1]

    settings = variants.read_settings(
        {"variant": "denoising", "dataset": "digits", "epochs": 1, "noise": "salt_and_pepper", "noise_factor": 0.3}
    )
    monkeypatch.setattr(Corruption, "apply", watched)
    done = trial.train(settings, silent)
    test = done.images.test
    networks = next(np.asarray(images) for images in reversed(seen) if len(images) == len(test))
    np.testing.assert_array_equal(quantities.damaged_test_images(done), networks)
    own = quantities.of_noisy_images(lambda clean, noisy: float(np.mean(noisy != clean)))(done)
    assert 0.1 < own < 0.3  # of the pixels hit some were black or white before


@pytest.mark.long
@pytest.mark.slow
def test_no_other_filter_does_better(monkeypatch):
    monkeypatch.setattr(quantities, "GAUSSIAN_WIDTHS", (0.3, 0.8, 1.5))
    monkeypatch.setattr(quantities, "MEDIAN_WIDTHS", (3, 5))

    def error(clean, other):
        return float(np.square(clean - other).mean())

    best = set()
    for noise, factor in (("salt_and_pepper", 0.1), ("masking", 0.3), ("gaussian", 0.5)):
        one = untrained(variant="denoising", noise=noise, noise_factor=factor)
        clean, noisy = one.images.test, quantities.damaged_test_images(one)
        found = {
            ("gaussian", width): error(clean[..., 0], [gaussian_filter(image, width) for image in noisy[..., 0]])
            for width in (0.3, 0.8, 1.5)
        } | {
            ("median", width): error(clean[..., 0], [median_filter(image, width) for image in noisy[..., 0]])
            for width in (3, 5)
        }
        assert quantities.of_best_filter(error)(one) == pytest.approx(min(found.values()), rel=1e-4)
        best.add(min(found, key=lambda name: found[name]))
    assert len(best) > 1, "each noise has a filter of its own"


def test_names_and_patterns():
    known = ("keras-dense", "keras-deep", "pca-30")
    assert reference.chosen([], known) == known
    assert reference.chosen(["pca-30", "keras-d*"], known) == known
    assert reference.chosen(["keras-deep"], known) == ("keras-deep",)
    with pytest.raises(SettingError, match="--only must be among keras-dense, keras-deep, pca-30"):
        reference.chosen(["keras-deep", "other"], known)


def test_numbers_are_kept_after_each_row(monkeypatch, tmp_path):
    def broken(settings, emit):
        raise KeyboardInterrupt

    known = {one.name: one for one in (row("first"), row("second", run=broken))}
    monkeypatch.setattr(rows, "ROWS", known)
    out = tmp_path / "numbers.json"
    with pytest.raises(KeyboardInterrupt):
        reference.measure(["first", "second"], None, silent, silent, silent, out)
    kept = json.loads(out.read_text())
    assert [one["row"] for one in kept["rows"]] == ["first"]
    assert kept["rows"][0] == json.loads(json.dumps(bench("mnist").outcome(known["first"]).to_dict()))


def test_the_table_tells_numbers_sources_and_shortfalls():
    outcomes = list(bench().outcomes([row("near", remark="A remark."), row("far", figure=0.5), row("single", seeds=1)]))
    lines = report.table(outcomes).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({len(line) for line in table}) == 1
    assert "2.000 ± 1 (3 seeds)" in table[2]
    assert "at most 2.000" in table[2]
    assert "reached" in table[2]
    assert "missed" in table[3]
    assert " 4.000 " in table[3], "the ratio"
    assert "- near: A book. A remark." in lines
    assert "- single: A book. One seed." in lines


def test_the_picture_of_the_curve():
    drawn = curve.Curve("digits", (2, 4, 8), {"PCA": (40.0, 20.0, 10.0), "a < b": (40.0, 19.0, 9.5)})
    root = ElementTree.fromstring(curve.svg(drawn))
    space = "{http://www.w3.org/2000/svg}"
    lines = [
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        for line in root.iter(f"{space}polyline")
    ]
    assert len(lines) == 2
    places = np.array(lines[0])
    assert np.diff(places[:, 0]) == pytest.approx([265 - 20] * 2, abs=60)
    assert np.ptp(np.diff(places[:, 0])) < 0.2, "equal factors are equal distances"
    assert np.ptp(np.diff(places[:, 1])) < 0.2
    assert np.all(np.diff(places[:, 1]) > 0), "a smaller error stands lower"
    texts = {text.text: float(text.attrib["y"]) for text in root.iter(f"{space}text")}
    assert abs(texts["PCA"] - texts["a < b"]) >= 18, "names do not lie on each other"


def test_the_curve_is_measured_for_each_size(monkeypatch):
    monkeypatch.setattr(curve, "train", counted([]))
    monkeypatch.setattr(trial.Trial, "test", lambda self, name: 100.0 / self.settings.latent_dim)
    measured = curve.measure(bench(), sizes=(2, 5))
    assert set(measured.errors) == {"PCA", *curve.LINES}
    assert all(measured.errors[name] == (50.0, 20.0) for name in curve.LINES)
    assert measured.errors["PCA"][0] == pytest.approx(quantities.pca_squared_error(2)(untrained()))
    assert measured.errors["PCA"][0] > measured.errors["PCA"][1]
    assert re.search(r"code size .* 2 .* 5 ", report.curve_table(measured))


def test_a_wrong_claim_fails_the_quick_run(monkeypatch, capsys):
    right = directions.CHECKS["code-size"]
    wrong = dataclasses.replace(right, name="wrong", ours=right.other, other=right.ours)
    calls = iter([1.0, 2.0, 2.0, 1.0])
    monkeypatch.setattr(directions, "CHECKS", {"code-size": right, "wrong": wrong})
    monkeypatch.setattr(directions, "train", counted([]))
    monkeypatch.setattr(trial.Trial, "test", lambda self, name: next(calls))
    assert __main__.main(["reference", "--quick", "--json"]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("ok", "failed"))] == ["ok", "failed"]
    assert "(with 32 numbers 1, with 4 2)" in lines[0]
    assert [one["ok"] for one in json.loads(last)["checks"]] == [True, False]


@pytest.mark.long
@pytest.mark.slow(seconds=10)
def test_one_quick_check_from_the_command_line():
    result = command_line("reference", "--quick", "--only", "denoiser", "--json")
    assert result.returncode == 0, result.stderr
    (found,) = json.loads(result.stdout.splitlines()[-1])["checks"]
    assert found["ok"]
    assert 0 < found["ours"] < 0.5 * found["other"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "nonsense"], "--only must be among pca-30,"),
        (["--quick", "--only", "pca-30"], "--only must be among twin,"),
        (["--seeds", "0"], "argument --seeds: invalid number from 1 to 100 value: '0'"),
    ],
)
def test_wrong_words_are_refused_in_one_line(arguments, message):
    result = command_here("reference", *arguments)
    assert result.returncode == 2
    assert message in result.stderr.strip().splitlines()[-1]
    assert "Traceback" not in result.stderr


@pytest.mark.long
@pytest.mark.slow(seconds=8)
@pytest.mark.mnist
def test_the_published_pca_of_mnist(tmp_path):
    out = tmp_path / "numbers.json"
    result = command_line("reference", "--only", "pca-30,pca-10-neighbour", "--json", "--out", str(out))
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert told == json.loads(out.read_text())
    error, neighbour = told["rows"]
    assert round(error["mean"], 2) == 13.87
    assert round(neighbour["mean"], 3) == 0.086
    assert error["reached"]
    assert neighbour["reached"]
