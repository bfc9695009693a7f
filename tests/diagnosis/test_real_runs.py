"""The diagnosis of real trainings on small data: what its thresholds were set by."""

import functools

import pytest

from ae_core import variants
from ae_core.diagnosis import diagnose
from ae_core.diagnosis.evidence import short
from ae_core.messages import Setup, Snapshot, TrainingMessage
from ae_core.training import session
from tests.diagnosis.test_rules import found, names

pytestmark = pytest.mark.slow(seconds=6)


@functools.cache
def trained(**values) -> tuple[Setup, Snapshot]:
    """Setup and last snapshot of a real training on the small digits."""
    messages: list[TrainingMessage] = []
    given = {"dataset": "digits", "epochs": 30, "batch_size": 64} | values
    session.train(variants.read_settings(given), emit=messages.append, test_images=50)
    (first,) = (message for message in messages if isinstance(message, Setup))
    *_, last = (message for message in messages if isinstance(message, Snapshot))
    return first, last


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(1e-5, ["learning_rate_low"]), (0.001, []), (0.003, []), (0.3, ["learning_rate_high"])],
)
def test_real_learning_rates(rate, expected):
    said = names(*trained(variant="vanilla", learning_rate=rate))
    assert [name for name in said if name.startswith("learning_rate")] == expected


def test_real_dead_units():
    assert found("dead_units", *trained(variant="vanilla", learning_rate=0.3)).tone == "warning"
    assert "dead_units" not in names(*trained(variant="vanilla", learning_rate=0.001))


def test_a_real_loss_stands_on_its_floor():
    given, last = trained(variant="vanilla", learning_rate=0.003)
    assert short(given.loss_floor) in found("near_floor", given, last).sentence


def test_real_over_fitting_on_vectors_that_have_nothing_in_common():
    few = trained(variant="stacked", dataset="noise", train_size=200, latent_dim=64, learning_rate=0.01)
    assert "over_fitting" in names(*few)
    assert "over_fitting" not in names(*trained(variant="vanilla", learning_rate=0.003))


def test_real_bends_beat_pca_and_a_linear_network_finds_it():
    linear, bent = (
        trained(variant="undercomplete", latent_dim=2, epochs=50, learning_rate=0.01, linear=linear)
        for linear in (True, False)
    )
    assert found("like_pca", *linear).tone == "good"
    assert "better_than_pca" not in names(*linear)
    assert "better_than_pca" in names(*bent)
    assert [name for name in names(*linear) + names(*bent) if name.startswith("learning_rate")] == []


def test_a_real_code_that_costs_too_much_collapses():
    dear, fair = (
        trained(variant="variational", latent_dim=8, learning_rate=0.003, kl_weight=weight) for weight in (100.0, 1.0)
    )
    finding = found("collapsed", *dear)
    assert finding.tone == "warning"
    assert "every dimension" in finding.sentence
    assert [one.tone for one in diagnose(*fair) if one.name == "collapsed"] in ([], ["info"])
