"""What a run looks like, serialised: built once for each snapshot, for all who watch it."""

import functools
from collections.abc import Callable, Hashable
from typing import Any

from ae_core.diagnosis import diagnose
from ae_core.figures.views import VIEWS, Given, View
from ae_core.messages import Setup, Snapshot
from pages.ui import static
from pages.ui.live import component, tiles
from pages.ui.live.findings import findings_html
from pages.ui.words.language import _, language

Cached = Callable[[Hashable, Callable[[], Any]], Any]


def payloads(run: str, setup: Setup, snapshot: Snapshot, chosen: Given, cached: Cached) -> dict[str, bytes]:
    """The views that have something to show, by element key.

    Args:
        run: Id of the run; empty for a recording.
        setup: The run's setup message.
        snapshot: A snapshot message of it.
        chosen: What the viewer has chosen: `logarithmic` and `panel`.
        cached: The memory that all viewers of this snapshot share.
    """
    made = {}
    for view in VIEWS:
        if view.ready(chosen):
            depends = tuple(chosen[need] for need in view.needs if need in chosen)
            of = "/".join((run, *map(str, depends))) if run else ""
            build = functools.partial(_payload, view, setup, snapshot, chosen, of)
            made[view.key] = cached((view.key, depends, language()), build)
    return made


def _payload(view: View, setup: Setup, snapshot: Snapshot, chosen: Given, of: str) -> bytes:
    given = dict(chosen)
    if "atlas_url" in view.needs:
        given["atlas_url"] = static.atlas(setup.atlas.png)
    return component.payload(view.draw(setup, snapshot, given, _), snapshot.step, of)


def texts(setup: Setup | None, snapshot: Snapshot | None, cached: Cached) -> dict[str, str]:
    """Numbers and sentences as HTML, by the selector of their element; a part that a variant does not have is empty.

    Args:
        setup: The run's setup message, None before it.
        snapshot: A snapshot message of it, None before it.
        cached: The memory that all viewers of this snapshot share.
    """
    builders: dict[str, Callable[[], str]] = {
        ".ae-tiles:not(.ae-more)": lambda: tiles.tiles(setup, snapshot),
        ".ae-tiles.ae-more": lambda: tiles.more(snapshot),
        ".ae-findings": lambda: findings_html(diagnose(setup, snapshot, _) if setup and snapshot else []),
    }
    return {place: cached((place, language()), build) for place, build in builders.items()}
