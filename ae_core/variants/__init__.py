"""One file per variant. The registry walks this folder: a new file is a new variant, see README.md."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ae_core.errors import SettingError
from ae_core.measuring.metric_table import COMMON, Metric
from ae_core.settings import DataSpec, Settings

FIRST_VARIANT, FIRST_DATASET = "stacked", "mnist_5k"

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True)
class Variant:
    """What the rest of the program knows of one kind of autoencoder.

    Args:
        name: Name of the file, of the setting `variant` and in the address bar.
        title: Name for a person.
        idea: Two to four plain sentences: what it does and why.
        formula: The training loss, in LaTeX.
        references: Papers and chapters, one line each.
        settings: Its settings class.
        build: Makes the untrained Keras model from settings and the shape of the data.
        metrics: What the numbers mean that its panels measure and not every variant has.
        demonstration: Settings of its recording that differ from those of most, see `recordings.demonstrations`: what
            shows its idea best, on data that need no network, in a minute at most.
        first_choice: Settings with which a form begins where they are others than the settings' own defaults; they are
            those of its recording, too.
    """

    name: str
    title: str
    idea: str
    formula: str
    references: tuple[str, ...]
    settings: type[Settings]
    build: Callable[[Any, DataSpec], "Autoencoder"]
    metrics: tuple[Metric, ...] = ()
    demonstration: Mapping[str, Any] = field(default_factory=dict)
    first_choice: Mapping[str, Any] = field(default_factory=dict)


@functools.cache
def registry() -> Mapping[str, Variant]:
    """Every variant by name, in alphabetical order."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return MappingProxyType({name: importlib.import_module(f"{__name__}.{name}").VARIANT for name in modules})


def get(name: str) -> Variant:
    """The variant of that name.

    Raises:
        SettingError: If there is none.
    """
    if not isinstance(name, str) or name not in registry():  # a file may say anything
        raise SettingError(f"variant must be one of {', '.join(registry())}. Received: {str(name)[:80]!r}.")
    return registry()[name]


@functools.cache
def metrics() -> Mapping[str, Metric]:
    """Every number that is shown or printed, by name: those that all variants have, then each variant's own.

    Raises:
        ValueError: If two of them have one name.
    """
    found = dict(COMMON)
    for variant in registry().values():
        for metric in variant.metrics:
            if found.setdefault(metric.name, metric) != metric:
                raise ValueError(f"The metric {metric.name} must mean one thing. Received: another in {variant.name}.")
    return MappingProxyType(found)


def check_numbers(variant: str, names: Iterable[str]) -> None:
    """Refuses numbers that a variant measures without saying what they mean.

    Args:
        variant: Its name.
        names: Names of the numbers.

    Raises:
        ValueError: If one is neither common to all variants nor in its `metrics`.
    """
    known = {*COMMON, *(metric.name for metric in get(variant).metrics)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"The variant {variant} must declare in its metrics what it measures. Received: {unknown[0]}.")


def read_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from names and values (text allowed), among them `variant`.

    Raises:
        SettingError: If the variant, a name or a value is wrong.
    """
    others = {name: value for name, value in values.items() if name != "variant"}
    return get(values.get("variant", "vanilla")).settings.from_mapping(others)


@functools.cache
def first_settings(variant: str = FIRST_VARIANT) -> Settings:
    """The experiment with which a form begins: without a variant's name, that of a first visit.

    Args:
        variant: Name of the variant.

    Raises:
        SettingError: If there is no such variant.
    """
    return read_settings({"dataset": FIRST_DATASET, **get(variant).first_choice, "variant": variant})
