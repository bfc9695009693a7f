"""The page itself: one file of HTML that holds everything it needs."""

import base64
import functools
import gzip
import html
import importlib.resources
import json
from collections.abc import Iterator, Mapping, Sequence
from string import Template

from ae_core import variants
from ae_core.errors import DataError
from ae_core.figures.shared import Json, Translate, words
from ae_core.figures.views import phone_heights
from ae_core.folders import ROOT
from ae_core.messages import Setup, Snapshot
from ae_core.web_page.bundle import MODULES, bundle
from ae_core.web_page.exploration import exploration, unexplorable
from ae_core.web_page.stage import frame, stage

MOST_BYTES = 16_000_000  # of the whole file
MOST_FRAMES = 150
LEAST_FILM = 1_500_000  # bytes that a network leaves the film
SPARE = 20_000  # bytes for what is counted last
SHEETS = ("style.css", "stage.css", "explore.css", "page.css", "web_page.css")

# Data stand in letters of base 64, so nothing of a run can be taken for HTML or for a script.
_PAGE = Template("""\
<!doctype html>
<html lang="$language" translate="no"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style></head>
<body class="ae-taken">
<header><h1>$title</h1><p>$about</p></header>
<main><div class="ae-stage ae-empty"></div><h2>$explore</h2><p class="ae-taken-why">$why</p>
<div class="ae-explore"></div>
<details><summary>$settings</summary><dl>$values</dl></details></main>
<noscript>$needs_scripts</noscript>
$parts
<script>$script</script>
</body></html>
""")


def web_page(
    setup: Setup,
    snapshots: Sequence[Snapshot],
    network: bytes = b"",
    why: str = "",
    language: str = "en",
    translate: Translate = str,
) -> bytes:
    """A run as one page that opens from a disk and asks no server for anything.

    Args:
        setup: The run's setup message.
        snapshots: Its snapshots, oldest first, each with the history as it was then. Of many, as many are taken as fit,
            at equal distances, the first and the last among them.
        network: Its trained network as `portable.block` packs it; empty where a browser cannot compute it.
        why: One English sentence: why there is no network.
        language: The reader's.
        translate: Turns an English text into that language.

    Returns:
        HTML of at most `MOST_BYTES`.

    Raises:
        DataError: If there is no snapshot, or one frame alone does not fit.
    """
    if not snapshots:
        raise DataError("This run has nothing to show yet.")
    last = snapshots[-1]
    parts = {"plotly": packed(_plotly()), "atlas": packed(setup.atlas.png)}
    why = unexplorable(setup) or why
    taken = _size(parts)
    if network and not why:
        parts["network"] = packed(network)
        if taken + len(parts["network"]) > MOST_BYTES - LEAST_FILM:
            del parts["network"]
            why = "Its network is too large for a page to hold."
    if "network" in parts:
        parts["exploration"] = packed(_json(exploration(setup, last.step, "", language, translate)))
    around = functools.partial(_around, setup, translate("" if "network" in parts else why), language, translate)
    room = MOST_BYTES - _size(parts) - len(around({})) - SPARE
    frames = _fitting(setup, snapshots, room, translate)
    parts |= {f"frame-{step}": content for step, content in frames.items()}
    parts["stage"] = packed(_json(stage(setup, [*frames], last, language, translate)))
    made = around(parts)
    if len(made) > MOST_BYTES:
        raise DataError(f"The page must have at most {MOST_BYTES:,} bytes. Received: {len(made):,}.")
    return made


def packed(content: bytes) -> bytes:
    """Bytes in gzip, in letters: what a page can hold."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0))


def _json(told: Json) -> bytes:
    return json.dumps(told, allow_nan=False, separators=(",", ":")).encode()


@functools.cache
def _plotly() -> bytes:
    return (importlib.resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()


def _size(parts: Mapping[str, bytes]) -> int:
    return sum(len(_element(name, content)) for name, content in parts.items())


def _element(name: str, content: bytes) -> bytes:
    return b'<script type="text/plain" data-part="%s">%s</script>\n' % (name.encode(), content)


def _around(setup: Setup, why: str, language: str, translate: Translate, parts: Mapping[str, bytes]) -> bytes:
    """The page with these parts in it."""
    settings = setup.settings
    kind = variants.registry().get(str(settings.get("variant", "")))
    title = translate(kind.title) if kind is not None else str(settings.get("variant", ""))
    about = translate("Trained on {data}, code size {count}. Made with Autoencoder Lab.").format(
        data=settings.get("dataset", "?"), count=f"{setup.code_size:,}"
    )
    values = "".join(
        f"<div><dt>{html.escape(words(name, translate))}</dt><dd>{html.escape(str(value))}</dd></div>"
        for name, value in settings.items()
    )
    page = _PAGE.substitute(
        language=html.escape(language),
        title=html.escape(title),
        style=_style(),
        about=html.escape(about),
        explore=html.escape(translate("Explore")),
        why=html.escape(why),
        settings=html.escape(translate("Settings")),
        values=values,
        needs_scripts=html.escape(translate("This page needs JavaScript.")),
        parts=_MARK,
        script=_script(),
    )
    before, after = page.encode().split(_MARK.encode())
    return b"".join([before, *(_element(name, content) for name, content in parts.items()), after])


_MARK = "<!-- parts -->"


@functools.cache
def _style() -> str:
    sheets = [(ROOT / "assets" / name).read_text(encoding="utf-8") for name in SHEETS]
    return "\n".join([*sheets, phone_heights()])


@functools.cache
def _script() -> str:
    return bundle(MODULES / "page" / "page.js")


def _fitting(setup: Setup, snapshots: Sequence[Snapshot], room: int, translate: Translate) -> dict[int, bytes]:
    """As many frames as there is room for, packed, by step."""
    chosen = [snapshots[place] for place in spread(len(snapshots), MOST_FRAMES)]
    frames = {one.step: packed(frame(setup, one, one is chosen[-1], translate)) for one in chosen}
    for fewer in _fewer(len(chosen)):
        steps = [[*frames][place] for place in spread(len(frames), fewer)]
        if _size({f"frame-{step}": frames[step] for step in steps}) <= room:
            return {step: frames[step] for step in steps}
    raise DataError("One frame of this run alone is too large for a page to hold.")


def _fewer(count: int) -> Iterator[int]:
    """Ever smaller numbers of frames, from all to the last one alone."""
    while count > 1:
        yield count
        count = min(count - 1, round(0.9 * count))
    yield 1


def spread(count: int, most: int) -> list[int]:
    """Places at equal distances, the first and the last among them; of one place, the last.

    Args:
        count: How many there are.
        most: How many are wanted at most.
    """
    if count <= most:
        return list(range(count))
    if most == 1:
        return [count - 1]
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]
