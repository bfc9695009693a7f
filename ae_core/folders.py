"""Where things are kept on this machine: data sets, downloads, uploads and runs. Nothing is created here."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # of this copy of the project


def data_folder() -> Path | None:
    """The folder that `AE_DATA_DIR` names, or None."""
    folder = os.environ.get("AE_DATA_DIR")
    return Path(folder).expanduser() if folder else None


def cache_folder() -> Path:
    """Where this user's downloads and, without `AE_RUNS_DIR`, uploads are kept. Not created here."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autoencoder-lab"


def runs_folder() -> Path:
    """Where runs are kept: `AE_RUNS_DIR`, or the folder in this user's cache in which uploads are kept too."""
    return uploads_folder().parent


def uploads_folder() -> Path:
    """Where uploads are kept: `uploads` below `AE_RUNS_DIR`, or in this user's cache without it."""
    runs = os.environ.get("AE_RUNS_DIR")
    return (Path(runs).expanduser() if runs else cache_folder()) / "uploads"
