"""The table of runs over a large store: looked at seldom, sent in part, searched as a whole."""

import dataclasses
import json
import time

import pytest

from ae_core.runs import RunStore, StoredRun
from pages.ui.runs import table, titles
from pages.ui.runs.listing import Listing
from pages.ui.runs.table import Asked
from pages.ui.words import names, units
from tests import stored


def many(store: RunStore, count: int) -> list[StoredRun]:
    """So many runs, newest first, each with its number as title, seed and error."""
    one = store.open(stored.stored(store))
    return [
        dataclasses.replace(
            one,
            id=f"{place:012d}",
            title=f"run {place}",
            numbers={"test_mse": float((7 * place) % count)},
            settings=dict(one.settings) | {"seed": place, "learning_rate": 0.5 if place == 7 else 0.001},
        )
        for place in range(count)
    ]


def test_one_look_serves_all_viewers_until_it_is_old_or_must_be_fresh(store, monkeypatch):
    now, looks = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])  # whatever the machine does meanwhile
    whole = store.list_runs

    def look() -> list[StoredRun]:
        looks.append(now[0])
        return whole()

    monkeypatch.setattr(store, "list_runs", look)
    listing = Listing(store)
    assert listing.runs() == [] == listing.runs() and len(looks) == 1
    run_id = stored.stored(store)
    assert listing.runs() == []
    now[0] += 0.1
    assert [run.id for run in listing.runs(fresh=True)] == [run_id] == [run.id for run in listing.runs()]
    assert len(looks) == 2
    now[0] += 2
    store.rename(run_id, "new")
    assert [run.title for run in listing.runs()] == ["new"]
    assert listing.going() == []


@pytest.mark.slow(seconds=3)
def test_a_large_table_is_sent_in_part_and_searched_as_a_whole(store):
    runs = many(store, 300)
    shown = table.picked(runs, ["000000000299"], Asked())
    assert [run.title for run in shown] == ["run 299", *(f"run {place}" for place in range(99))]
    assert [run.title for run in table.picked(runs, [], Asked(("run", "250")))] == ["run 250"]
    assert [run.title for run in table.picked(runs, [], Asked(("0.5",)))] == ["run 7"], "a setting without column"
    best = table.picked(runs, [], Asked((), "test_mse"))
    assert [run.numbers["test_mse"] for run in best] == list(range(100))
    worst = table.picked(runs, [], Asked((), "test_mse", True))
    assert [run.numbers["test_mse"] for run in worst] == list(range(299, 199, -1))
    last = table.picked([*runs, dataclasses.replace(runs[0], id="x" * 12, numbers={})], [], Asked((), "test_mse", True))
    assert "x" * 12 not in {run.id for run in last}, "what has no number comes last either way"
    assert table.picked(runs[:100], [], Asked(("nothing",))) == runs[:100], "a small table is filtered in the page"


@pytest.mark.slow(seconds=1)
def test_the_time_for_the_table_does_not_grow_with_the_store(store):
    seconds = []
    for count in (100, 2000):
        runs, spent = many(store, count), []
        for _ in range(3):
            begun = time.process_time()
            payload = table._payload(runs, [], Asked())
            spent.append(time.process_time() - begun)
        seconds.append(min(spent))
        assert len(payload) < 150_000 and len(json.loads(payload)["rows"]) == 100
    assert seconds[1] < 10 * seconds[0], "it was four hundred times when each run was held against each other one"


def test_how_well_a_run_did_comes_before_what_it_was_asked_for(store):
    names = [column["name"] for column in json.loads(table._payload(many(store, 8), [], Asked()))["columns"]]
    assert names[:3] == ["name", "state", "test_mse"]
    asked_for = [place for place, name in enumerate(names) if name.startswith("set_")]
    assert asked_for and max(map(names.index, set(table.NUMBERS) & set(names))) < min(asked_for)
    assert {"created", "epoch", "seconds", "parameters", "code_size"} <= set(names)


def test_the_size_of_the_code_is_told_once(store):
    def named(*sizes: tuple[int, int]) -> dict[str, str]:
        one = store.open(stored.stored(store))
        runs = [
            dataclasses.replace(
                one, id=f"{place:012d}", code_size=code, settings=dict(one.settings) | {"latent_dim": size}
            )
            for place, (size, code) in enumerate(sizes)
        ]
        columns = json.loads(table._payload(runs, [], Asked()))["columns"]
        return {column["name"]: column["title"] for column in columns}

    alike, latent, quantised = named((2, 2), (2, 2)), named((2, 2), (8, 8)), named((2, 2), (16, 128))
    assert alike["code_size"] == "Code size" and "set_latent_dim" not in alike
    assert latent["set_latent_dim"] == "Latent size" and "code_size" not in latent
    assert {"set_latent_dim", "code_size"} <= set(quantised), "positions are not the numbers of a code"


def test_a_choice_is_called_what_the_form_calls_it(store):
    one = store.open(stored.stored(store))
    chosen = {"activation": "gelu", "optimizer": "rmsprop", "learning_rate": 0.5, "standardize": None}
    other = dataclasses.replace(one, id="0" * 12, settings=dict(one.settings) | chosen)
    assert [titles.value_of(other, name) for name in chosen] == ["GELU", "RMSprop", "0.5", ""]
    row = table._row(other, list(chosen), {}, False, names.titles())
    assert [row.cells[f"set_{name}"] for name in chosen] == ["GELU", "RMSprop", "0.5", "–"]
    assert titles.labels_of([one, other])[1] == "Learning rate 0.5, Optimiser RMSprop, Activation GELU"


@pytest.mark.parametrize("text", [None, "", "{", "[]", "[1, 2, 3]", '["a B", "state", true]', '[["x"], {}, 1]', "7"])
def test_what_a_browser_asks_may_be_anything(text):
    found = table.asked(text)
    assert all(isinstance(word, str) for word in found.words) and isinstance(found.falling, bool)
    if text and "state" in text:
        assert found == Asked(("a", "b"), "state", True)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "now"), (59, "now"), (60, "1 min"), (7200, "2 h"), (86400 * 3.5, "3 d")]
)
def test_ages_are_short(seconds, words):
    assert units.age(seconds) == words
