"""The experiment as a plain Keras script: it trains to the same history, and needs nothing of this package."""

import ast
import contextlib
import dataclasses
import io
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from ae_core import data, script, training, variants, workshop
from ae_core.config import options
from ae_core.script import compose

# Lines with something on them, on the data set digits, which takes 20 of them to be made.
MOST_LINES = 105
MORE_LINES = {"masked": 140, "vector_quantized": 130, "variational": 130, "wasserstein": 125, "adversarial": 125}
SMALL = {"dataset": "digits", "epochs": 2, "latent_dim": 6, "train_size": 300, "batch_size": 40, "seed": 3}
SMALLER = {"token_dim": 16, "heads": 2, "depth": 1, "recurrent_units": "16", "values_per_step": 112, "channels": "4,3"}
OTHERS: list[dict[str, Any]] = [
    {"variant": "stacked", "widths": "24,12", "pretraining": True, "pretraining_epochs": 1, "tied": True},
    {"variant": "denoising", "widths": "24", "pretraining": True, "pretraining_epochs": 1, "schedule": "cosine"},
    {"variant": "sparse", "sparsity": "k_sparse", "optimizer": "rmsprop", "augmentation": "shift_rotate"},
    {"variant": "contractive", "widths": "24", "scaling": "standardize", "augmentation": "shift", "tied": True},
]


def settings_of(given: dict[str, Any]) -> Any:
    known = options(variants.get(given["variant"]).settings)
    return variants.read_settings(SMALL | {name: value for name, value in SMALLER.items() if name in known} | given)


def written(given: dict[str, Any]) -> str:
    return script.script_for(settings_of(given).to_dict())["python"]


def run(source: str) -> tuple[dict[str, Any], str]:
    """What a script leaves behind, and what it prints."""
    space: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(source, "script.py", "exec"), space)
    return space, said.getvalue()


def imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def assert_same_history(given: dict[str, Any]) -> None:
    space, said = run(written(given))
    ours = training.train(settings_of(given), emit=lambda message: None, test_images=20)["history"]
    assert said.splitlines()[-1] == str(space["history"])
    assert set(space["history"]) == {"loss", "val_loss"}
    for name, values in space["history"].items():
        np.testing.assert_allclose(values, ours[name], rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("name", variants.registry())
def test_it_trains_to_the_same_history(name):
    assert_same_history({"variant": name})


@pytest.mark.parametrize("given", OTHERS, ids=lambda given: "-".join(map(str, given.values())))
def test_other_settings_train_to_the_same_history(given):
    assert_same_history(given)


def test_what_changes_within_an_epoch_changes_at_the_same_steps(monkeypatch):
    monkeypatch.setattr(workshop, "LONGEST_CHUNK", 3)
    given = {"variant": "variational", "schedule": "cosine", "kl_warm_up": 1.5, "kl_weight": 50.0}
    source = written(given)
    assert "CHUNK = 3" in source
    assert_same_history(given)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """A script of every variant and of the other settings."""
    given = [{"variant": name} for name in variants.registry()] + OTHERS
    return {"-".join(map(str, one.values())): written(one) for one in given}


def test_it_needs_nothing_of_this_package(sources):
    allowed = {"keras", "numpy", "PIL", "sklearn.datasets", "types", "math"}
    for name, source in sources.items():
        assert imported(source) <= allowed, name
        assert "ae_core" not in source


def test_it_is_short(sources):
    for name, source in sources.items():
        lines = [line for line in source.splitlines() if line.strip()]
        assert len(lines) <= MORE_LINES.get(name, MOST_LINES + 10 * ("True" in name)), name
        assert max(map(len, lines)) <= 120, name


def test_it_is_laid_out_well_and_has_nothing_unused(sources, tmp_path):
    for name, source in sources.items():
        (tmp_path / f"{name.replace(',', '_')}.py").write_text(source)
    for command in (("check", "--select", "E,F,W,I"), ("format", "--check")):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "120", "."],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", variants.registry())
