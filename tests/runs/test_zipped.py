"""A run as a file: it comes back whole, and other tools read it."""

import argparse
import csv
import gzip
import io
import json
import math
import os

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image, ImageSequence

from ae_core.cli import runs as run_commands
from ae_core.errors import DataError
from ae_core.formats.png_size import png_size
from ae_core.messages import Setup, Snapshot
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from ae_core.runs import zipped as run_zip
from ae_core.runs.files import CHECKPOINT, MODEL
from tests import demo
from tests.hostile import zipped
from tests.stored import SETTINGS, TOTAL, picture, result, setup, snapshot, state_at, stored
from tests.whole_run import bring, exported, members_of, model_file, whole_run

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")


@pytest.mark.parametrize("as_path", [False, True])
def test_a_run_goes_out_and_comes_back(store, tmp_path, as_path):
    run_id = whole_run(store)
    payload = exported(store, run_id)
    if as_path:
        store.export_zip(run_id, tmp_path / "run.zip")
        assert members_of((tmp_path / "run.zip").read_bytes()) == members_of(payload)
    other = RunStore(tmp_path / "elsewhere")
    new_id = bring(other, tmp_path / "run.zip" if as_path else payload, fingerprint("other"))
    old, new = store.open(run_id), other.open(new_id)
    assert new_id != run_id and new.id == new_id
    assert (new.origin, new.title, new.pinned, new.state) == ("imported", "A title", False, "done")
    assert new.owner == fingerprint("other")
    assert new.created > old.created and new.finished == old.finished
    for name in ("settings", "numbers", "test", "step", "epoch", "seconds", "total_steps", "device", "parameters"):
        assert getattr(new, name) == getattr(old, name), name
    assert new.setup() == replace(old.setup(), run_id=new_id)
    assert new.snapshots() == [replace(one, run_id=new_id) for one in old.snapshots()]
    assert new.result() == replace(old.result(), run_id=new_id)
    assert new.model is not None and members_of(new.model.read_bytes()) == members_of(model_file())
    arrays, values = new.checkpoint() or ({}, {})
    assert values == state_at(20)[1]
    for name, array in state_at(20)[0].items():
        np.testing.assert_array_equal(arrays[name], array)
    assert new.size == pytest.approx(old.size, rel=0.05)
    assert members_of(exported(other, new_id)).keys() == members_of(payload).keys()


def test_the_state_of_a_run_that_has_ended_is_taken_along_unless_it_is_large(store, monkeypatch):
    run_id = whole_run(store)
    assert store.open(bring(store, exported(store, run_id))).checkpoint() is not None
    monkeypatch.setattr(run_zip, "LARGEST_SPARE", store.open(run_id).checkpoint_bytes - 1)
    new = store.open(bring(store, exported(store, run_id)))
    assert new.checkpoint() is None and new.model is not None, "it is whole without"


def test_a_run_that_is_brought_is_on_the_disk_to_its_last_file_before_it_has_its_name(store, monkeypatch):
    payload, forced = exported(store, whole_run(store)), set()
    monkeypatch.setattr(os, "fsync", lambda handle: forced.add(os.fstat(handle).st_ino))
    run = store.open(bring(store, payload))
    files = [path for path in run.folder.iterdir() if path.stat().st_size]
    assert {CHECKPOINT, MODEL} < {path.name for path in files}
    assert not [path.name for path in files if path.stat().st_ino not in forced]


def test_nothing_in_the_file_says_whose_it_is(store):
    payload = exported(store, whole_run(store))
    content = members_of(payload)
    assert json.loads(content["run.json"])["owner"] is None
    assert not any(fingerprint("token").encode() in one or b"token" in one for one in content.values())
    assert all("/" not in name for name in content)


def test_an_unfinished_run_comes_back_interrupted(store):
    run_id = stored(store, 0, 10, ended=False)
    with store.writer(run_id):
        new_id = bring(store, exported(store, run_id))
    new = store.open(new_id)
    assert new.state == "interrupted" and len(new.snapshots()) == 2 and new.result() is None
    waiting = store.create(SETTINGS)
    assert store.open(bring(store, exported(store, waiting.id))).setup() is None


