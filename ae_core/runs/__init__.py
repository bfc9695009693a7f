"""Runs on disk: `store` is where to begin.

`shelf` has the folders, `room` says how much is kept, `record` reads a run, `writer` is the training's side; `files`
names, locks and writes whole, `checks` and `arrays` know what a file may hold; `classifiers` are what a code
was good for, and `zipped` is a run as one file.
"""

from ae_core.runs.quota import Going
from ae_core.runs.record import StoredRun
from ae_core.runs.store import RunStore
from ae_core.runs.writer import RunWriter

__all__ = ["Going", "RunStore", "RunWriter", "StoredRun"]
