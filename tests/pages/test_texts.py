"""Names that a person or a file brought are read on pages, in figures and in files, and do nothing there."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt
from msgspec.structs import replace

from ae_core.data.built_in import INFOS
from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.figures import compare, grid, views
from ae_core.messages import Bars, ColumnTitle, PanelTitle, PhaseStart, Pictures, Setup, Snapshot
from ae_core.variants import read_settings
from pages.ui.form import controls, facts
from pages.ui.runs import actions, comparing, exporting
from pages.ui.words.language import spoken
from tests import demo, stored
from tests.texts import HOSTILE, PRINTABLE

OURS = re.compile(r"<br>|<extra></extra>|%\{(?:x|y|text|hovertext|customdata)(?::[^}]*)?\}")
patched = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])


def brought(text: str) -> tuple[Setup, Snapshot]:
    """A run from elsewhere that says this wherever it can say anything."""
    grid = demo.snapshot(40).grid
    pictures = Pictures(png=grid.png, columns=grid.columns, rows=[text] * 5, tile=grid.tile, gap=grid.gap, caption=text)
    bars = Bars(values=[1.0], x=[0.0], line=0.5, line_name=text, x_title=text, y_title=text, caption=text)
    setup = demo.setup(
        settings={"variant": text, "latent_dim": 8},
        class_names=[text, *(f"{text}{digit}" for digit in range(9))],
        phases=[PhaseStart(name=text, epoch=0), PhaseStart(name=text, epoch=1)],
        panels=[PanelTitle(name=name, title=text, help=text) for name in ("pictures", "bars")],
        notes=[text],
    )
    return setup, demo.snapshot(40, panels={"pictures": pictures, "bars": bars})


def texts_of(value: Any) -> Iterator[str]:
    """What Plotly reads as its own kind of text: all strings but those in `meta`, which are plain."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("meta", "source", "bdata"):
                yield from texts_of(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts_of(one)


def check_figure(figure: compare.Figure) -> None:
    for text in texts_of(figure):
        rest = OURS.sub("", text)
        assert "<" not in rest, text
        assert "%{" not in rest, text


@pytest.mark.slow
@settings(max_examples=30)
@given(PRINTABLE)
def test_figures_hold_no_tags_but_ours(text):
    setup, snapshot = brought(text)
    for _heading, view, given_ in views.all_of(setup):
        check_figure(view.draw(setup, snapshot, given_))
    pairs = [(setup, snapshot)] * 2
    for draw in (compare.curves, compare.reconstructions, compare.maps):
        check_figure(draw(pairs, [text, f"{text}, {text}"]))
    for made in (demo.rows, demo.series):
        setup, snapshot = made()
        titles = [ColumnTitle(name=text, unit=text, category=category) for category in (text, "")]
        check_figure(grid(replace(setup, columns=(titles * 3)[: setup.shape[-1]]), snapshot))


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags[-1] == "script":
            self.scripts[-1] += data


def exported(text: str) -> Tags:
    run = TrainingJob(read_settings({"variant": "sparse", "dataset": "digits"}), "somebody", Shared())
    run.setup, run.snapshot = brought(text)
    with spoken("en"):
        return Tags(exporting._html(run))


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting.static, "plotly_script", lambda: b"")


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PRINTABLE)
def test_an_exported_page_has_the_same_tags_whatever_names_are_in_it(light, text):
    page, plain = exported(text), exported("plain")
    assert page.tags == plain.tags
    for script in page.scripts[1:]:
        told = script.removeprefix("Plotly.newPlot(").removesuffix(");").replace("{responsive: true}", "{}")
        place, _data, layout, _options = json.loads(f"[{told}]")
        assert place.startswith("figure-")
        assert layout["meta"]["label"]


def kinds(st: MagicMock) -> set[str]:
    """What Markdown finds in all that was handed to Streamlit: in the texts of these elements, and in what helps."""
    found = []
    for name, arguments, named in st.mock_calls:
        if name.rpartition(".")[2] in ("error", "warning", "info", "caption", "markdown"):
            found.append(str(arguments[0]))
        found.append(str(named.get("help", "")))
    tokens = [token for text in found for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text)]
    inline = {one.type for token in tokens for one in token.children or ()}
    assert not re.search(r"(?<!\\)\$|:[a-z]+\[|:material/|https?://", "".join(found)), found
    return {token.type for token in tokens} | inline - {"text_special"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[ModuleType, Callable[[], object]], set[str]]]:
    """Draws something, and gives what Markdown finds in it."""

    def draw(module: ModuleType, work: Callable[[], object]) -> set[str]:
        monkeypatch.setattr(module, "st", st := MagicMock())
        work()
        assert st.mock_calls
        return kinds(st)

    with spoken("en"):
        yield draw


@pytest.mark.slow(seconds=2)
@patched
@given(PRINTABLE)
def test_what_a_data_set_says_of_itself_is_no_markdown(drawn, text):
    def told(text: str) -> None:
        info = dataclasses.replace(INFOS["noise"], source="A file.", title=text, description=text, note=text)
        facts.show(dataclasses.replace(info, class_names=(text, "other")))

    assert drawn(facts, lambda: told(text)) <= drawn(facts, lambda: told("plain"))


@patched
@given(PRINTABLE)
def test_what_was_wrong_with_an_address_is_no_markdown(drawn, text):
    def told(text: str) -> None:
        controls.notices(SimpleNamespace(notices=[f"It must be another. Received: {text}", text]))  # type: ignore[arg-type]

    assert drawn(controls, lambda: told(text)) <= drawn(controls, lambda: told("plain"))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_title_of_a_run_is_no_markdown(store, monkeypatch, drawn, text):
    engine = SimpleNamespace(store=store, run=lambda run_id: None)
    run = store.open(stored.stored(store, 0, stored.TOTAL))
    monkeypatch.setattr(actions, "engine", lambda: engine)

    def told(text: str) -> set[str]:
        named = dataclasses.replace(run, title=text)
        own: Any = SimpleNamespace(owner="x" * 43, failure=text, import_problem=text, refusal=lambda: text)
        going = SimpleNamespace(going=lambda: [SimpleNamespace(run=named)])
        monkeypatch.setattr(comparing, "listing", lambda: going)
        return (
            drawn(actions, lambda: actions.buttons(own, [named]))
            | drawn(actions, lambda: actions.importing(own))
            | drawn(comparing, lambda: comparing._going([named]))
        )

    assert told(text) <= told("plain")
