"""The command line as a user runs it."""

import gzip
import json
import re

import keras
import numpy as np
import pytest

from ae_core import data, variants
from ae_core.errors import DataError
from ae_core.recordings import recording
from ae_core.runs import RunWriter
from pages.ui.form.form import from_address
from tests.commands import command_here, command_line

FIELDS = {"run_id", "variant", "dataset", "backend", "device", "epochs", "seconds", "samples_per_second", "history"}


@pytest.mark.slow
def test_train_prints_one_json_object_and_keeps_the_model(tmp_path):
    out = tmp_path / "made" / "here"
    result = command_line(
        "train",
        "--variant",
        "denoising",
        "--dataset",
        "digits",
        "--epochs",
        "2",
        "--latent-dim",
        "4",
        "--seed",
        "3",
        "--set",
        "noise=masking",
        "--set",
        "widths=32,16",
        "--json",
        "--out",
        str(out),
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert set(told) >= FIELDS
    assert told["settings"] | {"widths": [32, 16], "noise": "masking", "seed": 3, "latent_dim": 4} == told["settings"]
    assert (told["state"], told["diverged_at"]) == ("done", None)
    assert len(told["history"]["loss"]) == len(told["history"]["val_loss"]) == told["epochs"] == 2
    assert json.loads((out / "result.json").read_text()) == told
    model = keras.models.load_model(out / "model.keras")
    assert model(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 28, 28, 1)
    assert "Epoch" in result.stderr and "oneDNN" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--variant", "gan"], "variant must be one of"),
        (["--dataset", "faces"], "dataset must be one of"),
        (["--epochs", "0"], "epochs must be an integer from 1 to 500. Received: '0'."),
        (["--set", "learning_rate"], "--set must be KEY=VALUE. Received: 'learning_rate'."),
        (["--set", "colour=red"], "'colour' is not a setting of the variant vanilla"),
        (["--dataset", "noise", "--set", "loss=bce"], "loss must be auto or mse for data outside"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_bad_settings_are_refused_in_one_line(arguments, message):
    result = command_here("train", "--json", *arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    last = result.stderr.strip().splitlines()[-1]
    assert message in last
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_training_that_diverges_ends_with_status_1_and_its_last_good_numbers():
    wild = ["optimizer=sgd", "learning_rate=1", "sparsity_weight=10", "sparsity=l2", "loss=mse", "output=linear"]
    pairs = [word for pair in [*wild, "scaling=standardize"] for word in ("--set", pair)]
    result = command_here("train", "--variant", "sparse", "--dataset", "digits", "--epochs", "20", *pairs, "--json")
    assert result.returncode == 1
    told = json.loads(result.stdout.splitlines()[-1], parse_constant=pytest.fail)
    assert (told["state"], told["settings"]["optimizer"]) == ("diverged", "sgd")
    assert told["diverged_at"] >= told["steps"] >= 0
    (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("ae_core:")]
    assert f"diverged at step {told['diverged_at']:,}" in sentence and "lower learning_rate (now 1)" in sentence
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_model_for_which_the_runs_have_no_room_is_where_it_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(RunWriter, "_save_model", lambda writer: None)
    told = command_here("train", "--dataset", "digits", "--epochs", "1", "--out", str(tmp_path), "--json")
    assert told.returncode == 0, told.stderr
    assert keras.models.load_model(tmp_path / "model.keras").input_shape == (None, 28, 28, 1)
    assert (tmp_path / "result.json").is_file()


@pytest.mark.slow
def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    result = command_line("train", "--dataset", "digits", "--out", str(tmp_path / "file" / "folder"))
    assert result.returncode == 2
    assert result.stderr.startswith("ae_core: cannot write")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_listings():
    told = json.loads(command_line("variants", "--json").stdout)
    assert {one["name"] for one in told} == set(variants.registry())
    assert all(one["settings"]["epochs"]["low"] == 1 for one in told)
    names = {one["name"] for one in json.loads(command_line("datasets", "--json").stdout)}
    assert names >= {"mnist", "fashion_mnist", "digits", "sprites", "noise"}
    assert "digits" in command_line("datasets").stdout
    assert "sparse" in command_line("variants").stdout


@pytest.mark.long
@pytest.mark.slow
def test_a_recording_is_small_and_comes_back_whole(tmp_path):
    file = tmp_path / "new" / "run.msgpack.gz"
    result = command_line("record", str(file), "--dataset", "digits", "--epochs", "3", "--frames", "6")
    assert result.returncode == 0, result.stderr
    assert file.stat().st_size < 1_000_000
    setup, snapshots = recording.load(file)
    assert 3 <= len(snapshots) <= 6
    assert snapshots[0].step == 0
    assert snapshots[-1].step == setup.total_steps
    assert setup.atlas.png.startswith(b"\x89PNG")
    assert len(snapshots[0].latent) == setup.atlas.count * 8


def test_what_the_app_ships_with_takes_no_settings():
    result = command_here("record", "--epochs", "3")
    assert result.returncode == 2
    assert result.stderr.startswith("ae_core: FILE must be named")


def test_a_file_that_grows_without_end_is_not_a_recording(tmp_path):
    file = tmp_path / "bomb.msgpack.gz"
    with gzip.open(file, "wb") as stream:
        stream.write(bytes(recording.LARGEST_FILE + 10))
    with pytest.raises(ValueError, match="A recording must be at most"):
        recording.load(file)


@pytest.mark.slow(seconds=3)
def test_a_path_works_on_the_command_line_and_only_there(alone, monkeypatch):
    greys = np.random.default_rng(0).integers(0, 17, (40, 8, 8))
    monkeypatch.chdir(alone)
    np.savez("my.npz", x_train=greys, x_test=greys[:2])
    ended = command_here("train", "--json", "--dataset", "./my.npz", "--epochs", "1", "--set", "loss=mse")
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    name = result["dataset"]
    assert name.startswith("upload-") and data.info(name).title == "my.npz" and result["settings"]["dataset"] == name
    assert data.load(name).info.values.ends == (0, 16)
    script = alone / "script.py"
    assert command_here("export", "--script", "--", result["run_id"], str(script)).returncode == 0
    assert 'np.load("my.npz")' in script.read_text() and "/ 16" in script.read_text()
    # Whatever else names data takes no path.
    with pytest.raises(DataError, match="must be one of"):
        data.load("./my.npz")
    form, sentences = from_address({"dataset": "./my.npz"})
    assert form.value("dataset") != "./my.npz" and "dataset must be one of" in sentences[0]

    # Without its data a run has no script, and the command says why.
    for kept in (alone / "AE_RUNS_DIR" / "uploads").glob("*.npz"):
        kept.unlink()
    ended = command_here("export", "--script", "--", result["run_id"], str(script))
    assert ended.returncode == 2 and "is not kept here any more" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize("way", ["folder", "path"])
@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full((30, 8, 8), np.nan), "bad.npz.* x_train must hold finite numbers. Received: NaN or infinity."),
        (np.zeros((30, 8)).astype("U3"), "bad.npz.* x_train must hold whole or decimal numbers"),
    ],
)
def test_a_faulty_file_is_refused_with_the_reason(way, values, reason, alone, monkeypatch):
    monkeypatch.chdir(alone / "AE_DATA_DIR")
    np.savez("bad.npz", x_train=values)
    ended = command_here("train", "--json", "--dataset", {"folder": "bad", "path": "./bad.npz"}[way])
    assert ended.returncode == 2 and re.search(reason, ended.stderr) and ended.stdout == ""
    listed = command_here("datasets")
    assert "bad" not in listed.stdout and re.search(reason, listed.stderr)
    assert command_here("train", "--dataset", "./gone.npz").stderr.endswith(
        "The file gone.npz must be readable. Received: No such file or directory.\n"
    )
