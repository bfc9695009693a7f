"""The route at which a page has odd examples looked for."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ae_core.anomalies.rivals import RIVALS
from ae_core.errors import EngineError, WarmingError
from pages.ui import shared
from pages.ui.live import works
from pages.ui.live.works import Works
from pages.ui.odd import finding, scoring
from pages.ui.odd.words import words
from tests import demo
from tests.node_tools import SOURCE, words_asked_for
from tests.pages import one_run
from tests.pages.one_run import until


class OneRun(one_run.OneRun):
    """To look for odd ones takes two parts."""

    def find_odd(self, run_id: str, normal: str) -> Iterator[tuple[float, bytes]]:
        return self.compute(normal, [(0.5, b""), (1.0, b'{"own":1}')])


@pytest.fixture
def engine(monkeypatch) -> OneRun:
    one = OneRun(10, 20)
    monkeypatch.setattr(shared, "engine", lambda: one)
    monkeypatch.setattr(scoring, "_works", Works(scoring.MOST))
    return one


async def ask(run: str, step: int | str = 40, normal: str = "0", **others: str):
    return await one_run.ask(scoring.odd, run, step, query=f"normal={normal}", **others)


def test_pages_hear_how_far_it_is_and_it_is_kept_for_later_ones(engine):
    async def hall() -> None:
        run = engine.job.id
        assert await ask(run, origin="http://app.test") == (200, {"share": 0.0})
        engine.free.release()
        await until(lambda: scoring._works[run, 40, "0"].share)
        assert await ask(run) == (200, {"share": 0.5})
        engine.free.release()
        await until(lambda: not scoring._works)
        for _ in range(2):
            assert await ask(run) == (200, {"share": 1.0, "found": {"own": 1}})
        assert engine.begun == ["0"]
        assert await ask(run, normal="1") == (200, {"share": 0.0}), "other normal classes are another question"
        assert await ask(run, method="DELETE") == (204, {})
        engine.free.release()
        await until(lambda: not scoring._works)

    asyncio.run(hall())


def test_what_cannot_be_said_says_why(engine):
    async def refused() -> None:
        run = engine.job.id
        assert await ask("gone") == (404, {"why": "There is no such run any more."})
        assert (await ask(run, 20))[0] == 409, "only the trained network is asked"
        assert (await ask(run, "9" * 5000))[0] == 409
        assert (await ask(run, origin="http://elsewhere.test"))[0] == 403
        engine.error = "normal must name some of the classes 0, 1. Received: '7'."
        await ask(run, normal="7")
        engine.free.release()
        await until(lambda: scoring._works[run, 40, "7"].why)
        assert await ask(run, normal="7") == (503, {"why": engine.error})
        assert not scoring._works, "whoever asks again has it tried again"

    asyncio.run(refused())


def test_who_asks_before_a_worker_is_ready_only_waits_longer(engine, monkeypatch):
    monkeypatch.setattr(works, "AGAIN_SECONDS", 0.01)
    asked = []

    def find_odd(run_id: str, normal: str) -> Iterator[tuple[float, bytes]]:
        asked.append(normal)
        if len(asked) < 3:
            raise WarmingError("The training processes are warming up.")
        yield 1.0, b'{"own":1}'

    engine.find_odd = find_odd

    async def early() -> None:
        assert await ask(engine.job.id) == (200, {"share": 0.0})
        await until(lambda: not scoring._works)
        assert await ask(engine.job.id) == (200, {"share": 1.0, "found": {"own": 1}})
        assert len(asked) == 3
        monkeypatch.setattr(works, "MOST_AGAIN", 1)
        asked.clear()
        assert await ask(engine.job.id, normal="1") == (200, {"share": 0.0})
        await until(lambda: scoring._works[engine.job.id, 40, "1"].why)
        assert await ask(engine.job.id, normal="1") == (503, {"why": "The training processes are warming up."})

    asyncio.run(early())


def test_the_same_classes_are_one_question_in_any_spelling():
    names = [str(digit) for digit in range(10)]
    assert {scoring.one_spelling(text, names) for text in ("1, 0", "0,1", "0,1,1,", " 1 ,0,0")} == {"0,1"}
    assert scoring.one_spelling("", names) == scoring.one_spelling(" , ", names) == ""
    with_commas = ["b,a", "a", "b", "c", "c,d", "d"]
    assert scoring.one_spelling("b,a", with_commas) == "b,a", "a name may have a comma in it"
    assert scoring.one_spelling("d,c", with_commas) == "d,c", "in order it would be the name of another class"


def test_files_are_scored_a_few_at_a_time_and_whoever_waits_in_vain_is_told(monkeypatch):
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(finding, "_places", places)
    monkeypatch.setattr(finding, "PATIENCE", 0.01)
    run: Any = SimpleNamespace(id="run", settings=SimpleNamespace(dataset="digits", label="", leave_out=""))
    fitting: list[str] = []

    def fit_apart(name: str, payload: bytes, *_given: str) -> bytes:
        fitting.append(name)
        return payload

    def score_file(run_id: str, fitted: bytes) -> str:
        with pytest.raises(EngineError, match="Files of others are being scored"):
            finding._score(run, "of another.csv", fitted)
        if fitted == b"bad":
            raise EngineError("No.")
        return "scored"

    monkeypatch.setattr(finding, "data", SimpleNamespace(fit_apart=fit_apart))
    monkeypatch.setattr(finding, "engine", lambda: SimpleNamespace(score_file=score_file))
    assert finding._score(run, "mine.csv", b"") == "scored"
    with pytest.raises(EngineError, match="No"):
        finding._score(run, "mine.csv", b"bad")
    assert finding._score(run, "mine.csv", b"") == "scored", "its place is free again"
    assert set(fitting) == {"mine.csv"}, "whoever waits has nothing unpacked meanwhile"


def test_every_word_that_the_browser_asks_for_is_there_and_no_other():
    text = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "odd").glob("*.js"))
    said, asked = words(demo.setup()), words_asked_for(text)
    assert len(asked) > 40 and not asked - said.keys()
    unused = [name for name in said if f'"{name}"' not in text and not name.startswith(COMPOSED)]
    assert not unused
    assert all(sentence for sentence in said.values())


def test_each_score_has_a_unit_that_speaks_of_what_the_examples_are():
    names = ["error", "distance", "bound", *RIVALS]
    said, of_rows, of_series = (words(made) for made in (demo.setup(), demo.rows()[0], demo.series()[0]))
    assert all(said[f"unit_{name}"] and said[name] for name in names)
    assert said["unit_error"] == said["unit_pca"] == "mean squared error per pixel"
    assert of_rows["unit_error"] == of_series["unit_error"] == "mean squared error per value"
    assert of_series["unit_bound"] == "nats per series"


# Names that are put together there: of detectors, rules and verdicts.
COMPOSED = (
    "rule_",
    "verdict_",
    "file_row",
    "unit_",
    "example_of",
    "file_example_of",
    "group_",
    "error",
    "distance",
    "bound",
    "pca",
    "knn",
    "isolation_forest",
    "one_class_svm",
)
