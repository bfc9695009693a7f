"""The diagnosis: for each rule a made-up curve that must call it and a similar one that must not."""

import functools
import math
import re
import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.diagnosis import EXPLAINS, RULES, diagnose
from ae_core.diagnosis.evidence import Curve, percent, short
from tests import demo
from tests.conftest import ROOT
from tests.diagnosis.trainings import falling, found, mark, names, phases, setup, snapshot


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_nothing_is_said_of_too_little(count):
    jumps = [0.1 + 0.05 * (-1) ** place for place in range(count)]
    assert names(setup(), snapshot(jumps, numbers={"active_units": 0.1})) == []
    assert names(setup(), snapshot(falling(count), numbers={"test_mse": 1.0})) == []
    assert names(setup(), snapshot(numbers=dict.fromkeys(demo.snapshot(0).numbers), history={})) == []


@pytest.mark.parametrize("noise", [0.0, 0.0002])
def test_a_good_training_is_told_only_that_it_is_good(noise):
    for count in range(8, 60):
        assert names(setup(), snapshot(falling(count, noise=noise), numbers={"test_mse": 0.019})) == []
    done = snapshot(falling(60, noise=noise), numbers={"test_mse": 0.012}, state="done", pca_loss=0.02)
    finding = found("better_than_pca", setup(total_epochs=60), done)
    assert finding.tone == "good"
    assert "40 %" in finding.sentence
    assert names(setup(total_epochs=60), done) == ["better_than_pca"]


@pytest.mark.parametrize("broken", [math.nan, math.inf])
@pytest.mark.parametrize("name", ["loss", "val_loss", "test_mse"])
def test_a_loss_that_is_no_number_is_said_first_and_alone(broken, name):
    message = snapshot([0.1, 0.2, 0.4, 0.9, 3.0, 9.0, 50.0, 200.0, 3000.0], numbers={"active_units": 0.0})
    assert names(setup(), message)[0] == "learning_rate_high"
    if name == "test_mse":
        message.numbers[name] = broken
    else:
        message.history[name][-1] = broken
    (finding,) = diagnose(setup(), message)
    assert finding.name == "not_finite"
    assert "“Learning rate” from 0.001 to 0.0001" in finding.why


def test_a_run_that_diverged_says_where_although_its_last_good_state_is_shown():
    sparse = setup(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 10.0})
    message = snapshot(falling(20), terms={"sparsity": [0.001] * 20}, state="diverged")
    (finding,) = diagnose(sparse, replace(message, diverged_at=message.step + 1200))
    assert (finding.name, finding.tone) == ("not_finite", "warning")
    assert f"diverged at step {message.step + 1200:,}" in finding.sentence
    assert "“Learning rate” from 0.001 to 0.0001" in finding.why and "“Penalty β”" in finding.why


def test_what_is_missing_is_unknown_not_broken():
    message = snapshot(falling(20))
    for name in ("loss", "val_loss", "reconstruction", "val_reconstruction"):
        message.history[name][-1] = message.history[name][0] = None
    message.numbers = {"test_mse": None, "pca_mse": None, "knn1_accuracy": None, "active_units": None}
    assert names(setup(), message) == []
    assert names(setup(loss_floor=0.0, phases=[]), replace(message, pca_loss=None, marks=[])) == []


def test_a_loss_that_climbs():
    climbing = np.concatenate([falling(10), 0.03 * 1.2 ** np.arange(10)])
    finding = found("learning_rate_high", setup(settings={"learning_rate": 0.3}), snapshot(climbing))
    assert finding.tone == "warning"
    assert "“Learning rate” from 0.3 to 0.03" in finding.why
    recovered = np.concatenate([[0.05, 0.9, 4.0, 0.6, 0.1], falling(20)])
    assert "learning_rate_high" not in names(setup(), snapshot(recovered))
    sparse = setup(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 10.0})
    costs = {"sparsity": [0.001] * 20}
    assert "“Penalty β”" in found("learning_rate_high", sparse, snapshot(climbing, terms=costs)).why


