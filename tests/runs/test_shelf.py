"""Room for runs: how much there is, who goes first where it is short, and who stays."""

import os
import time

import pytest

from ae_core.errors import DataError
from ae_core.runs import RunStore
from ae_core.runs import files as run_files
from tests.stored import SETTINGS, edit, stored

DAY = 86_400.0

pytestmark = pytest.mark.usefixtures("unsynced")


def lasting(store):
    """The same store with much room, so that what is stored removes nothing."""
    return RunStore(store.folder, limit_mb=1000, limit_days=1000)


def aged(store, *days, size=0, **about):
    """Stores runs that ended so many days ago, each with so many bytes of model."""
    ids = []
    for one in days:
        run_id = stored(lasting(store), 0, **about)
        (store.folder / run_id / "model.keras").write_bytes(bytes(size))
        when = time.time() - one * DAY
        edit(store, run_id, "run.json", created=when)
        edit(store, run_id, "status.json", finished=when, size=run_files.folder_bytes(store.folder / run_id))
        ids.append(run_id)
    return ids


def test_old_runs_go_and_pinned_ones_stay(store):
    old, pinned, soon, young = aged(store, 31, 40, 28.5, 1)
    store.pin(pinned)
    trains = stored(lasting(store), 0, ended=False)
    edit(store, trains, "run.json", created=time.time() - 90 * DAY)
    with store.writer(trains):
        edit(store, trains, "status.json", started=1.0, updated=1.0)
        going = store.about_to_go()
        assert [(one.run.id, one.reason) for one in going] == [(old, "age"), (soon, "age")]
        assert going[1].at == pytest.approx(time.time() + 1.5 * DAY, abs=DAY / 100)
        assert store.prune() == [old]
    assert {run.id for run in store.list_runs()} == {pinned, soon, young, trains}


def test_the_oldest_go_where_the_room_is_short(tmp_path):
    store = RunStore(tmp_path, limit_mb=1)
    first, second, third, fourth = aged(store, 4, 3, 2, 1, size=250_000)
    store.pin(second)
    used = store.used_bytes
    assert 1_000_000 < used < store.limit_bytes
    assert [(one.run.id, one.at, one.reason) for one in store.about_to_go()] == [(first, None, "size")]
    (fifth,) = aged(store, 0.5, size=250_000)
    assert store.prune() == [first]
    assert {run.id for run in store.list_runs()} == {second, third, fourth, fifth}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".gone", ".part"))]
    (store.folder / third / "run.json").write_bytes(b"damaged")
    aged(store, 0.4, size=250_000)
    assert store.prune() == [fourth], "a damaged run's time is that of its folder"
    store.create(SETTINGS)
    assert len(store.list_runs()) == 4


def test_pins_are_bounded(tmp_path):
    store = RunStore(tmp_path, limit_mb=1)
    first, second, third = aged(store, 3, 2, 1, size=250_000)
    store.pin(first)
    store.pin(second)
    store.pin(second)
    with pytest.raises(DataError, match="Pinned runs may take"):
        store.pin(third)
    assert not store.open(third).pinned


def test_leftovers_of_dead_processes_go(store):
    stored(store)
    for name, age in ((".part-dead", 2 * 3600), (".part-alive", 0), (".gone-x", 0)):
        (store.folder / name).mkdir()
        (store.folder / name / "run.json").write_bytes(b"")
        os.utime(store.folder / name, (time.time() - age,) * 2)
    assert store.prune() == [] and len(store.list_runs()) == 1
    assert {path.name for path in store.folder.iterdir() if path.name.startswith(".")} == {".part-alive", ".lock"}


