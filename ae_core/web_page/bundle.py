"""Our browser modules as one classic script: a page that is opened from a disk may load no module.

Each module becomes a function that is called once, after those that it imports; what it exports is what the function
gives. That is all there is to it because our modules keep to one form: imports at their head, one a line, and
`export` before what is declared.
"""

import re
from pathlib import Path

from ae_core.errors import DataError
from ae_core.folders import ROOT

MODULES = ROOT / "assets" / "javascript"

_IMPORT = re.compile(r'^import \{ (?P<names>[^}]+) \} from "(?P<path>[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?P<default>default )?(?P<kind>(?:async )?(?:function|class|const)) (?P<name>\w+)", re.MULTILINE
)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(entry: Path) -> str:
    """A script that calls the default export of a module.

    Args:
        entry: The module.

    Raises:
        DataError: If a module imports or exports in another form, or modules import one another in a circle.
    """
    written: dict[Path, str] = {}
    _write(entry.resolve(), written, ())
    return "\n".join(['"use strict";', "(() => {", *written.values(), f"{_name(entry.resolve())}.standard();", "})();"])


def _write(path: Path, written: dict[Path, str], above: tuple[Path, ...]) -> None:
    if path in written:
        return
    if path in above:
        raise DataError(f"Modules must not import one another in a circle. Received: {path.name}.")
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _write((path.parent / found["path"]).resolve(), written, (*above, path))
    exports = [f"{'standard: ' if found['default'] else ''}{found['name']}" for found in _EXPORT.finditer(text)]
    body = _EXPORT.sub(r"\g<kind> \g<name>", _IMPORT.sub(lambda found: _taken(path, found), text))
    left = _LEFT.search(body)
    if left:
        raise DataError(f"A module must import and export in the plain form. Received: {path.name}, {left[0]!r}.")
    written[path] = f"const {_name(path)} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"


def _taken(path: Path, found: re.Match[str]) -> str:
    names = found["names"].replace(" as ", ": ")
    return f"const {{ {names} }} = {_name((path.parent / found['path']).resolve())};"


def _name(path: Path) -> str:
    """A name for what a module exports, such as `$live_stage`."""
    return "$" + re.sub(r"\W", "_", path.relative_to(MODULES.resolve()).with_suffix("").as_posix())
