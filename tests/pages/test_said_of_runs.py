"""What pages say of runs is true of each kind of run."""

from types import SimpleNamespace
from typing import Any

import pytest

from ae_core.figures.latent import latent
from ae_core.figures.shared import words
from ae_core.variants import read_settings
from pages.ui.live import buttons, status
from pages.ui.words import names
from pages.ui.words.language import _, spoken
from tests import demo
from tests.diagnosis.trainings import falling, found, setup, snapshot


@pytest.mark.parametrize(("schedule", "said"), [("constant", "the result is the same"), ("cosine", "the rate rises")])
def test_more_epochs_are_as_good_as_all_of_them_from_the_start_unless_a_schedule_ended(schedule, said):
    run: Any = SimpleNamespace(settings=read_settings({"variant": "vanilla", "schedule": schedule}))
    with spoken("en"):
        assert said in buttons._what_they_do(run).replace("learning rate", "rate")


@pytest.mark.parametrize(("name", "said"), [("code", "On the code"), ("pixels", "On pixels"), ("pca", "On PCA")])
def test_what_a_classifier_learns_from_is_called_by_its_name(name, said):
    job: Any = SimpleNamespace(
        state="running",
        result=None,
        silent=0,
        settings=SimpleNamespace(dataset="digits"),
        snapshot=SimpleNamespace(name=name, epoch=2.0, epochs=20),
    )
    with spoken("en"):
        assert status.of_classifier(job, job)[2] == f"{said}: epoch 2.0 of 20"


def test_what_is_an_abbreviation_is_written_as_one():
    with spoken("en"):
        assert [names.word(name) for name in ("mmd", "kl", "pca")] == ["MMD", "KL", "PCA"]
        assert [words(name, str) for name in ("mmd", "kl", "pca")] == ["MMD", "KL", "PCA"]


def test_between_two_chinese_sentences_is_no_space():
    given = setup(settings={"learning_rate": 0.01})
    message = snapshot(falling(20), numbers={"active_units": 0.5})
    with spoken("zh"):
        why = found("dead_units", given, message, _).why
        label = latent(demo.setup(), demo.snapshot(40), translate=_)["layout"]["meta"]["label"]
    assert why.count("。") == 3 and label.count("。") == 2
    assert "。 " not in why + label
