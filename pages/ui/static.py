"""Files that a browser fetches by address: plotly.js, our own modules, the pictures of the scatter.

Streamlit serves the folder `static` beside app.py at `app/static/`. It is made at start and ignored by git. It says
nothing of how long a browser may keep a file, and answers the question whether one has changed with the whole file:
4.8 MB at every reload of the page, for each laptop of a hall. Browsers then go by the time of the last change and keep
a file for a tenth of its age. So each file bears a hash of its content in its name, and a time of long ago.

Modules import each other by relative address, so they keep their names and stand in a folder whose name is a hash of
them all: a module of one version never meets one of another.
"""

import contextlib
import hashlib
import importlib.resources
import json
import logging
import os
import shutil
import time
from pathlib import Path

from ae_core import whole_files

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "static"
ADDRESS = "app/static/"
# Newest first, so many of each: runs still watched keep theirs, a long lecture does not fill the disk.
MOST_ATLASES = 64
MOST_VERSIONS = 4
MOST_GLOSSARIES = 8
LONG_AGO = 1_000_000_000  # in 2001

_JAVASCRIPT = ROOT / "assets" / "javascript"
# The app's address is wherever the page's own scripts came from: right behind a proxy and on every page of the app.
_LOADER = """\
const base = document.querySelector('script[src*="static/js/"]').src.split("static/js/")[0];
export default async (component) => {
  const [entry] = await Promise.all(%s.map((name) => import(`${base}%s/${name}`)));
  return entry.default(component, base%s);
};
"""

_log = logging.getLogger(__name__)


def make_folder() -> None:
    """Makes the folder, or Streamlit says at its start that it is missing. Where it cannot be made, pages say so."""
    with contextlib.suppress(OSError):
        FOLDER.mkdir(exist_ok=True)


def script(name: str) -> str:
    """A module that imports no other, as the inline script of a component.

    Args:
        name: Its file in `assets/javascript`.
    """
    return (_JAVASCRIPT / name).read_text(encoding="utf-8")


def loader(entry: str, *arguments: str) -> str:
    """An inline script that hands its component to the default export of a module, after the address of the app.

    Inline script is part of every message, so it only fetches the modules: all of the folder at once, rather than each
    when another has been found to import it.

    Args:
        entry: File of the module, such as `live/mount.js`.
        arguments: What the function gets beyond that.

    Raises:
        OSError: If the folder of static files cannot be written.
    """
    first = Path(entry)
    others = sorted(path.name for path in (_JAVASCRIPT / first.parent).glob("*.js") if path.name != first.name)
    folder = f"{modules()}/{first.parent}"
    told = "".join(f", {json.dumps(argument)}" for argument in arguments)
    return _LOADER % (json.dumps([first.name, *others]), folder, told)


def modules() -> str:
    """Puts the modules of `assets/javascript` in place.

    Returns:
        Address of their folder, relative to the app.

    Raises:
        OSError: If the folder of static files cannot be written.
    """
    files = {path.relative_to(_JAVASCRIPT): path.read_bytes() for path in sorted(_JAVASCRIPT.glob("*/*.js"))}
    told = json.dumps([(name.as_posix(), _digest(payload)) for name, payload in files.items()])
    folder = FOLDER / f"javascript-{_digest(told.encode())}"
    for name, payload in files.items():
        _place(folder / name, payload)
    os.utime(folder, (time.time(), LONG_AGO))
    _keep_newest("javascript-*", MOST_VERSIONS)
    return ADDRESS + folder.name


def plotly() -> str:
    """Puts plotly.js in place.

    Returns:
        Its address, relative to the app.

    Raises:
        OSError: If the folder of static files cannot be written.
    """
    return _publish("plotly", ".js", plotly_script(), MOST_VERSIONS)


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


def remove_atlas(png: bytes) -> None:
    """Takes such a picture away; whoever shows it again puts it back.

    Args:
        png: The picture.
    """
    with contextlib.suppress(OSError):
        (FOLDER / _named("atlas", ".png", png)).unlink(missing_ok=True)


def glossary(words: bytes) -> str:
    """Puts the words of the field in place, JSON, under a name made of its content.

    Args:
        words: See `pages.ui.words.explaining`.

    Returns:
        Its address, relative to the app.

    Raises:
        OSError: If the folder of static files cannot be written.
    """
    return _publish("glossary", ".json", words, MOST_GLOSSARIES)


def _publish(kind: str, ending: str, payload: bytes, most: int) -> str:
    target = FOLDER / _named(kind, ending, payload)
    if _place(target, payload):
        _keep_newest(f"{kind}-*{ending}", most)
    return ADDRESS + target.name


def _named(kind: str, ending: str, payload: bytes) -> str:
    return f"{kind}-{_digest(payload)}{ending}"


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()[:32]


def _place(target: Path, payload: bytes) -> bool:
    """Sees to it that a file is there, and tells whether it was not."""
    known = target.exists() and target.stat().st_size == len(payload)
    if not known:
        _write(target, payload)
    os.utime(target, (time.time(), LONG_AGO))  # read last now; changed last long ago
    return not known


def _write(target: Path, payload: bytes) -> None:
    """Writes a whole file or none: a browser never meets half of one, nor two processes each other's."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_files.part_of(target, forced=False) as part:
        part.write_bytes(payload)
        part.chmod(0o644)


def _keep_newest(pattern: str, most: int) -> None:
    def age(path: Path) -> float:
        try:
            return -path.stat().st_atime
        except FileNotFoundError:  # another process removed it first
            return 0.0

    for old in sorted(FOLDER.glob(pattern), key=age)[most:]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)  # another process may be removing it too
        else:
            old.unlink(missing_ok=True)
