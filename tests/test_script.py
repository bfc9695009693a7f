"""The experiment as a plain Keras script: it trains to the same history, and needs nothing of this package."""

import ast
import contextlib
import io
import json
from typing import Any

import numpy as np
import pytest

from ae_core import training, variants
from ae_core.script import script_for

MOST_LINES = 140
SMALL: dict[str, Any] = {"dataset": "digits", "epochs": 2, "latent_dim": 8, "train_size": 400, "batch_size": 40}


@pytest.mark.parametrize(
    "given",
    [
        {"variant": "vanilla"},
        {"variant": "stacked", "widths": "32,16", "schedule": "cosine"},
        {"variant": "sparse", "sparsity": "kl"},
        {"variant": "denoising", "noise": "masking", "widths": "32"},
        {"variant": "contractive", "tied": True},
    ],
    ids=lambda given: given["variant"],
)
def test_it_trains_to_the_same_history(given):
    settings = variants.read_settings(SMALL | given)
    script = script_for(settings.to_dict())["python"]
    assert len(script.splitlines()) <= MOST_LINES
    names = {alias.name for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(ast.parse(script)) if isinstance(node, ast.ImportFrom) and node.module}
    assert not any("ae_core" in name for name in names)
    space: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(script, "script.py", "exec"), space)
    ours = training.train(settings, emit=lambda message: None)["history"]
    assert said.getvalue().splitlines()[-1] == str(space["history"])
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(space["history"][name], ours[name], rtol=2e-3, err_msg=name)


def test_the_notebook_holds_the_same_code():
    settings = variants.read_settings(SMALL)
    texts = script_for(settings.to_dict())
    book = json.loads(texts["notebook"])
    assert book["nbformat"] == 4
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    code = {line for cell in cells for line in cell.splitlines() if line.strip()}
    tree = ast.parse("\n\n".join(cells))
    assert {type(node) for node in tree.body} >= {ast.Import, ast.Assign, ast.For}
    assert code <= set(texts["python"].splitlines())