def test_a_loss_that_jumps():
    alternating = 0.002 * (-1.0) ** np.arange(40)
    sentence = found("learning_rate_high", setup(), snapshot(falling() + alternating)).sentence
    assert "jumps" in sentence
    assert "learning_rate_high" not in names(setup(), snapshot(falling() + 0.05 * alternating))
    assert "learning_rate_high" not in names(setup(), snapshot(falling(pace=0.02) + 0.1 * alternating)), "it falls, too"
    # What counts is what could still be saved: cross-entropy of grey pixels stands on a floor.
    assert "learning_rate_high" not in names(setup(), snapshot(1.0 + falling() + alternating, pca_loss=1.02))
    assert "learning_rate_high" in names(setup(loss_floor=1.0), snapshot(1.0 + falling() + alternating, pca_loss=1.02))


def test_a_loss_that_has_stopped_early_is_blamed_on_a_high_rate_only():
    stopped = falling(end=0.05, pace=0.6)
    high, usual = (setup(settings={"learning_rate": rate}) for rate in (0.3, 0.001))
    assert "0.05, above PCA's 0.02" in found("learning_rate_high", high, snapshot(stopped)).sentence
    assert "learning_rate_high" not in names(usual, snapshot(stopped))
    assert "learning_rate_high" not in names(high, snapshot(stopped, pca_loss=0.049)), "as good as PCA"
    gradient_descent = setup(settings={"learning_rate": 0.3, "optimizer": "sgd"})
    assert "learning_rate_high" not in names(gradient_descent, snapshot(stopped))


def test_a_rate_that_was_changed_is_judged_by_what_came_after():
    jumping = falling(20) + 0.004 * (-1.0) ** np.arange(20)
    calm = falling(20, start=0.017, end=0.014, pace=0.1)
    changed = mark(20.0, "learning_rate", 0.01, 0.002)
    before = setup(settings={"learning_rate": 0.01})
    assert "learning_rate_high" in names(before, snapshot(jumping))
    assert "learning_rate_high" not in names(before, snapshot([*jumping, *calm], marks=[changed]))
    again = snapshot([*jumping, *jumping], marks=[changed])
    assert "from 0.002 to 0.0002" in found("learning_rate_high", before, again).why


def test_over_fitting():
    checked, trained = falling(60, pace=0.4), falling(60, end=0.001, pace=0.1)
    rising = checked + np.maximum(0, np.arange(60) - 20) * 0.0002
    noise = 0.0002 * np.random.default_rng(1).standard_normal(60)
    finding = found("over_fitting", setup(total_epochs=60), snapshot(rising + noise, trained))
    assert finding.tone == "warning"
    lowest = float(finding.sentence.split("epoch ")[1].split(" ")[0])
    assert lowest == pytest.approx(20, abs=3)
    for harmless in (
        (checked + noise, trained),  # flat
        (rising + noise, rising),  # both rise: another fault
        (checked + 0.004 * np.exp(-((np.arange(60) - 50) ** 2) / 4), trained),  # a bump
        (rising[:24], trained[:24]),  # not yet
    ):
        assert "over_fitting" not in names(setup(total_epochs=60), snapshot(*harmless))


def test_a_new_phase_and_a_changed_noise_begin_a_new_curve():
    checked, trained = falling(60, pace=0.4), falling(60, end=0.001, pace=0.1)
    rising = checked + np.maximum(0, np.arange(60) - 20) * 0.0002
    changed = mark(50.0, "noise_factor", 0.2, 0.5)
    assert "over_fitting" not in names(setup(), snapshot(rising, trained, marks=[changed]))
    assert "over_fitting" not in names(setup(phases=phases(50)), snapshot(rising, trained))
    jumped = np.concatenate([falling(20), falling(20, start=0.5)])
    assert "learning_rate_high" not in names(setup(phases=phases(20)), snapshot(jumped))
    before = snapshot(falling(20), numbers={"test_mse": 0.5, "active_units": 0.1}, state="stopped")
    assert names(setup(phases=phases(20)), before) == [], "what is measured is not the whole yet"


def test_a_penalty_that_dominates():
    given = setup(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 0.3})
    costs, early = [0.1] * 20, [0.3, 0.2, 0.1, *[0.004] * 17]
    finding = found("penalty_dominates", given, snapshot(falling(20), terms={"sparsity": costs}))
    assert finding.tone == "warning"
    assert "“Penalty β” (now 0.3)" in finding.why
    assert "0.1 against 0.0" in finding.sentence
    assert "penalty_dominates" not in names(given, snapshot(falling(20), terms={"sparsity": early}))
    bound = setup(("kl",), settings={"kl_weight": 1.0})
    assert "penalty_dominates" not in names(bound, snapshot(falling(20), terms={"kl": costs})), "it has its own rules"


