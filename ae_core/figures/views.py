"""The live views of a run, each declared once: page, stream, export, style sheet and tests read this table.

To add one, write a file beside this one with a function of a setup and a snapshot, and give it a line in `VIEWS`.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ae_core.figures.grid import grid
from ae_core.figures.latent import latent
from ae_core.figures.loss import loss
from ae_core.figures.panel import panel
from ae_core.figures.shared import Figure, Translate
from ae_core.messages import Setup, Snapshot

Need = Literal["logarithmic", "panel", "atlas_url", "plane"]
Given = Mapping[Need, bool | str | None]
"""What a view can be given beside the messages: a switch for a logarithmic scale, the name of the panel that is looked
at (None for none), the address of the pictures of the code map's points (empty for none), and a switch for what the
decoder makes of the plane behind those points."""

PLAIN: Given = {"logarithmic": False, "panel": None, "atlas_url": "", "plane": False}


@dataclass(frozen=True)
class View:
    """One live view.

    Args:
        name: Its name; `live_` and this name is its element key.
        heading: What stands above it, in English.
        figure: What draws it: called with the setup, the snapshot, `translate=` and what it needs, by name.
        needs: What it must be given beside the messages. A page has a control above it for what a person chooses.
        row: The row of the page in which it stands, from 1. In a row they stand as in `VIEWS`.
        width: Its share of the row's width.
        height: Its height, a length in CSS.
        phone_height: The same on a narrow screen, empty for the same.
    """

    name: str
    heading: str
    figure: Callable[..., Figure]
    needs: tuple[Need, ...] = ()
    row: int = 1
    width: int = 10
    height: str = "15.5rem"
    phone_height: str = ""

    @property
    def key(self) -> str:
        """Its element key."""
        return f"live_{self.name}"

    def ready(self, given: Given) -> bool:
        """Whether nothing that it needs is None, so that there is something to see."""
        return all(given.get(name, "") is not None for name in self.needs)

    def draw(self, setup: Setup, snapshot: Snapshot, given: Given = PLAIN, translate: Translate = str) -> Figure:
        """Its figure.

        Args:
            setup: The run's setup.
            snapshot: One of its snapshots.
            given: What it needs; `PLAIN` has the rest.
            translate: Turns an English label into the reader's language.
        """
        needed = {name: given.get(name, PLAIN[name]) for name in self.needs}
        return self.figure(setup, snapshot, translate=translate, **needed)


VIEWS = (
    View("loss", "Loss", loss, needs=("logarithmic",), row=1, width=11),
    View("latent", "Code map", latent, needs=("atlas_url", "plane"), row=1, width=9, phone_height="20rem"),
    View("grid", "Original and reconstruction", grid, row=2, width=11, phone_height="clamp(11.5rem, 48vw, 19rem)"),
    View("panel", "Inside the network", panel, needs=("panel",), row=2, width=9),
)


def rows() -> list[list[View]]:
    """The views as they stand on the page: those of each row from left to right."""
    in_order = sorted(VIEWS, key=lambda view: view.row)
    return [list(views) for _, views in itertools.groupby(in_order, key=lambda view: view.row)]


def all_of(setup: Setup) -> Iterator[tuple[str, View, Given]]:
    """Everything there is to see of a run: heading, view, and what it is given; a view of panels comes for each."""
    for view in VIEWS:
        if "panel" in view.needs:
            for one in setup.panels:
                yield one.title, view, {**PLAIN, "panel": one.name}
        else:
            yield view.heading, view, PLAIN
