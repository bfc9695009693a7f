"""The experiment as a plain Keras script: it trains to the same history, and needs nothing of this package."""

import ast
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from markdown_it import MarkdownIt

from ae_core import variants
from ae_core.data.built_in import INFOS
from ae_core.script import compose, notebook, script_for
from ae_core.script.constructors import literal
from ae_core.settings import Settings, options
from ae_core.training import session
from tests.long import rest_is_long
from tests.texts import PRINTABLE

TOLERANCE = 1e-3  # as the script itself says: 0.1 %
MOST_LINES = 200
MORE_LINES = {
    "masked": 300,  # patches, their mask, and a transformer with its attention written out
    "vector_quantized": 220,  # a codebook with running averages, and how its gradient passes
    "denoising": 300,  # layers trained one by one, each with its own damage and its own loop
}
WIDEST_LINE = 120
INSTALLED = {"keras", "numpy", "sklearn", "PIL"}

# Each is applied to every variant that has these settings. Few images, small networks: time goes into compiling.
SMALL: dict[str, Any] = {
    "dataset": "digits",
    "epochs": 2,
    "latent_dim": 4,
    "train_size": 120,
    "batch_size": 20,
    "widths": "24",
    "channels": "4",
    "codebook_size": 8,
    "recurrent_units": "8",
    "token_dim": 8,
    "heads": 2,
    "depth": 1,
    "patch_size": 7,
    "kl_warm_up": 1.5,
}
OTHER_WAYS: list[dict[str, Any]] = [
    {"pretraining": True, "pretraining_epochs": 1, "widths": "24,16", "schedule": "cosine"},
    {"network": "convolutional"},
    {"linear": True},
    {"sparsity": "k_sparse", "active_count": 2},
    {"contraction_weight": 0.01, "widths": "24", "tied": True},
    {"kl_warm_up": 2, "patience": 3, "epochs": 40, "learning_rate": 0.05},
    {"depth": 1, "patience": 2, "epochs": 30, "learning_rate": 0.05},
]


def small(variant: str, changes: dict[str, Any]) -> Settings:
    """Settings of a variant that train fast; what it has by default not, such as hidden layers, it has not here."""
    usual = variants.get(variant).settings().to_dict()
    return variants.read_settings(
        {name: SMALL[name] for name in SMALL if usual.get(name)} | {"variant": variant} | changes
    )


CASES = [
    (f"{variant}{place or ''}", small(variant, changes))
    for variant in variants.registry()
    for place, changes in enumerate([{}, *OTHER_WAYS])
    if set(changes) <= set(options(variants.get(variant).settings))
]

# Series, rows of which some values are unknown, and some classes only.
OTHER_DATA = {
    "series": ("convolutional", {"dataset": "pumps", "channels": "4,3"}),
    "gaps": ("stacked", {"dataset": "ratings"}),
    "normal classes": ("vanilla", {"normal": "0,3"}),
}
CASES += [(name, small(variant, changes)) for name, (variant, changes) in OTHER_DATA.items()]
# Trained in the suite; the others in `pytest -m long`, after them.
IN_SUITE = ("convolutional", "variational")
CASES.sort(key=lambda case: case[0] not in IN_SUITE)

# Runs each file as Python runs a script; this package cannot be imported there.
RUNNER = """
import contextlib, io, json, runpy, sys, warnings
import keras
warnings.simplefilter("error")
for file in sys.argv[1:]:
    keras.utils.clear_session()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        history = runpy.run_path(file, run_name="__main__")["history"]
    assert said.getvalue().splitlines()[-1] == str(history)
    assert not any(name.split(".")[0] == "ae_core" for name in sys.modules)
    print(json.dumps(history), flush=True)
"""


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    return {name: script_for(settings.to_dict())["python"] for name, settings in CASES}


