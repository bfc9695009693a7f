"""Everything that the app says to a person, in English."""

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ae_core import lessons, variants
from ae_core.data import built_in, ranges
from ae_core.data.columns import LEFT_OUT
from ae_core.figures.compare import AXES
from ae_core.figures.shared import words as term
from ae_core.figures.views import VIEWS
from ae_core.lessons import glossary, theory
from ae_core.lessons.lesson import texts
from ae_core.measuring.metric_table import Metric
from ae_core.settings import option_of
from ae_core.translation import TEMPLATE, has_places
from pages.ui.words.names import english
from tests.catalogue import reading
from tests.conftest import ROOT

PAGES = ["app.py", "pages"]
# Rooms whose sentences reach a page: errors, notes, what a worker is at.
ROOMS = [
    "anomalies",
    "data",
    "engine",
    "errors.py",
    "formats",
    "lessons/__init__.py",
    "lessons/changing.py",
    "limits.py",
    "measuring",
    "portable",
    "runs",
    "setting_fields.py",
    "settings.py",
    "training",
    "variants",
    "web_page",
]
# Rooms that are given a translation.
TRANSLATING = ["diagnosis", "figures", "measuring", "script/lesson_book.py", "web_page"]
FOR_PROGRAMMERS = {
    "ae_core/formats/typed.py",
    "ae_core/measuring/metrics.py",
    "ae_core/measuring/probe.py",
    "ae_core/web_page/bundle.py",
}
ADDED = " Can be changed while it trains."  # to the help of settings, see ae_core/setting_fields.py
# Names within the program, which are told in words: loss terms, rows of pictures, states.
TERMS = [
    "adversarial",
    "commitment",
    "contraction",
    "corrupted",
    "error",
    "kl",
    "loss",
    "mmd",
    "original",
    "pca",
    "reconstruction",
    "sparsity",
]
STATES = ["Done", "Diverged", "Failed", "Interrupted", "Paused", "Running", "Stopped"]
NOUNS = ["image", "row", "series", "pixel", "value"]
# What is put together from parts and is no whole sentence; the parts are translated where they are filled in.
PARTS = [
    "true or false",
    "names with commas between them, or none",
    "one of {names}",
    "a name",
    "an integer from {low} to {high}",
    "a number from {low} to {high}",
    "at most {count} comma-separated entries, each {bounds}",
    "train a classifier on its code",
    "give it more epochs",
    "have it go on",
    "run could not be changed",
    "run could not be ended",
    "classifier could not be kept",
    "code 1",
    "code 2",
    "principal plane of the code, across",
    "principal plane of the code, up",
    "fine-tuning",
    "layer {number}",
    "{count} cores",
    "the disk is full",
    "its folder is gone",
    "the disk cannot be written ({why})",
    "the server gave no answer for too long",
    "it could not be reached over the internet",
    "its download failed",
    "what was downloaded is not the published data",
    "a z-score above 3",
    "more than 1.5 interquartile ranges",
    "{minutes} minutes",
    "The upload {name}",
    "The file {name}",
    "The file of a run",
    "The model of an imported run",
    "list the {name}",
    "the experiment as one plain Keras script, .py",
    "the same as a Jupyter notebook, .ipynb",
    "the Keras model, .keras",
    "the whole run, for import",
    "the curves: step, epoch, seconds and losses",
    "map and pictures as they changed, one animated picture, .webp or .gif",
    "film and network as one page to play with, which opens from a disk, .html",
    "go on",
    "be given more epochs",
    "{count} broken picture was",
    "{count} broken pictures were",
    "{count} file is",
    "{count} files are",
    "{count} column is",
    "{count} columns are",
    "{count} grey picture has",
    "{count} grey pictures have",
    "{count} picture has",
    "{count} pictures have",
    "cell among numbers is",
    "cells among numbers are",
    "images of {height}×{width} pixels",
    "series of {length} moments",
    "views, of {names}",
    "settings as they stand in the address",
    "The model",
    "Pinned runs",
    "Your pinned runs",
    "the disk that holds {folder} is full",
    "Keras could not be loaded",
    "The worker could not be warmed up",
    "The classifier could not be trained",
    "The network could not be described",
    "The script could not be written",
    "The model could not be read",
    "The network could not be read",
    "The network could not be asked",
    "The codes could not be read",
    "The codes could not be laid out",
    "The run could not be measured",
    "The examples could not be looked at",
    "The detectors could not be compared",
    "The file could not be looked at",
    *("queued", "starting", "running", "paused", "done", "stopped", "diverged", "failed", "interrupted"),
]


VALUES = [
    ranges.SCALED,
    ranges.AS_THEY_ARE,
    ranges.STANDARDIZED,
    ranges.COLUMNS_STANDARDIZED,
    ranges.CHANNELS_STANDARDIZED,
]


