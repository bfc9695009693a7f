"""Files that a browser fetches by address: plotly.min.js, the live view's script, the pictures of the scatter.

Streamlit serves the folder `static` beside app.py at `app/static/`. It is made at start and ignored by git.
"""

import hashlib
import importlib.resources
import logging
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "static"
ADDRESS = "app/static/"
# Newest first, so many of each: runs still watched keep theirs, a long lecture does not fill the disk.
MOST_ATLASES = 64
MOST_SCRIPTS = 4

_log = logging.getLogger(__name__)


def prepare() -> str:
    """Puts plotly.min.js and the live view's script in place.

    Returns:
        Address of the script, relative to the app; its name holds a hash of its content, so that no browser keeps an
        old one.

    Raises:
        OSError: If the folder cannot be written.
    """
    source = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    with importlib.resources.as_file(source) as original:
        target = FOLDER / "plotly.min.js"
        known = original.stat()
        # Time and size kept as they were: a browser that has the file need not fetch 4.8 MB again.
        if not target.exists() or (target.stat().st_mtime_ns, target.stat().st_size) != (
            known.st_mtime_ns,
            known.st_size,
        ):
            _place(target, original.read_bytes())
            shutil.copystat(original, target)
    script = (ROOT / "assets" / "live.js").read_bytes()
    return _publish("live", ".js", script, MOST_SCRIPTS)


def atlas(png: bytes) -> str:
    """Puts the picture of a scatter's tiles in place, under a name made of its content.

    Args:
        png: The picture.

    Returns:
        Its address, relative to the app; empty where the disk refuses it, and points then have no picture.
    """
    try:
        return _publish("atlas", ".png", png, MOST_ATLASES)
    except OSError:
        _log.exception("The pictures of the code map could not be written to %s.", FOLDER)
        return ""


def _publish(kind: str, ending: str, payload: bytes, most: int) -> str:
    target = FOLDER / f"{kind}-{hashlib.sha256(payload).hexdigest()[:32]}{ending}"
    if target.exists():
        os.utime(target)
    else:
        _place(target, payload)
        _keep_newest(f"{kind}-*{ending}", most)
    return ADDRESS + target.name


def _place(target: Path, payload: bytes) -> None:
    """Writes a whole file or none: a browser never meets half of one, nor two processes each other's."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _keep_newest(pattern: str, most: int) -> None:
    def age(path: Path) -> float:
        try:
            return -path.stat().st_mtime
        except FileNotFoundError:  # another process removed it first
            return 0.0

    for old in sorted(FOLDER.glob(pattern), key=age)[most:]:
        old.unlink(missing_ok=True)
