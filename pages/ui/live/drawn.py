"""What a run looks like, serialised: built once for each snapshot, for all who watch it."""

import functools
from collections.abc import Callable, Hashable
from typing import Any

from ae_core import figures
from ae_core.diagnosis import diagnose
from pages.ui import static
from pages.ui.live import component, tiles
from pages.ui.live.findings import findings_html
from pages.ui.words.language import _, language

Cached = Callable[[Hashable, Callable[[], Any]], Any]


def payloads(
    run: str, setup: dict[str, Any], snapshot: dict[str, Any], cached: Cached, logarithmic: bool, panel: str | None
) -> dict[str, bytes]:
    """The four views, by element key.

    Args:
        run: Id of the run; empty for a recording.
        setup: The run's setup message.
        snapshot: A snapshot message of it.
        cached: The memory that all viewers of this snapshot share.
        logarithmic: Whether losses are drawn on a logarithmic scale.
        panel: Name of the panel to look at, None for none.
    """

    def latent() -> figures.Figure:
        return figures.latent(setup, snapshot, static.atlas(setup["atlas"]["png"]), _)

    builders: dict[str, Callable[[], figures.Figure]] = {
        "live_loss": lambda: figures.loss(setup, snapshot, logarithmic, _),
        "live_latent": latent,
        "live_grid": lambda: figures.grid(setup, snapshot, _),
    }
    parts: dict[str, Any] = {"live_loss": logarithmic, "live_panel": panel}
    if panel is not None:
        builders["live_panel"] = lambda: figures.panel(setup, snapshot, panel, _)
    return {
        key: cached(
            (key, parts.get(key), language()),
            functools.partial(_payload, build, snapshot["step"], f"{run}/{parts.get(key)}" if run else ""),
        )
        for key, build in builders.items()
    }


def _payload(build: Callable[[], figures.Figure], step: int, of: str) -> bytes:
    return component.payload(build(), step, of)


def texts(setup: dict[str, Any] | None, snapshot: dict[str, Any] | None, cached: Cached) -> dict[str, str]:
    """Numbers and sentences as HTML, by the selector of their element; a part that a variant has not is empty.

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
