"""What a worker does before the first visitor comes."""

import dataclasses
import math

from ae_core import data, variants
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.training.control import Control
from ae_core.training.session import TrainingSession


def warm_up() -> None:
    """Loads what a first training needs: the default data, their PCA, and the default network, compiled."""
    settings = dataclasses.replace(variants.get("vanilla").settings(), dataset=data.default_name())
    control = Control()

    def stop_soon(message: TrainingMessage) -> None:
        if isinstance(message, Snapshot):  # of the untrained model: one chunk of steps is trained, and so compiled
            control.stop()

    # Without the frames of a run, whose first one asks for a chunk of a single step.
    TrainingSession(settings, emit=stop_soon, control=control, snapshot_seconds=math.inf).train()
