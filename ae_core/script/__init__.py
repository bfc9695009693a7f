"""An experiment as one plain Keras script that needs nothing of this package and trains to the same history."""

import ast
import json
from collections.abc import Mapping
from typing import Any

from ae_core.formats import escape


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
    _beginning, *sections = script.split("\n# %% ")
    cells = [
        _cell("markdown", f"# {escape.markdown(title)}\n\n{_paragraphs(ast.get_docstring(ast.parse(script)) or '')}")
    ]
    for section in sections:
        heading, _, code = section.partition("\n")
        cells += [_cell("markdown", f"## {escape.markdown(heading)}"), _cell("code", code.strip("\n"))]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _paragraphs(text: str) -> str:
    return "\n\n".join(escape.markdown(paragraph) for paragraph in text.split("\n\n"))


def _cell(kind: str, text: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}