def test_collapsed_dimensions_are_named():
    given = setup(("kl",), settings={"variant": "variational", "kl_weight": 1.0})
    nats = [1.2, 0.001, 0.9, 0.5, 2e-5, 0.011]

    def seen(values, **more):
        return given, snapshot(falling(20), terms={"kl": [0.01] * 20}, numbers={"kl_per_dimension": values}, **more)

    finding = found("collapsed", *seen(nats))
    assert finding.tone == "info"
    assert finding.sentence.endswith("2 of 6, number 2, 5.")
    assert found("collapsed", *seen([0.001] * 3 + [1.0])).tone == "warning"
    everything = found("collapsed", *seen([0.001] * 40))
    assert "nothing" in everything.sentence
    assert "“β”" in everything.why
    assert "5, 6 and 34 more." in found("collapsed", *seen([0.001] * 40 + [1.0] * 60)).sentence
    assert "collapsed" not in names(*seen([0.5, 0.02]))
    assert "collapsed" not in names(*seen(nats, step=100)), "at the start all are near zero"


def test_dead_units():
    given = setup(settings={"learning_rate": 0.01})
    finding = found("dead_units", given, snapshot(falling(20), numbers={"active_units": 0.5}))
    assert finding.tone == "info"
    assert finding.sentence == "Dead units of the code: 16 of 32.", "which is right of one, too"
    assert "ReLU" in finding.why
    assert "“Learning rate” (now 0.01)" in finding.why
    assert found("dead_units", given, snapshot(falling(20), numbers={"active_units": 0.1})).tone == "warning"
    smooth = setup(settings={"code_activation": "tanh"})
    assert "ReLU" not in found("dead_units", smooth, snapshot(falling(20), numbers={"active_units": 0.5})).why
    sparse = setup(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 0.01})
    message = snapshot(falling(20), terms={"sparsity": [0.001] * 20}, numbers={"active_units": 0.5})
    assert "“Penalty β”" in found("dead_units", sparse, message).why
    assert "dead_units" not in names(given, snapshot(falling(20), numbers={"active_units": 0.8}))


def test_a_code_that_is_less_sparse_than_was_asked():
    given = setup(("sparsity",), settings={"variant": "sparse", "sparsity_target": 0.05, "sparsity_weight": 0.001})
    message = snapshot(falling(20), terms={"sparsity": [0.001] * 20}, numbers={"mean_activation": 0.189}, state="done")
    finding = found("not_sparse", given, message)
    assert "mean activation is 0.189, not 0.05" in finding.sentence
    assert "larger “Penalty β” (now 0.001)" in finding.why
    for numbers, state in (({"mean_activation": 0.09}, "done"), ({"mean_activation": 0.189}, "running"), ({}, "done")):
        other = snapshot(falling(20), terms={"sparsity": [0.001] * 20}, numbers=numbers, state=state)
        assert "not_sparse" not in names(given, other)


def test_a_codebook_that_is_mostly_unused():
    used = {"perplexity": 9.4, "codebook_size": 512, "active_units": 0.1}
    sentence = found("codebook_unused", setup(), snapshot(falling(20), numbers=used)).sentence
    assert "as if it had 9 entries instead of 512" in sentence
    assert names(setup(), snapshot(falling(20), numbers=used | {"perplexity": 120.0})) == []
    assert names(setup(), snapshot(falling(20), numbers=used, step=100)) == []


def test_a_loss_that_creeps():
    creeping = 0.09 - 0.0003 * np.arange(20)
    finding = found("learning_rate_low", setup(settings={"learning_rate": 1e-5}), snapshot(creeping))
    assert finding.tone == "warning"
    assert "from 1e-5 to 0.0001" in finding.why
    assert "0.36 %" in finding.sentence
    assert "learning_rate_low" not in names(setup(), snapshot(0.09 - 0.003 * np.arange(20))), "straight but quick"
    assert "learning_rate_low" not in names(setup(total_epochs=400), snapshot(creeping)), "it has the time"
    assert "learning_rate_low" not in names(setup(), snapshot(falling(20, end=0.06, pace=0.3))), "it slows down"
    assert "learning_rate_low" not in names(setup(), snapshot(creeping, pca_loss=0.1)), "better than PCA"
    assert "learning_rate_low" not in names(setup(settings={"learning_rate": 0.01}), snapshot(creeping))
    plain = setup(settings={"learning_rate": 0.01, "optimizer": "sgd"})
    assert "from 0.01 to 0.1" in found("learning_rate_low", plain, snapshot(creeping)).why


