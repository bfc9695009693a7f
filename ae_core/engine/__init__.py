"""Trainings in worker processes. What is named here is the only door to them; the files behind are the engine's own."""

from ae_core.engine.commands import pace_of
from ae_core.engine.engine import Engine
from ae_core.engine.film import Film
from ae_core.engine.jobs import MOST_EPOCHS, MOST_LABELS, ClassifierJob, Job, TrainingJob
from ae_core.engine.worker import load_keras
from ae_core.errors import EngineError
from ae_core.portable.description import Portable
from ae_core.training.control import PACES, Pace

__all__ = [
    "MOST_EPOCHS",
    "MOST_LABELS",
    "PACES",
    "ClassifierJob",
    "Engine",
    "EngineError",
    "Film",
    "Job",
    "Pace",
    "Portable",
    "TrainingJob",
    "load_keras",
    "pace_of",
]