def test_a_run_that_went_astray_comes_back(store):
    lost = snapshot(20, pca_loss=math.nan)
    lost.history["loss"] = [0.5, math.nan]
    lost.grid.errors = [math.inf, math.nan]
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup())
        writer.message(lost)
        writer.finish(result(test={"mse": math.nan}))
    newest = store.open(bring(store, exported(store, run.id))).newest()
    assert newest.history["loss"] == [0.5, None]
    assert newest.grid.errors[0] == math.inf and math.isnan(newest.pca_loss)


def as_struct(message, kind):
    return msgspec.convert(msgspec.to_builtins(message, builtin_types=(bytes,)), kind)


def test_messages_as_pages_know_them_are_taken(store):
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(as_struct(demo.setup(size=2, settings=SETTINGS.to_dict()), Setup))
        for step in (100, 900):
            writer.message(as_struct(demo.snapshot(step, 2), Snapshot))
        writer.finish(result())
    new = store.open(bring(store, exported(store, run.id)))
    assert [one.step for one in new.snapshots()] == [100, 900]


@pytest.mark.parametrize("more", ["a note", "x" * 5000, json.loads("[" * 20 + "]" * 20), {"a_png": picture(2, 2)}])
def test_what_a_newer_program_has_added_is_left_out(store, more):
    members = members_of(exported(store, whole_run(store)))
    for name, owner in (("newest.msgpack.gz", "grid"), ("setup.msgpack.gz", "atlas")):
        content = msgspec.msgpack.decode(gzip.decompress(members[name]))
        content[owner]["more"] = content["more"] = more
        members[name] = gzip.compress(msgspec.msgpack.encode(content))
    new = store.open(bring(store, zipped(members)))
    assert new.setup() == setup(run_id=new.id)
    assert new.newest() == snapshot(TOTAL, "done", run_id=new.id)
    assert b"more" not in b"".join(gzip.decompress(path.read_bytes()) for path in new.folder.glob("*.gz"))


def test_snapshots_from_before_there_was_a_plane_still_open(store):
    members = members_of(exported(store, whole_run(store)))
    for name in [name for name in members if name.startswith(("newest", "snapshot-"))]:
        content = msgspec.msgpack.decode(gzip.decompress(members[name]))
        del content["plane"]
        members[name] = gzip.compress(msgspec.msgpack.encode(content))
    new = store.open(bring(store, zipped(members)))
    assert new.newest() == snapshot(TOTAL, "done", run_id=new.id, plane=None)
    assert [one.plane for one in new.snapshots()] == [None] * len(new.snapshots())


@pytest.mark.slow
def test_a_real_training_is_stored_and_comes_back(store, monkeypatch):
    from ae_core.training import checkpoint, preprocessing, session, stored_model
    from ae_core.variants import read_settings

    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)
    settings = read_settings({"variant": "denoising", "dataset": "digits", "epochs": 3, "latent_dim": 4})
    messages = []
    run = store.create(settings, title="real")

    with store.writer(run.id) as writer:

        def emit(message):
            messages.append(message)
            writer.message(message)

        with writer.model_file() as path:
            told = session.train(settings, emit=emit, run_id=run.id, keeper=writer, save_to=path)
        assert writer.restore() is not None
        writer.finish(told)
        assert writer.problem is None
    new = store.open(store.import_zip(exported(store, run.id), renew=stored_model.renew))
    (given,) = (one for one in messages if isinstance(one, Setup))
    assert new.setup() == replace(given, run_id=new.id)
    last = {one.step: one for one in messages if isinstance(one, Snapshot)}
    found = new.snapshots()
    assert [one.step for one in found] == sorted(last) and found[-1].latent == last[max(last)].latent
    for one in found:
        expected = replace(last[one.step], run_id=new.id)
        places, kept = (np.frombuffer(message.latent, "<f4") for message in (expected, one))
        np.testing.assert_allclose(kept, places, atol=np.ptp(places) / 60_000, rtol=0)
        assert one == replace(expected, latent=one.latent)
    assert new.result() == replace(told, run_id=new.id)
    assert new.test.keys() <= told.test.keys() and new.test["mse"] == told.test["mse"]
    import keras

    assert preprocessing.noted(new.model) == told.preprocessing is not None
    model = keras.models.load_model(new.model)
    assert model(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 28, 28, 1)


