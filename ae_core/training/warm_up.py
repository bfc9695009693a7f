"""What a worker does before the first visitor comes."""

import math

from ae_core import variants
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.training.control import Control
from ae_core.training.session import TrainingSession


def warm_up() -> None:
    """Loads what a first visitor's training needs: its data, their PCA, and its network, compiled."""
    settings = variants.first_settings()
    control = Control()

    def stop_soon(message: TrainingMessage) -> None:
        if isinstance(message, Snapshot):  # of the untrained model: one chunk of steps is trained, and so compiled
            control.stop()

    # Without the frames of a run, whose first one asks for a chunk of a single step.
    TrainingSession(settings, emit=stop_soon, control=control, snapshot_seconds=math.inf).train()