def test_it_begins_with_the_same_weights(name):
    """Also at full size, without the time of a training."""
    settings = variants.get(name).settings(dataset="digits", seed=5)
    source = compose.python_script(settings)
    space, _ = run(source.split("# %% Model")[0].split("# %% Training")[0])
    with workshop.building(settings.seed):
        model = variants.get(name).build(settings, data.catalogue()["digits"].spec)
    for part, ours in (("encoder", model.features), ("decoder", model.decoder)):
        theirs = space[part].get_weights()
        assert [array.shape for array in theirs] == [array.shape for array in ours.get_weights()]
        for one, other in zip(theirs, ours.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def assert_same_data(settings: Any) -> None:
    source = compose.python_script(settings)
    space, _ = run(source.split("# %% Network")[0].split("# %% Layers")[0])
    ours = data.prepare(data.load(settings.dataset), settings)
    for theirs, raw in ((space["x_train"], ours.x_train), (space["x_val"], ours.x_validation)):
        assert theirs.dtype == np.float32
        expected = raw * ours.scale + ours.offset
        np.testing.assert_allclose(theirs, expected[: len(theirs)], rtol=1e-5, atol=1e-5)
        assert len(theirs) == len(raw)


@pytest.mark.parametrize("dataset", ["digits", "sprites", "noise"])
@pytest.mark.parametrize("more", [{}, {"scaling": "standardize", "outliers": "zscore"}, {"outliers": "iqr"}], ids=str)
def test_it_learns_from_the_same_rows(dataset, more):
    assert_same_data(variants.read_settings({"dataset": dataset, "train_size": 900} | more))


@pytest.mark.parametrize("kind", ["bytes", "fractions", "vectors", "bits"])
@pytest.mark.parametrize("whole", [True, False], ids=["with a test set", "without"])
def test_it_reads_a_person_s_own_file(alone, monkeypatch, kind, whole):
    random = np.random.default_rng(0)
    tables: dict[str, Any] = {
        "bytes": random.integers(0, 256, (60, 9, 7)).astype(np.uint8),
        "fractions": random.random((60, 9, 7, 3)),
        "vectors": random.standard_normal((60, 12)),
        "bits": random.integers(0, 2, (60, 12)).astype(np.uint8),
    }
    arrays: dict[str, Any] = {"x_train": tables[kind], "y_train": random.integers(3, 6, 60)}
    if whole:
        arrays |= {"x_test": tables[kind][:10], "y_test": arrays["y_train"][:10]}
    np.savez(alone / "AE_DATA_DIR" / "mine.npz", **arrays)
    monkeypatch.chdir(alone / "AE_DATA_DIR")
    assert_same_data(variants.read_settings({"dataset": "mine"}))


@pytest.mark.mnist
def test_published_data_come_from_keras(monkeypatch):
    settings = dataclasses.replace(variants.get("vanilla").settings(), dataset="mnist", train_size=2000)
    source = compose.python_script(settings)
    assert "keras.datasets.mnist.load_data()" in source
    with np.load(str(data.data_folder() / "mnist.npz")) as file:  # type: ignore[operator]
        arrays = (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
    monkeypatch.setattr("keras.datasets.mnist.load_data", lambda: arrays)
    space, _ = run(source.split("# %% Network")[0])
    ours = data.prepare(data.load("mnist"), settings)
    np.testing.assert_allclose(space["x_train"], ours.x_train / np.float32(255), rtol=1e-6)
    np.testing.assert_allclose(space["x_val"], ours.x_validation / np.float32(255), rtol=1e-6)


def test_it_runs_by_itself(tmp_path):
    given = {"variant": "denoising", "noise": "masking"}
    (tmp_path / "script.py").write_text(written(given))
    result = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "script.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    history = ast.literal_eval(result.stdout.splitlines()[-1])
    ours = training.train(settings_of(given), emit=lambda message: None, test_images=20)["history"]
    np.testing.assert_allclose(history["val_loss"], ours["val_loss"], rtol=1e-3)


def test_the_notebook_holds_the_same_code():
    texts = script.script_for(settings_of({"variant": "vanilla"}).to_dict())
    book = json.loads(texts["notebook"])
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    kinds = [cell["cell_type"] for cell in book["cells"]]
    assert kinds == ["markdown"] + ["markdown", "code"] * (len(kinds) // 2)
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert ast.dump(ast.parse("\n".join(cells))) == ast.dump(ast.Module(ast.parse(texts["python"]).body[1:], []))
    words = "".join(book["cells"][0]["source"])
    assert words.startswith("# Plain autoencoder")
    assert "Settings that differ" in words


def test_settings_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"^latent_dim must be below"):
        script.script_for({"variant": "undercomplete", "dataset": "digits", "latent_dim": 800})
