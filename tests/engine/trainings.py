"""Trainings of the smallest data set, and whose they are."""

from typing import Any

from ae_core.engine import TrainingJob
from ae_core.settings import Settings
from ae_core.variants import read_settings

ME, STRANGER = "me", "stranger"


def digits(**values: Any) -> Settings:
    """Settings of a training that would last for minutes, if nobody stopped it."""
    return read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 500, "batch_size": 2} | values)


def step_of(run: TrainingJob) -> int:
    return run.snapshot.step if run.snapshot else -1
