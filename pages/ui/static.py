"""Files that a browser fetches by address: plotly.js, the live view's script, the pictures of the scatter.

Streamlit serves the folder `static` beside app.py at `app/static/`. It is made at start and ignored by git. It says
nothing of how long a browser may keep a file, and answers the question whether one has changed with the whole file:
4.8 MB at every reload of the page, for each laptop of a hall. Browsers then go by the time of the last change and keep
a file for a tenth of its age. So each file bears a hash of its content in its name, and a time of long ago.
"""

import hashlib
import importlib.resources
import logging
import os
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "static"
ADDRESS = "app/static/"
# Newest first, so many of each: runs still watched keep theirs, a long lecture does not fill the disk.
MOST_ATLASES = 64
MOST_SCRIPTS = 4
LONG_AGO = 1_000_000_000  # in 2001

_log = logging.getLogger(__name__)


def prepare() -> tuple[str, str]:
    """Puts plotly.js and the live view's script in place.

    Returns:
        Addresses of the script and of plotly.js, relative to the app.

    Raises:
        OSError: If the folder cannot be written.
    """
    script = _publish("live", ".js", (ROOT / "assets" / "live.js").read_bytes(), MOST_SCRIPTS)
    return script, _publish("plotly", ".js", plotly_script(), MOST_SCRIPTS)


def plotly_script() -> bytes:
    """plotly.js, as the installed package carries it."""
    return (importlib.resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()


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
    known = target.exists() and target.stat().st_size == len(payload)
    if not known:
        _place(target, payload)
    os.utime(target, (time.time(), LONG_AGO))  # read last now; changed last long ago
    if not known:
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
            return -path.stat().st_atime
        except FileNotFoundError:  # another process removed it first
            return 0.0

    for old in sorted(FOLDER.glob(pattern), key=age)[most:]:
        old.unlink(missing_ok=True)
