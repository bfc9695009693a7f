"""Runs on disk: `store` is where to begin.

The README beside this file says what each module is for.
"""

from ae_core.runs.quota import Going
from ae_core.runs.record import StoredRun
from ae_core.runs.remains import Remains
from ae_core.runs.shelf import UnreadableError
from ae_core.runs.store import RunStore
from ae_core.runs.writer import RunWriter

__all__ = ["Going", "Remains", "RunStore", "RunWriter", "StoredRun", "UnreadableError"]