def test_a_code_no_better_than_pca():
    flat = [*falling(30, end=0.02, pace=0.4)]
    same, worse, better = ({"test_mse": value} for value in (0.0201, 0.024, 0.0194))
    late = functools.partial(setup, total_epochs=40)
    assert (
        "about what PCA has with the same code size, 0.02"
        in found("like_pca", late(), snapshot(flat, numbers=same)).sentence
    )
    assert "One layer each way" in found("like_pca", late(), snapshot(flat, numbers=worse)).why
    deep = late(settings={"widths": [64]})
    assert "hidden layers" in found("like_pca", deep, snapshot(flat, numbers=worse)).why
    assert "stuck" in found("like_pca", deep, snapshot(flat, numbers={"test_mse": 0.2})).why
    paid = late(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 0.01})
    message = snapshot(flat, terms={"sparsity": [0.001] * 30}, numbers=worse)
    assert "no penalty to pay" in found("like_pca", paid, message).why
    assert "like_pca" not in names(late(), snapshot(flat, numbers=better))
    assert "like_pca" not in names(late(settings={"normal": "0"}), snapshot(flat, numbers=worse)), "most are odd"
    assert "like_pca" not in names(setup(total_epochs=100), snapshot(flat, numbers=worse)), "there is time"
    assert "like_pca" not in names(late(), snapshot(falling(30, pace=0.03), numbers=worse)), "it still falls"
    assert "like_pca" not in names(late(), snapshot(flat, numbers=worse | {"pca_mse": 1e-7})), "PCA copies"
    stopped = found("like_pca", late(), snapshot(falling(30, pace=0.03), numbers=worse, state="stopped"))
    assert "still learning" in stopped.why


def test_the_linear_twin_is_praised_for_what_others_are_blamed_for():
    linear = setup(settings={"variant": "undercomplete", "linear": True}, total_epochs=30)
    finding = found("like_pca", linear, snapshot(falling(30, end=0.02, pace=0.4), numbers={"test_mse": 0.0204}))
    assert finding.tone == "good"


def test_a_code_larger_than_the_input():
    assert found("code_larger", setup(code_size=1000), snapshot()).tone == "warning"
    assert found("code_larger", setup(("sparsity",), code_size=1000), snapshot(terms={"sparsity": []})).tone == "info"
    assert found("code_larger", setup(code_size=1000, settings={"noise_factor": 0.3}), snapshot()).tone == "info"
    free = setup(("sparsity",), code_size=1000, settings={"variant": "sparse", "sparsity_weight": 0.0})
    assert found("code_larger", free, snapshot(terms={"sparsity": []})).tone == "warning"
    assert "code_larger" not in names(setup(code_size=784), snapshot())


def test_a_rising_price_of_the_code_is_no_cause_for_alarm():
    given = setup(("kl",), settings={"kl_weight": 1.0})
    small = np.linspace(1e-6, 2e-5, 12).tolist()
    assert "kl_rises" not in names(given, snapshot(falling(12), terms={"kl": small}))
    rising, steady = np.linspace(0.001, 0.02, 12).tolist(), [0.02] * 12
    assert found("kl_rises", given, snapshot(falling(12), terms={"kl": rising})).tone == "info"
    measured = snapshot(falling(12), terms={"kl": rising}, numbers={"kl": 14.2})
    assert "now 14.2 nats per image" in found("kl_rises", given, measured).sentence
    priced = found("kl_rises", given, snapshot(falling(12), terms={"kl": rising}))
    told = re.search(r"now ([\d.]+) nats per image", priced.sentence)
    assert told is not None and 0.015 < float(told[1]) / given.input_size < 0.02, "what it costs, in the same unit"
    assert "kl_rises" not in names(given, snapshot(falling(12), terms={"kl": steady}))
    assert "kl_rises" not in names(given, snapshot(falling(12), terms={"kl": rising}, state="done")), "nothing follows"
    assert "kl_rises" not in names(given, snapshot(falling(12)[::-1], terms={"kl": rising}))


