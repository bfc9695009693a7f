"""A model as a variant builds it, with the arguments of each of this package's layers."""

import contextlib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from ae_core import variants
from ae_core.models import layers
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.seeding import building
from ae_core.script.reduced import is_own
from ae_core.settings import DataSpec, Settings


@dataclass(frozen=True)
class Blueprint:
    """An untrained model and how its layers were made.

    Args:
        model: What the variant's `build` gives.
        given: The constructor's arguments by name, defaults included, by the `id` of a layer of this package.
    """

    model: Autoencoder
    given: Mapping[int, Mapping[str, Any]]


def draw(settings: Settings, spec: DataSpec) -> Blueprint:
    """Builds a model and notes with which arguments this package's layers are made.

    Args:
        settings: The experiment.
        spec: Shape and range of the data after scaling.
    """
    for module in pkgutil.iter_modules(layers.__path__):
        importlib.import_module(f"{layers.__name__}.{module.name}")
    with building(settings.seed), _noted() as given:
        return Blueprint(variants.get(settings.variant).build(settings, spec), given)


@contextlib.contextmanager
def _noted() -> Iterator[dict[int, Mapping[str, Any]]]:
    """Notes the arguments of every layer of this package that is made meanwhile."""
    given: dict[int, Mapping[str, Any]] = {}
    made: list[Any] = []  # kept alive meanwhile, so that no two have the same `id`
    kinds = {kind: kind.__dict__["__init__"] for kind in _own_layers(keras.layers.Layer) if "__init__" in vars(kind)}
    for kind, original in kinds.items():
        kind.__init__ = _noting(original, given, made)
    try:
        yield given
    finally:
        for kind, original in kinds.items():
            kind.__init__ = original


def _noting(original: Any, given: dict[int, Mapping[str, Any]], made: list[Any]) -> Any:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        made.append(self)
        given.setdefault(id(self), dict(list(bound.arguments.items())[1:]))  # of a subclass: the outermost call
        original(self, *args, **kwargs)

    init.__signature__ = signature  # type: ignore[attr-defined]  # Keras looks at it
    return init


def _own_layers(kind: type) -> list[Any]:
    found = [kind] if is_own(kind) and not issubclass(kind, Autoencoder) else []
    heirs: list[type] = type.__subclasses__(kind)
    return found + [one for heir in heirs for one in _own_layers(heir)]