class Message(NamedTuple):
    """Something that is said.

    Args:
        text: In English.
        context: Empty, or `TEMPLATE` for a sentence that comes with its values filled in.
    """

    text: str
    context: str = ""


def collect() -> dict[Message, list[str]]:
    """All of it, in alphabetical order, and the files in which each was found."""
    found: dict[Message, set[str]] = defaultdict(set)
    for (text, context), file in _all():
        if not reading.PLACE.fullmatch(text.removesuffix(ADDED)):
            text = text.removesuffix(ADDED)
        own = reading.PLACE.sub("", text).strip()
        if re.search("[^\\W\\d_]", own) or (own and not context and has_places(text)):
            found[Message(text, context)].add(file)
    # What is translated before values are filled in is no template.
    messages = [one for one in found if not (one.context and Message(one.text) in found)]
    return {message: _places(found[message]) for message in sorted(messages, key=lambda one: (one.text.lower(), one))}


def _places(files: set[str]) -> list[str]:
    """The files; their folder instead of several in one, so that the catalogue changes little."""
    folders = Counter(file.rpartition("/")[0] for file in files)
    return sorted({folder if folders[folder] > 1 else file for file in files for folder in [file.rpartition("/")[0]]})


def _all() -> Iterator[tuple[Message, str]]:
    for source in [*_read("ae_core/cli"), *_read("ae_core/__main__.py")]:
        file = source.path.relative_to(ROOT).as_posix()
        yield from ((Message(text), file) for text in (*reading.helps(source), *reading.translated(source, {})))
        yield from ((_sentence(text), file) for text in reading.raised(source))
    files = {one: _read(one) for one in [*PAGES, *(f"ae_core/{room}" for room in {*ROOMS, *TRANSLATING})]}
    sources = {source.path: source for several in files.values() for source in several}
    everywhere = {
        name: value for source in sources.values() for name, value in source.constants.items() if name.isupper()
    }
    for source in sources.values():
        file = source.path.relative_to(ROOT).as_posix()
        yield from ((Message(text), file) for text in reading.translated(source, everywhere))
        if source.path.is_relative_to(ROOT / "ae_core"):
            yield from ((_sentence(text), file) for text in reading.sentences(source) if file not in FOR_PROGRAMMERS)
        else:
            yield from ((_sentence(text), file) for text in reading.sentences(source) if has_places(text))
        yield from ((_sentence(text), file) for text in reading.drawn(source))
    yield from ((_sentence(text), "tests/catalogue/collecting.py") for text in PARTS)
    yield from ((Message(text), file) for text, file in _declared())


def _read(place: str) -> list[reading.Source]:
    path = ROOT / place
    return [reading.read(one) for one in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]


def _sentence(text: str) -> Message:
    return Message(text, TEMPLATE if has_places(text) else "")


def _declared() -> Iterator[tuple[str, str]]:
    """What variants, settings, numbers, data sets and views say of themselves."""
    for name, variant in variants.registry().items():
        file = f"ae_core/variants/{name}.py"
        yield from ((text, file) for text in (variant.title, variant.idea))
        for one in dataclasses.fields(variant.settings):
            option = option_of(one)
            words = (option.label, option.help, term(one.name, str), *map(english, option.choices))
            yield from ((text, file) for text in words)
            if one.name == "noise":
                yield from ((choice.replace("_", " "), file) for choice in option.choices)
    for metric in variants.metrics().values():
        yield from ((text, "ae_core/measuring/metric_table.py") for text in _of_metric(metric))
    for info in built_in.INFOS.values():
        said = (info.title, info.description, info.note, info.source, info.licence)
        yield from ((text, "ae_core/data/built_in.py") for text in said)
    yield from ((text, "ae_core/data/columns.py") for why in LEFT_OUT.values() for text in (why, f"left out: {why}"))
    yield from ((text, "ae_core/data/ranges.py") for text in VALUES)
    yield from ((view.heading, "ae_core/figures/views.py") for view in VIEWS)
    yield from ((term(name, str), "ae_core/figures/shared.py") for name in TERMS)
    yield from ((english(name), "pages/ui/words/names.py") for name in (*TERMS, *AXES))
    yield from ((name, "ae_core/web_page/stage.py") for name in STATES)
    yield from ((noun, "ae_core/measuring/wording.py") for noun in NOUNS)
    for name, lesson in lessons.registry().items():
        yield from ((text, f"ae_core/lessons/course/{name}.py") for text in texts(lesson))
    yield from ((text, "ae_core/lessons/glossary.py") for text in glossary.texts())
    yield from ((text, "ae_core/lessons/theory.py") for text in theory.texts())


def _of_metric(metric: Metric) -> tuple[str, ...]:
    return metric.title, metric.help, metric.unit if metric.unit != "share" else ""
