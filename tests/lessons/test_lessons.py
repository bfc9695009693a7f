"""The lessons: each is whole, its rules leave nothing out, and what it says fits its own numbers."""

import inspect
import re
import string
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core import data, lessons, variants
from ae_core.errors import SettingError
from ae_core.figures.views import VIEWS
from ae_core.lessons import glossary, numbers, theory
from ae_core.lessons.course import (
    damage_teaches,
    few_at_work,
    flat_elsewhere,
    incompressible,
    linear_is_pca,
    patches_as_tokens,
    which_is_odd,
)
from ae_core.lessons.lesson import Lesson, texts
from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import Result
from ae_core.variants import read_settings
from pages.ui.live import recorded
from tests import demo

ALL = list(lessons.registry())


class Anything(dict):
    """Numbers of a run that has all of them: one stands for each that is asked for, which is noted."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def __missing__(self, name: str) -> float:
        self[name] = self.value
        return self.value


def asked(lesson: Lesson, value: float = 0.3) -> tuple[list[Anything], Mapping[str, float]]:
    """The names that a lesson reads, and the facts that follow if all numbers are the same."""
    runs = [Anything(value) for _ in lesson.experiments]
    return runs, lesson.facts(runs)


def test_lessons_are_numbered_one_after_the_other():
    assert [one.number for one in lessons.registry().values()] == list(range(1, len(ALL) + 1))
    with pytest.raises(SettingError, match="lesson must be one of copying, "):
        lessons.get("nobody")


@pytest.mark.parametrize("name", ALL)
def test_a_lesson_is_whole(name):
    lesson = lessons.get(name)
    assert 1 <= len(lesson.experiments) <= 2
    assert sum(answer.claimed for answer in lesson.answers) == 1, "one thing is claimed"
    assert all(text.strip() == text and text for text in texts(lesson))
    assert lesson.question.rstrip().endswith("?")
    assert lesson.slider is not None or len(lesson.choices) >= 3, "chance must not be right too often"
    assert lesson.see.view in {view.name for view in VIEWS}
    assert lesson.why.formula and lesson.why.symbols
    compile(lesson.why.keras, name, "exec")


@pytest.mark.parametrize("name", ALL)
def test_its_film_is_there(name):
    see = lessons.get(name).see
    played = recorded.choose(see.variant)
    assert played is not None
    assert see.panel == "" or see.panel in {one.name for one in played.setup.panels}
    assert (see.view == "panel") == bool(see.panel)


@pytest.mark.parametrize("name", ALL)
def test_its_experiments_are_experiments_on_data_that_need_no_network(name):
    lesson = lessons.get(name)
    made = [one.with_seed(3) for one in lesson.experiments]
    for settings in made:
        assert settings.seed == 3
        info = data.catalogue()[settings.dataset]
        settings.check(info.spec)
        assert settings.dataset != "mnist"
    assert len({repr(settings) for settings in made}) == len(made)


@pytest.mark.parametrize("name", ALL)
def test_whatever_comes_out_is_an_answer_that_can_be_said(name):
    lesson = lessons.get(name)
    _runs, facts = asked(lesson)
    for answer in lesson.answers:
        wanted = {field for _text, field, _format, _conversion in string.Formatter().parse(answer.said) if field}
        assert wanted <= set(facts)
        assert "{" not in answer.said.format(**facts)
    assert lesson.slider is None or lesson.slider.fact in facts
    for value in (1e-9, 0.3, 7.0, float("nan")):
        assert lesson.outcome(asked(lesson, value)[1]) in lesson.answers


@pytest.mark.parametrize("name", ALL)
def test_what_is_shown_is_measured(name):
    """Its rows and facts speak of numbers that runs have, or that its own function measures."""
    lesson = lessons.get(name)
    runs, _facts = asked(lesson)
    wanted = {row.name for row in lesson.rows} | {one for run in runs for one in run}
    source = inspect.getsource(lesson.measure) if lesson.measure is not None else ""
    variants = {one.with_seed(0).variant for one in lesson.experiments}
    played = [recorded.choose(variant) for variant in variants]
    common = set(numbers.of_run(demo.setup(), demo.snapshot(40), result()))
    known = common | {each for one in played if one is not None for each in one.newest.numbers} | MEASURED_AT_THE_END
    missing = [one for one in wanted - known if f'"{one}"' not in source]
    assert not missing, f"nobody measures {', '.join(missing)}"


# What the test set adds, see `measuring.evaluation`, and what older recordings lack.
MEASURED_AT_THE_END = {"turned_mse", "mse", "bce", "psnr", "ssim", "pca_mse", "knn1_error", "linear_probe_accuracy"}


def result(**changed: Any) -> Result:
    """The result of a made-up run."""
    made = Result(
        run_id="",
        variant="vanilla",
        dataset="digits",
        backend="tensorflow",
        device="CPU",
        epochs=2.0,
        steps=40,
        seconds=1.0,
        samples_per_second=None,
        parameters=12,
        settings={},
        history={"loss": [0.5, 0.25], "val_loss": [0.75, 0.5]},
        test={"mse": 0.125, "knn1_error": None, "kl_per_dimension": [1.0, 2.0]},
    )
    return replace(made, **changed)


def test_numbers_of_a_run_are_flat():
    found = numbers.of_run(demo.setup(), demo.snapshot(40), result(state="diverged"), {"angle": 2.0})
    assert (found["mse"], found["loss"], found["val_loss"], found["parameters"]) == (0.125, 0.25, 0.5, 12.0)
    assert (found["angle"], found["diverged"]) == (2.0, 1.0)
    assert np.isnan(found["knn1_error"]), "it has no meaning for these data"
    assert "kl_per_dimension" not in found
    assert np.isnan(numbers.of_run(demo.setup(), demo.snapshot(40), result(history={}))["val_loss"])


def plane_network(axes: np.ndarray) -> Any:
    """A network that decodes onto a flat space, and PCA whose first axes are the first ones of the picture."""
    pca = PrincipalComponents()
    pca.components_ = np.eye(axes.shape[1])
    return SimpleNamespace(
        settings=SimpleNamespace(latent_dim=len(axes)), decode=lambda codes: codes @ axes + 5.0, pca=lambda: pca
    )


def test_angles_are_those_between_the_spaces():
    turn = np.radians(30)
    axes = np.zeros((2, 6))
    axes[0, 0], axes[1, 1], axes[1, 4] = 3.0, np.cos(turn), np.sin(turn)
    mixed = np.array([[1.0, 2.0], [0.5, -1.0]]) @ axes  # other axes of the same space
    for one in (axes, mixed):
        found = linear_is_pca._angles(plane_network(one))
        assert found["angle"] == pytest.approx(30, abs=1e-4)
        assert found["mean_angle"] == pytest.approx(15, abs=1e-4)
    assert linear_is_pca._angles(plane_network(np.eye(2, 6)))["angle"] == pytest.approx(0, abs=1e-3)


def test_errors_of_noisy_pictures_are_held_against_the_clean_ones():
    clean = np.full((50, 4, 4, 1), 0.5, np.float32)
    pca = SimpleNamespace(reconstruct=lambda pictures, size: pictures)
    network: Any = SimpleNamespace(
        test=clean, reconstruct=lambda pictures: clean, pca=lambda: pca, settings=SimpleNamespace(latent_dim=2)
    )
    found = damage_teaches._of_noisy(network)
    assert (found["cleaned"], found["clean"]) == (0.0, 0.0)
    assert found["noisy"] == found["pca_cleaned"] > 0.05


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    labels, errors = np.array([0, 0, 1, 2]), np.array([0.1, 0.3, 0.2, 0.4])
    pictures = np.zeros((4, 2, 2, 1), np.float32)
    network: Any = SimpleNamespace(
        test=pictures,
        reconstruct=lambda shown: shown + np.sqrt(errors)[:, None, None, None],
        data=SimpleNamespace(y_test=labels),
        settings=read_settings({"variant": "vanilla", "normal": "0"}),
    )
    found = which_is_odd._area(network)
    assert found["area"] == pytest.approx(3 / 4)
    assert (found["normal_error"], found["odd_error"]) == (pytest.approx(0.2), pytest.approx(0.3))


def test_activations_and_movements_are_those_of_the_codes():
    codes = np.array([[1.0, 0.0], [0.6, 0.0]])
    network: Any = SimpleNamespace(test=None, encode=lambda pictures: codes)
    assert few_at_work._activity(network) == {"activity": pytest.approx(0.4), "at_work": 0.5}
    pictures = np.zeros((40, 16, 16, 1), np.float32)
    pictures[::2] = 1.0
    network = SimpleNamespace(test=pictures, encode=lambda pictures: 3 * pictures.reshape(len(pictures), -1))
    found = flat_elsewhere._movement(network)
    assert found["apart"] == pytest.approx(3 * 16)
    assert found["moved"] == pytest.approx(3 * 16 * flat_elsewhere.NOISE, rel=0.02)
    assert found["share_moved"] == pytest.approx(flat_elsewhere.NOISE, rel=0.02)


@pytest.mark.slow
def test_errors_are_held_against_the_mean_of_the_training_examples():
    tables = SimpleNamespace(x_train=np.array([[0.0, 2.0], [2.0, 4.0]]), scaled=lambda rows: rows / 2)
    network: Any = SimpleNamespace(test=np.array([[0.5, 2.0], [0.5, 1.5]]), data=tables)
    assert incompressible._of_mean(network) == {"mean_mse": pytest.approx(0.25 / 4)}
    pictures = np.full((20, 28, 28, 1), 0.75, np.float32)
    assert patches_as_tokens._hidden(pictures).mean() == patches_as_tokens.HIDDEN_SHARE
    tables.x_train = np.stack([pictures[0] * 0, pictures[0] * 4]) / 1.5
    network = SimpleNamespace(
        test=pictures,
        data=tables,
        reconstruct=lambda shown: np.where(shown < 0, 0.25, 9.0),  # what is hidden is -1
    )
    found = patches_as_tokens._of_hidden(network)
    assert found["hidden_error"] == pytest.approx(0.5**2), "on what was hidden alone"
    assert (found["mean_error"], found["black_error"]) == (pytest.approx(0.25**2), pytest.approx(0.75**2))


def test_theory_and_words_lead_to_lessons():
    assert {one.lesson for one in theory.THEORY} <= set(ALL)
    assert {one.lesson for one in glossary.GLOSSARY} - {""} <= set(ALL)
    assert all(len(row) == len(one.heads) + 1 for one in theory.THEORY for row in one.rows)
    terms = [one.term for one in glossary.GLOSSARY]
    assert len(set(terms)) == len(terms)
    assert all(text for text in (*theory.texts(), *glossary.texts()))


PLAIN = {"Time left", "Training time"}  # which every reader knows


def test_every_number_and_every_view_has_its_word():
    forms = [form for one in glossary.GLOSSARY for text in (one.term, *one.also) for form in text.split(", ")]
    known = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?:e?s)?(?!\w)" for form in forms), re.IGNORECASE)
    labels = {metric.title for metric in variants.metrics().values()} | {view.heading for view in VIEWS}
    assert {label for label in labels if not known.search(label)} == PLAIN


SAYS_ITSELF = {"Plain", "Stacked (deep)", "Recurrent"}  # which the page of variants explains


def test_every_kind_of_autoencoder_and_what_makes_it_has_its_word():
    forms = {form.lower() for one in glossary.GLOSSARY for text in (one.term, *one.also) for form in text.split(", ")}
    titles = {variant.title for variant in variants.registry().values()}
    stems = {form.removesuffix("ion")[:8] for form in forms}
    assert {title for title in titles if title.split(" ")[0].lower()[:8] not in stems} == SAYS_ITSELF
    assert {"penalty", "penalties", "codebook", "gibbs sampling", "reparametrisation", "prior"} <= forms


def test_the_words_stand_in_the_order_of_the_alphabet():
    terms = [one.term.lower().replace("β", "beta") for one in glossary.GLOSSARY]
    assert terms == sorted(terms)


def test_each_symbol_of_a_comparison_stands_in_its_formula():
    for one in theory.THEORY:
        for symbol, _meaning in one.symbols:
            assert all(part.removesuffix("(x)") in one.formula for part in symbol.split(", ")), symbol
