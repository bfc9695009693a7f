"""What a worker does before the first visitor comes."""

import dataclasses

from ae_core import data, variants
from ae_core.training.control import Control
from ae_core.training.session import TrainingSession


def warm_up() -> None:
    """Loads what a first training needs: the default data, their PCA, and the default network, compiled."""
    settings = dataclasses.replace(variants.get("vanilla").settings(), dataset=data.default_name())
    control = Control()
    control.stop()  # after the first chunk of steps: by then all is compiled
    TrainingSession(settings, control=control).train()