def test_the_environment_says_where_and_how_much(alone, monkeypatch):
    monkeypatch.setenv("AE_RUNS_LIMIT_MB", "3")
    store = RunStore()
    assert store.folder == alone / "AE_RUNS_DIR" and store.limit_bytes == 3 * 2**20
    run_id = stored(store)
    assert (alone / "AE_RUNS_DIR" / run_id / "run.json").is_file()
    monkeypatch.delenv("AE_RUNS_DIR")
    assert RunStore().folder == alone / "XDG_CACHE_HOME" / "autoencoder-lab"
    assert RunStore().list_runs() == [] == RunStore().prune()
    for name in ("AE_RUNS_LIMIT_MB", "AE_RUNS_DAYS"):
        for bad in ("much", "0", "-1", "nan", "inf"):
            with monkeypatch.context() as patch:
                patch.setenv(name, bad)
                with pytest.raises(DataError, match=f"{name} must be a number above 0"):
                    RunStore()


ME, EATER = "a" * 64, "e" * 64


def test_who_takes_most_gives_first_and_nothing_of_mine_goes(tmp_path):
    store = RunStore(tmp_path, limit_mb=1)
    mine = aged(store, 9, 8, size=100_000, owner=ME)
    eaten = aged(store, 3, 2, 1, size=300_000, owner=EATER)
    assert [one.run.id for one in store.about_to_go()] == eaten[:1]
    store.create(SETTINGS, EATER)
    assert {run.id for run in store.list_runs()} >= {*mine, *eaten[1:]}
    assert eaten[0] not in {run.id for run in store.list_runs()}


def test_everybody_has_a_bound_of_their_own(tmp_path, monkeypatch):
    mine, many = (aged(RunStore(tmp_path), *days, owner=owner) for days, owner in (((9, 8), ME), ((3, 2, 1), EATER)))
    monkeypatch.setenv("AE_MAX_RUNS_PER_OWNER", "2")
    store = RunStore(tmp_path)
    assert store.prune() == many[:1]
    store.pin(many[1])
    waits = store.create(SETTINGS, EATER).id
    assert {run.id for run in store.list_runs()} == {*mine, many[1], waits}
    for refused in (store.check_room, lambda owner: store.create(SETTINGS, owner)):
        with pytest.raises(DataError, match=r"One person may keep 2 runs .* leaves no room for this one\."):
            refused(EATER)
    assert len(store.list_runs()) == 4
    monkeypatch.setenv("AE_MAX_RUNS_MB_PER_OWNER", "0.2")
    monkeypatch.setenv("AE_MAX_RUNS_PER_OWNER", "9")
    large = aged(RunStore(tmp_path), 5, 4, size=150_000, owner="b" * 64)
    assert RunStore(tmp_path).prune() == large[:1]


def test_another_s_pins_keep_nobody_from_pinning(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_MAX_RUNS_MB_PER_OWNER", "0.5")
    store = RunStore(tmp_path, limit_mb=2)
    first, second = aged(store, 3, 2, size=200_000, owner=EATER)
    (mine,) = aged(store, 1, size=200_000, owner=ME)
    store.pin(first)
    with pytest.raises(DataError, match="Your pinned runs may take"):
        store.pin(second)
    store.pin(mine)
    assert store.open(mine).pinned


def test_an_interrupted_run_that_will_go_on_keeps_its_place_and_its_data(tmp_path):
    store = RunStore(tmp_path, limit_mb=1)
    waits = stored(lasting(store), 0, ended=False, owner=ME)
    assert store.open(waits).state == "interrupted"
    assert store.needed_data() == {"digits"}
    (tmp_path / waits / "model.keras").write_bytes(bytes(600_000))
    edit(store, waits, "status.json", size=600_000)
    (late,) = aged(store, 0, size=600_000, owner=EATER)
    assert store.prune() == [late]
    edit(store, waits, "status.json", updated=time.time() - 2 * DAY)
    assert store.needed_data() == set()


def test_bounds_are_tight_on_an_open_server(tmp_path, monkeypatch):
    monkeypatch.delenv("AE_PUBLIC", raising=False)
    own = RunStore(tmp_path)._room
    assert (own._bounds.owner, own._bounds.count, own.largest_run) == (own.bytes, 10_000, own.bytes // 4)
    monkeypatch.setenv("AE_PUBLIC", "1")
    public = RunStore(tmp_path)._room
    assert public.bytes == own.bytes
    assert (public._bounds.owner, public._bounds.count, public.largest_run) == (256 * 2**20, 100, 64 * 2**20)