def test_a_training_that_ended_too_early():
    slow = falling(40, pace=0.05)
    finding = found("unfinished", setup(), snapshot(slow, numbers={"test_mse": 0.019}, state="done"))
    assert "“Epochs”" in finding.why
    thirds = [np.median(part) for part in np.array_split(slow, 3)]
    assert f"{percent(1 - thirds[2] / thirds[1])} over the last third" in finding.sentence, "not the last 1 epochs"
    assert "unfinished" not in names(setup(), snapshot(slow, numbers={"test_mse": 0.019}))
    assert "unfinished" not in names(setup(), snapshot(falling(80), numbers={"test_mse": 0.019}, state="done"))


def test_a_loss_that_stands_on_its_floor():
    above = 0.14 + falling(20)
    finding = found("near_floor", setup(loss_floor=0.14, loss_name="cross_entropy"), snapshot(above, pca_loss=0.17))
    assert "cannot fall below 0.14" in finding.sentence
    assert "near_floor" not in names(setup(loss_floor=0.14), snapshot(0.14 + 0.2 + falling(20), pca_loss=0.3))
    assert "near_floor" not in names(setup(loss_floor=0.0), snapshot(above, pca_loss=0.17))
    assert "near_floor" not in names(setup(loss_floor=0.3), snapshot(above, pca_loss=0.17)), "another error is meant"


def test_warnings_come_first_and_effects_are_not_said_beside_their_cause():
    given = setup(code_size=1000, settings={"learning_rate": 0.3, "noise_factor": 0.1})
    message = snapshot(falling(end=0.05, pace=0.6), numbers={"active_units": 0.1, "test_mse": 0.1}, state="done")
    assert names(given, message) == ["learning_rate_high", "dead_units", "code_larger"]
    rules = {rule.__name__ for rule in RULES}
    assert set(EXPLAINS) | set().union(*EXPLAINS.values()) <= rules


def test_every_text_goes_through_the_translation():
    given = setup(code_size=1000, settings={"learning_rate": 0.3, "noise_factor": 0.1})
    message = snapshot(falling(end=0.05, pace=0.6), numbers={"active_units": 0.1})
    texts: list[str] = []

    def translate(text: str) -> str:
        texts.append(text)
        return f"<{text}>"

    findings = {one.name: one for one in diagnose(given, message, translate)}
    assert {"learning_rate_high", "dead_units"} <= findings.keys()
    for finding in findings.values():
        for text in (finding.sentence, finding.why):
            assert text[0] == "<"
            assert text[-1] == ">"
        assert "“<Learning rate>”" in finding.why or finding.name == "code_larger"
    assert not [text for text in texts if any(digit in text for digit in "123456789")], (
        "numbers are filled in afterwards"
    )


def test_the_demo_and_a_thinned_curve_are_read():
    given = demo.setup()
    for step in (0, 100, 1000, 3000):
        for finding in diagnose(given, demo.snapshot(step)):
            assert finding.name != "not_finite"


def test_medians_do_not_feel_single_points():
    values = np.linspace(1.0, 0.5, 50)
    spoilt = values.copy()
    spoilt[[3, 30]] = 99.0
    smooth = Curve(np.arange(50.0), spoilt).smooth()
    np.testing.assert_allclose(smooth, values, atol=0.03)
    assert Curve(np.arange(50.0), spoilt).medians(4) == pytest.approx(np.median(values.reshape(-1, 2)[:, 0]), abs=0.25)


def test_numbers_are_short():
    assert [short(value) for value in (0.16732, 1e-5, 0.001, 1234.5, 3e12, 2)] == [
        "0.167",
        "1e-5",
        "0.001",
        "1,234",
        "3e+12",
        "2",
    ]
    assert [percent(share) for share in (0.4, 0.00423, 0.128, 1.39)] == ["40 %", "0.42 %", "13 %", "140 %"]


def test_the_diagnosis_is_light():
    code = (
        "import sys, ae_core.diagnosis; "
        "print(*({'keras', 'tensorflow', 'jax', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
