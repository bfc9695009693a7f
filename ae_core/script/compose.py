"""Puts the sections of a script together."""

import re
import sys
import textwrap

import keras

from ae_core import data, variants
from ae_core.data.dataset import DataInfo
from ae_core.formats import escape
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.seeding import building
from ae_core.script.constructors import WIDTH, Constructors
from ae_core.script.examples import examples, rows_of
from ae_core.script.library import Library, import_lines, is_own, module_of
from ae_core.script.networks import Networks
from ae_core.script.training import KNOWN, RELATIVE, constants, model_class, stages_of, start, training
from ae_core.settings import Settings, options

TOLERANCE = "0.1 %"
PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}  # by the name of their module, where it is another


def python_script(settings: Settings) -> str:
    """The experiment as one plain Keras script that trains to the same history.

    Args:
        settings: The experiment; its data set must be one that this machine knows.

    Returns:
        Source of about 70 to 250 lines, in sections that begin with `# %%`.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data set is not here any more, or is needed to be counted, as for outliers, and cannot be had.
    """
    info = data.info(settings.dataset)
    spec = info.seen(settings)
    settings.check(spec)
    with building(settings.seed):
        model = variants.get(settings.variant).build(settings, spec)
    rows = rows_of(settings, info, model)
    for_data, for_layers = Library(), Library()
    constructors = Constructors(for_layers, settings.seed)
    networks = Networks(constructors, _needed_again(model))
    made = examples(settings, info, rows, for_data)
    last = "code" if model.features is model.encoder else "features"
    network = [
        networks.written(model.features, "encoder", "inputs", last),
        networks.written(model.decoder, "decoder", "code", "outputs"),
        start(model, rows.gaps),
    ]
    stages = stages_of(model, settings, rows)
    after = {
        "Loss of known values": KNOWN if rows.gaps else "",
        "Loss of hidden layers": RELATIVE if any(stage.model.loss_name == "relative" for stage in stages) else "",
        "Model": model_class(model, constructors),
    }
    for stage in stages:
        name = f"Training: {stage.name}" if stage.name else "Training"
        after[name] = training(stage, settings, rows, constructors)
    sections = {
        f"Data: {info.title}": _apart(for_data.text, made),
        "Layers that Keras does not have": for_layers.text,  # complete now that all else is written
        "Network": _apart(networks.blocks, "\n\n".join(filter(None, network))),
        **after,
    }
    text = "".join(f"\n\n\n# %% {name}\n{part}" for name, part in sections.items() if part)
    lines = import_lines(for_data.imports | for_layers.imports | _keras_imports(text))
    packages = {module_of(line) for line in lines if line} - set(sys.stdlib_module_names) - {"keras", "numpy"}
    begin = [
        _heading(settings, info, [PACKAGES.get(name, name) for name in sorted(packages)]),
        "\n# %% Imports and settings",
        *lines,
        "",
        constants(stages[-1], settings, rows),
        "keras.utils.set_random_seed(SEED)  # of the first weights",
    ]
    return "\n".join(begin) + f"{text}\nprint(history)\n"


def _needed_again(model: Autoencoder) -> set[int]:
    """Layers by `id` that another layer is made from, or that are trained alone before the whole."""
    inside = [*model.features.layers, *model.decoder.layers]
    own = [layer for layer in [*inside, model.bottleneck, *model.penalties.values()] if is_own(layer)]
    configurations = [layer.get_config() for layer in own]
    found = [value for config in configurations for value in config.values() if isinstance(value, keras.layers.Layer)]
    if model.phases:
        found += [layer for layer in inside if layer.weights]
    return {id(layer) for layer in found}


def _apart(definitions: str, text: str) -> str:
    """Text behind definitions, two empty lines between them."""
    return f"{definitions}\n\n\n{text}" if definitions else text


def _keras_imports(text: str) -> set[tuple[str, str]]:
    """What every script imports, and those of Keras's own modules that this one names."""
    used = [name for name in ("layers", "ops") if re.search(rf"(?<![\w.]){name}\.", text)]
    return {("keras", ""), ("numpy as np", ""), *(("keras", name) for name in used)}


def _heading(settings: Settings, info: DataInfo, packages: list[str]) -> str:
    """The first lines: what is trained, with which settings, and how to run it."""
    usual, title = type(settings)().to_dict(), variants.get(settings.variant).title
    said = {"epochs", "seed", "dataset"}
    changed = {
        name: value
        for name, value in settings.to_dict().items()
        if name in options(settings) and name not in said and value != usual[name]
    }
    words = ", ".join(f"{name} {escape.docstring(_worded(value))}" for name, value in changed.items())
    paragraphs = [
        f"Settings that differ from the usual ones: {words}." if words else "",
        f"To run it: pip install keras tensorflow {' '.join(packages)}".strip(),
        f"The same seed gives the same losses as Autoencoder Lab, within {TOLERANCE}, on the same kind of machine.",
    ]
    text = "\n".join(textwrap.fill(one, WIDTH) for one in paragraphs if one)
    on = escape.docstring(info.title)
    return f'"""{title} autoencoder on {on}: {settings.epochs} epochs, seed {settings.seed}.\n\n{text}\n"""'


def _worded(value: object) -> str:
    return "-".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
