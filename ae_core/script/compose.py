"""Puts the sections of a script together."""

import ast
import sys
from collections.abc import Iterable
from typing import Any

import keras

from ae_core import data, variants
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.layers.dense import Preactivation
from ae_core.script import sections, style
from ae_core.script.blueprint import draw
from ae_core.script.library import Library
from ae_core.script.loop import Loop
from ae_core.script.network import Networks
from ae_core.script.reduced import is_own
from ae_core.settings import Settings

PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}


def python_script(settings: Settings) -> str:
    """The experiment as one plain Keras script that trains to the same history.

    Args:
        settings: The experiment; its data set must be one that this machine knows.

    Returns:
        Source of about 60 to 150 lines, in sections that begin with `# %%`.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data are needed to count them, as for outliers, and cannot be had.
    """
    info = data.catalogue()[settings.dataset]
    spec = settings.scaled(info.spec)
    settings.check(spec)
    blueprint = draw(settings, spec)
    model = blueprint.model
    rows = sections.rows_of(settings, info, model)
    loop = Loop(model, settings, rows)

    own = [layer for layer in _layers(model) if is_own(type(layer))]
    given: dict[type, list] = {}
    for layer in own:
        given.setdefault(type(layer), []).append(blueprint.given[id(layer)])
    library = Library(given, loop.methods, settings.seed)
    for_data = Library({}, (), settings.seed)
    data_lines = sections.data_lines(settings, info, rows, for_data)
    shared = _referred_to(own, blueprint.given, library) | _in_several(model)
    networks = Networks(library, blueprint.given, shared, {})
    first = networks.lines(
        model.features, "encoder", "inputs", "code" if model.features is model.encoder else "features"
    )
    second = networks.lines(model.decoder, "decoder", "code", "outputs")
    second += sections.start_lines(model)
    class_lines = loop.class_lines(networks)
    loop_lines = loop.lines(networks)

    block_lines = [line for block in networks.blocks.values() for line in [*block, "", ""]]
    seed = ["keras.utils.set_random_seed(SEED)  # of the first weights"]
    parts = {
        f"Data: {info.title}": [*_apart(for_data.lines), *data_lines],
        "Layers that Keras does not have": library.lines,
        "Network": [*_apart(block_lines), *seed, *first, "", *second],
        "Model": class_lines,
        "Training": [*loop_lines, "print(history)"],
    }
    imports = _imports(library.imports | for_data.imports | ALWAYS, parts)
    packages = [PACKAGES.get(name, name) for name in _packages(imports)]
    title = variants.get(settings.variant).title
    text = "\n".join(
        [*sections.heading(settings, title, info, packages), "", "# %% Imports and settings", *imports, ""]
    )
    constants = [*loop.constants(), *(line for few in library.constants.values() for line in few)]
    text += "\n" + "\n".join(constants) + "\n"
    for name, lines in parts.items():
        if lines:
            text += _section(name, [line for long in lines for line in _broken(long)], text)
    return text


def _broken(line: str) -> list[str]:
    """A line that may be too long as several."""
    bare = line.lstrip(" ")
    return [line] if len(line) <= style.WIDTH or bare.startswith("#") else style.laid_out(bare, len(line) - len(bare))


def _apart(lines: list[str]) -> list[str]:
    """Definitions, with two empty lines before what follows."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return [*lines, "", ""] if lines else []


def _section(name: str, lines: list[str], before: str) -> str:
    """A section with its heading; two empty lines stand around definitions."""
    last = next((line for line in reversed(before.split("\n")) if line and not line.startswith((" ", ")", "]"))), "")
    apart = lines[0].startswith(DEFINING) or last.startswith(DEFINING)
    return ("\n\n" if apart else "\n") + f"# %% {name}\n" + "\n".join(lines) + "\n"


DEFINING = ("class ", "def ", "@")


def _layers(model: Autoencoder) -> list[Any]:
    """Every layer that takes part in a training, those inside others included, each once."""
    parts: list[Any] = []
    for one in [*(phase.model for phase in model.phases), model]:
        parts += [one.bottleneck, one.corruption, one.augmentation, *one.penalties.values(), one.features, one.decoder]
    found = [layer for part in parts if part is not None for layer in part._flatten_layers()]
    unique = {id(layer): layer for layer in found if not isinstance(layer, Preactivation)}
    return list(unique.values())


def _referred_to(own: Iterable[Any], given: Any, library: Library) -> set[int]:
    """Layers that another layer is made from."""
    found = set()
    for layer in own:
        left = library.reduced[type(layer)].parameters
        values = keras.tree.flatten([given[id(layer)][name] for name in left])
        found |= {id(value) for value in values if isinstance(value, keras.layers.Layer)}
    return found


def _in_several(model: Autoencoder) -> set[int]:
    """Layers that phases and the whole have in common."""
    if not model.phases:
        return set()
    return {id(layer) for part in (model.features, model.decoder) for layer in part.layers}


ALWAYS = {"import keras", "import numpy as np", "from keras import layers", "from keras import ops"}


def _imports(lines: set[str], parts: dict[str, list[str]]) -> list[str]:
    """The imports that are used, sorted; those from one module together."""
    text = "\n".join("\n".join(part) for part in parts.values())
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    whole: list[tuple[str, str]] = []
    single: dict[str, set[str]] = {}
    for node in [ast.parse(line).body[0] for line in lines]:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            raise TypeError(f"An import is needed. Received: {ast.unparse(node)}.")
        for alias in node.names:
            if (alias.asname or alias.name) not in used:
                continue
            if isinstance(node, ast.ImportFrom):
                single.setdefault(node.module or "", set()).add(ast.unparse(alias))
            else:
                whole.append((alias.name, f"import {ast.unparse(alias)}"))
    found = [
        *sorted(whole),
        *(
            (name, f"from {name} import {', '.join(sorted(single[name], key=str.lower))}")
            for name in sorted(single, key=str.lower)
        ),
    ]
    standard = [line for name, line in found if name.split(".")[0] in sys.stdlib_module_names]
    others = [line for name, line in found if name.split(".")[0] not in sys.stdlib_module_names]
    return [*standard, *([""] if standard else []), *others]


def _packages(imports: list[str]) -> list[str]:
    """What must be installed; Keras brings no backend and no NumPy by itself."""
    modules = {line.split()[1].split(".")[0] for line in imports if line}
    return ["keras", "tensorflow", *sorted(modules - set(sys.stdlib_module_names) - {"keras", "numpy"})]
