"""One file per variant. The registry walks this folder: a new file is a new variant."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ae_core.errors import SettingError
from ae_core.settings import DataSpec, Settings

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
    """

    name: str
    title: str
    idea: str
    formula: str
    references: tuple[str, ...]
    settings: type[Settings]
    build: Callable[[Any, DataSpec], "Autoencoder"]


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
    if name not in registry():
        raise SettingError(f"variant must be one of {', '.join(registry())}. Received: {str(name)[:80]!r}.")
    return registry()[name]


def read_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from names and values (text allowed), among them `variant`.

    Raises:
        SettingError: If the variant, a name or a value is wrong.
    """
    others = {name: value for name, value in values.items() if name != "variant"}
    return get(values.get("variant", "vanilla")).settings.from_mapping(others)
