"""An experiment as one plain Keras script that needs nothing of this package and trains to the same history."""

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ae_core.formats import escape

Cell = dict[str, Any]


def script_for(values: Mapping[str, Any]) -> dict[str, str]:
    """The script of an experiment, as Python and as a notebook. Needs Keras, so it runs in a worker.

    Args:
        values: Plain settings from `Settings.to_dict`.

    Returns:
        `python`: the source; `notebook`: the same as a Jupyter notebook, in JSON.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If outliers are to be dropped from data that cannot be had.
    """
    from ae_core.script.compose import python_script
    from ae_core.variants import get, read_settings

    settings = read_settings(values)
    script = python_script(settings)
    return {"python": script, "notebook": notebook(script, f"{get(settings.variant).title} autoencoder")}


def notebook(script: str, title: str) -> str:
    """A script as a Jupyter notebook: a cell of text and a cell of code for each section, which begins with `# %%`.

    Args:
        script: From `python_script`.
        title: The first heading.

    Returns:
        JSON of the notebook format 4.5.
    """
    about = _paragraphs(ast.get_docstring(ast.parse(script)) or "")
    cells = [cell("markdown", f"# {escape.markdown(title)}\n\n{about}")]
    for heading, code in sections(script):
        cells += [cell("markdown", f"## {escape.markdown(heading)}"), cell("code", code)]
    return book(cells)


def sections(script: str) -> list[tuple[str, str]]:
    """Heading and code of each section of a script, but for what stands before the first.

    Args:
        script: From `python_script`.
    """
    parts = (section.partition("\n") for section in script.split("\n# %% ")[1:])
    return [(heading, code.strip("\n")) for heading, _end, code in parts]


def book(cells: Sequence[Cell]) -> str:
    """JSON of a notebook, format 4.5.

    Args:
        cells: From `cell`.
    """
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": numbered}
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _paragraphs(text: str) -> str:
    return "\n\n".join(escape.markdown(paragraph) for paragraph in text.split("\n\n"))


def cell(kind: Literal["markdown", "code"], text: str) -> Cell:
    """A cell of a notebook.

    Args:
        kind: What it holds.
        text: That.
    """
    more: Cell = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}
