"""Trainings in worker processes. What is named here is the only door to them; the files behind are the engine's own."""

from ae_core.engine.commands import pace_of
from ae_core.engine.engine import Engine
from ae_core.engine.film import Film
from ae_core.engine.hosting import SHORT, Overview
from ae_core.engine.jobs import MOST_EPOCHS, MOST_LABELS, ClassifierJob, Job, TrainingJob
from ae_core.engine.requests import Requests
from ae_core.engine.supervisor import HALTED
from ae_core.engine.worker import load_keras
from ae_core.errors import EngineError
from ae_core.portable.description import Portable
from ae_core.training.control import PACES, Pace

__all__ = [
    "HALTED",
    "MOST_EPOCHS",
    "MOST_LABELS",
    "PACES",
    "SHORT",
    "ClassifierJob",
    "Engine",
    "EngineError",
    "Film",
    "Job",
    "Overview",
    "Pace",
    "Portable",
    "Requests",
    "TrainingJob",
    "load_keras",
    "pace_of",
]