def test_curves_as_csv(store):
    lost = snapshot(30)
    lost.history["val_loss"] = [None, math.nan, 0.125]
    run_id = stored(store, 0)
    text = store.history_csv(run_id)
    assert text == "step,epoch,seconds,loss,val_loss,reconstruction,val_reconstruction\n"
    other = store.create(SETTINGS)
    assert store.history_csv(other.id) == "\n"
    with store.writer(other.id) as writer:
        writer.message(setup())
        writer.message(lost)
    rows = list(csv.DictReader(io.StringIO(store.history_csv(other.id))))
    assert [float(row["step"]) for row in rows] == [10, 20, 30]
    assert [row["val_loss"] for row in rows] == ["", "", "0.125"]
    assert [float(row["loss"]) for row in rows] == lost.history["loss"], "to the last digit"
    assert members_of(exported(store, other.id))["history.csv"].decode() == store.history_csv(other.id)


def test_every_png_of_ours_passes_and_sizes_are_told():
    for size in ((1, 1), (7, 11), (300, 2)):
        assert png_size(picture(*size), "here") == size
    colour = demo.atlas()
    assert png_size(colour, "atlas") == (1400, 560)


def commands(*arguments):
    """Runs one of the commands as `__main__` will."""
    parser = argparse.ArgumentParser()
    run_commands.add_to(parser.add_subparsers(required=True))
    given = parser.parse_args(arguments)
    return given.run(given)


@pytest.mark.long
@pytest.mark.slow(seconds=15)
def test_the_command_line_lists_exports_and_imports(alone, capsys, monkeypatch):
    store = RunStore()
    run_id = whole_run(store)
    bare = stored(store, 0, title="no model")
    store.pin(run_id)
    assert commands("runs") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(bare) and first.endswith("no model")
    assert second.startswith(run_id) and "pinned" in second and "sparse" in second and "done" in second
    assert commands("runs", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told] == [bare, run_id]
    assert told[1]["test"] == {"mse": 0.01, "ssim": None} and told[1]["settings"] == SETTINGS.to_dict()
    assert "owner" not in told[0] and told[0]["going"] is None
    out = alone / "out"
    out.mkdir()
    assert commands("export", run_id, "--csv", str(out / "a.csv")) == 0
    assert (out / "a.csv").read_text() == store.history_csv(run_id)
    assert commands("export", run_id, "--zip", str(out / "a.zip")) == 0
    for name in ("a.webp", "a.GIF"):
        assert commands("export", run_id, "--film", str(out / name)) == 0
        with Image.open(out / name) as made:
            assert len(list(ImageSequence.Iterator(made))) == len(store.open(run_id).snapshots())
    assert commands("export", run_id, "--page", str(out / "a.html")) == 0
    assert (out / "a.html").read_text().startswith("<!doctype html>")
    capsys.readouterr()
    monkeypatch.setattr(run_commands, "_renew", lambda *given: None)  # see tests/training/test_stored_model.py
    assert commands("import", str(out / "a.zip")) == 0
    new_id = capsys.readouterr().out.strip()
    assert store.open(new_id).origin == "imported" and len(store.open(new_id).snapshots()) == 4
    for arguments, match in (
        (("export", bare, "--model", str(out / "b")), "has no model"),
        (("export", store.create(SETTINGS).id, "--film", str(out / "b.gif")), "nothing to show yet"),
        (("export", run_id, "--film", str(out / "b")), "must end in .webp or .gif"),
        (("export", "x" * 12, "--zip", str(out / "b")), "no such stored run"),
        (("import", str(out / "a.csv")), "must be a .zip file"),
        (("import", str(out / "none")), "cannot be read"),
    ):
        with pytest.raises(DataError, match=match):
            commands(*arguments)
    assert not (out / "b").exists() and not (out / "b.gif").exists()
    with pytest.raises(SystemExit):
        commands("export", run_id, str(out / "b"))
    (store.folder / bare / "status.json").write_bytes(b"")
    assert commands("runs") == 0
    assert f"{bare}  cannot be read" in capsys.readouterr().out
