"""What a training says of itself, and what is kept of it: every message and stored record, declared once.

A worker sends them as msgpack, see `encode` and `decode`; `runs` keeps them on disk; figures, diagnosis and pages read
them. They are checked where they come in: a value of another type or outside its bounds is refused by name. What a
newer version has added to a message is left out. A message is never changed once it is sent; `msgspec.structs.replace`
makes a changed copy.

No field takes values of any kind: as every text and list has a longest length, a hostile file cannot fill the memory.
"""

from ae_core.messages.classifier import (
    ClassifierResult,
    ClassifierSnapshot,
    ClassifierSummary,
    ErrorCurve,
    NetworkErrors,
    Published,
)
from ae_core.messages.stored import RunAbout, RunStatus
from ae_core.messages.training import (
    BestState,
    HistoryState,
    Inputs,
    Mark,
    PhaseStart,
    Preprocessing,
    Progress,
    Result,
    Setup,
    Snapshot,
    TrainingMessage,
    TrainingState,
    encode_state,
)
from ae_core.messages.values import (
    CHOICES,
    LONGEST_ERROR,
    LONGEST_TITLE,
    MOST_CLASSIFIER_EPOCHS,
    MOST_PNG,
    NAME,
    ORIGINS,
    PATTERNS,
    Curves,
    Epochs,
    Losses,
    Network,
    Numbers,
    Origin,
    Outcome,
    Scalars,
    Settings,
    State,
)
from ae_core.messages.views import Atlas, Bars, Batch, Grid, Panel, PanelTitle, Pictures, Plane
from ae_core.messages.worker import ClassifierFinished, Finished, Kept, Started, WorkerMessage, decode, encode, plain

__all__ = [
    "CHOICES",
    "LONGEST_ERROR",
    "LONGEST_TITLE",
    "MOST_CLASSIFIER_EPOCHS",
    "MOST_PNG",
    "NAME",
    "ORIGINS",
    "PATTERNS",
    "Atlas",
    "Bars",
    "Batch",
    "BestState",
    "ClassifierFinished",
    "ClassifierResult",
    "ClassifierSnapshot",
    "ClassifierSummary",
    "Curves",
    "Epochs",
    "ErrorCurve",
    "Finished",
    "Grid",
    "HistoryState",
    "Inputs",
    "Kept",
    "Losses",
    "Mark",
    "Network",
    "NetworkErrors",
    "Numbers",
    "Origin",
    "Outcome",
    "Panel",
    "PanelTitle",
    "PhaseStart",
    "Pictures",
    "Plane",
    "Preprocessing",
    "Progress",
    "Published",
    "Result",
    "RunAbout",
    "RunStatus",
    "Scalars",
    "Settings",
    "Setup",
    "Snapshot",
    "Started",
    "State",
    "TrainingMessage",
    "TrainingState",
    "WorkerMessage",
    "decode",
    "encode",
    "encode_state",
    "plain",
]