@pytest.fixture(scope="module")
def histories(scripts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What each script found: all run in one process, as TensorFlow takes long to load, while ours train in another."""
    folder = tmp_path_factory.mktemp("scripts")
    files = [folder / f"{name}.py" for name in scripts]
    for file, text in zip(files, scripts.values(), strict=True):
        file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (
        (folder / "errors").open("w+") as errors,
        subprocess.Popen(
            [sys.executable, "-c", RUNNER, *files],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        answers: dict[str, Any] = {}

        def history(name: str) -> dict[str, list[float]]:
            while name not in answers:
                line = process.stdout.readline() if process.stdout is not None else ""
                if not line:
                    process.wait(10)
                    pytest.fail(f"{list(scripts)[len(answers)]}:\n{(folder / 'errors').read_text()[-3000:]}")
                answers[list(scripts)[len(answers)]] = json.loads(line)
            return answers[name]

        yield history
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"), rest_is_long(CASES, lambda case: case[0] in IN_SUITE), ids=[name for name, _ in CASES]
)
def test_it_trains_to_the_same_history(name, settings, histories):
    ours: Any = session.train(settings, emit=lambda message: None, test_images=20).history
    assert len(ours["loss"]) < settings.epochs or not settings.patience, "it ends early"
    theirs = histories(name)
    assert set(theirs) == {"loss", "val_loss"}
    for term, values in theirs.items():
        np.testing.assert_allclose(values, ours[term], rtol=TOLERANCE, err_msg=term)


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(("name", "settings"), CASES, ids=[name for name, _ in CASES])
def test_it_is_short_and_names_only_what_anybody_can_install(name, settings, scripts):
    lines = scripts[name].splitlines()
    assert len(lines) <= MORE_LINES.get(settings.variant, MOST_LINES)
    assert max(map(len, lines)) <= WIDEST_LINE
    tree = ast.parse(scripts[name])
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {one.split(".")[0] for one in names} <= INSTALLED | sys.stdlib_module_names


def choices() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every choice of every setting that is a word or a switch, each once, with a variant that has it."""
    seen = set()
    for variant, known in variants.registry().items():
        for field in dataclasses.fields(known.settings):
            values: tuple[Any, ...] = options(known.settings)[field.name].choices
            for value in (True, False) if isinstance(field.default, bool) else values:
                if (field.name, value) not in seen:
                    seen.add((field.name, value))
                    yield variant, {field.name: value}


@pytest.mark.long
@pytest.mark.slow
def test_every_choice_gives_a_script_that_python_can_read():
    """Not run: what must not happen is that a page's tab stays empty."""
    read = 0
    for variant, changes in choices():
        try:
            settings = small(variant, changes)
            text = script_for(settings.to_dict())["python"]
        except variants.SettingError:
            continue  # the choice asks for other settings too
        compile(text, f"{variant} {changes}", "exec")
        read += 1
    assert read > 30


def test_the_notebook_holds_the_same_code():
    settings = small("vanilla", {})
    texts = script_for(settings.to_dict())
    book = json.loads(texts["notebook"])
    assert book["nbformat"] == 4
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    code = {line for cell in cells for line in cell.splitlines() if line.strip()}
    tree = ast.parse("\n\n".join(cells))
    assert {type(node) for node in tree.body} >= {ast.Import, ast.Assign, ast.For}
    assert code <= set(texts["python"].splitlines())


@pytest.mark.slow
@hypothesis.settings(max_examples=50)
@hypothesis.given(PRINTABLE)
def test_the_name_of_a_file_does_nothing_in_a_script_or_a_notebook(name):
    info = dataclasses.replace(INFOS["digits"], title=name)
    script = f"{compose._heading(small('vanilla', {}), info, [])}\n\n\n# %% Data: {name}\ndata = {literal(name)}\n"
    docstring, assigned = ast.parse(script).body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(assigned, ast.Assign)
    assert ast.literal_eval(assigned.value) == name
    for cell in json.loads(notebook(script, "Plain autoencoder"))["cells"]:
        if cell["cell_type"] == "markdown":
            inline = [one for token in MarkdownIt().parse("".join(cell["source"])) for one in token.children or ()]
            assert {one.type for one in inline} <= {"text", "text_special", "softbreak"}
