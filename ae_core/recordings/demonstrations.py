"""The recordings that ship with the app, one for each variant: what they are trained on, and how they are made anew."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ae_core import variants, whole_files
from ae_core.messages import TrainingMessage
from ae_core.recordings import recording
from ae_core.settings import Settings

FRAMES = 12
USUAL: Mapping[str, Any] = {"dataset": "digits", "epochs": 60, "batch_size": 64, "learning_rate": 0.002}


def settings_of(variant: str) -> Settings:
    """The experiment that a variant's recording shows: the usual one, but for what its `demonstration` says.

    Where a variant says with what a form begins, it is that: Start then trains what was seen before.

    Args:
        variant: Its name.
    """
    if variants.get(variant).first_choice:
        return variants.first_settings(variant)
    return variants.read_settings({**USUAL, **variants.get(variant).demonstration, "variant": variant})


def record(variant: str, folder: Path, emit: Callable[[TrainingMessage], None]) -> Path:
    """Trains a variant and writes its recording, the same for the same seed.

    Args:
        variant: Its name.
        folder: Where the file goes.
        emit: Called with each message of the training.

    Returns:
        The file.
    """
    file = recording.file_of(variant, folder)
    record_to(file, settings_of(variant), FRAMES, emit)
    return file


def record_to(file: Path, settings: Settings, frames: int, emit: Callable[[TrainingMessage], None]) -> None:
    """Trains any experiment and writes its recording.

    Args:
        file: File to write, `.msgpack.gz`; its folder is made where there is none.
        settings: The experiment.
        frames: Snapshots to keep, at least 2.
        emit: Called with each message of the training.

    Raises:
        OSError: If the file cannot be written, which is known before the training.
    """
    from ae_core.portable.network import portable
    from ae_core.training import moments, session

    file.parent.mkdir(parents=True, exist_ok=True)
    messages: list[TrainingMessage] = []

    def keep(message: TrainingMessage) -> None:
        messages.append(message)
        emit(message)

    # Views know by the run's id that another recording is another thing.
    run_id = f"recording-{settings.variant}"
    with whole_files.replaced(file) as part:  # before the training, which would be lost
        training = session.TrainingSession(settings, emit=keep, run_id=run_id, frames=frames)
        training.train()
        network = portable(moments.taken(training.model), settings, run_id).content
        recording.save(part, messages, frames, network)
