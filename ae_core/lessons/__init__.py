"""Lessons: claims of the field that are predicted, measured on a network trained meanwhile, and explained."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from ae_core.errors import SettingError
from ae_core.lessons import course
from ae_core.lessons.lesson import Lesson


@functools.cache
def registry() -> Mapping[str, Lesson]:
    """Every lesson by the name of its file, in the order in which they are taught."""
    names = [module.name for module in pkgutil.iter_modules(course.__path__)]
    found = {name: importlib.import_module(f"{course.__name__}.{name}").LESSON for name in names}
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].number)))


def get(name: str) -> Lesson:
    """The lesson of that name.

    Raises:
        SettingError: If there is none.
    """
    if name not in registry():
        raise SettingError(f"lesson must be one of {', '.join(registry())}. Received: {str(name)[:80]!r}.")
    return registry()[name]
