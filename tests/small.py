"""Small experiments with every variant, which several files share: a process compiles each of their networks once."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ae_core import variants
from ae_core.settings import Settings

SMALL: dict[str, Any] = {
    "dataset": "digits",
    "epochs": 6,
    "latent_dim": 8,
    "train_size": 600,
    "batch_size": 32,
    "learning_rate": 0.005,
}
LIGHT: Mapping[str, Mapping[str, Any]] = {"masked": {"depth": 1}}  # transformer blocks take long to build


def small(name: str, **changes: Any) -> Settings:
    """A variant's small experiment.

    Args:
        name: The variant.
        changes: Other values. Seed, epochs and rates that are variables leave the compiled network as it is.
    """
    return dataclasses.replace(variants.get(name).settings(), **{**SMALL, **LIGHT.get(name, {}), **changes})
