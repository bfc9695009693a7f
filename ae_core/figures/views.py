"""The live views of a run, each declared once: page, stream, export, style sheet and tests read this table.

To add one, write a file beside this one with a function of a setup and a snapshot, and give it a line in `VIEWS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ae_core.figures.grid import grid
from ae_core.figures.latent import latent
from ae_core.figures.loss import loss, loss_sentence
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
        place: Where it stands: in the `left` or the `right` column, or `beside` them (below on a narrow screen).
            In a column the views stand as in `VIEWS`, and share its height.
        phone_height: Its height on a phone, a length in CSS.
        whole: Whether it shows all steps at once, so that one figure serves every frame of a film.
        sentence: What is said of one frame to whoever cannot see it. The figures of the other views bring theirs.
    """

    name: str
    heading: str
    figure: Callable[..., Figure]
    needs: tuple[Need, ...] = ()
    place: Literal["left", "right", "beside"] = "beside"
    phone_height: str = "15rem"
    whole: bool = False
    sentence: Callable[[Setup, Snapshot, Translate], str] | None = None

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
    View("loss", "Loss", loss, needs=("logarithmic",), place="left", whole=True, sentence=loss_sentence),
    View("grid", "Original and reconstruction", grid, place="left", phone_height="clamp(11.5rem, 48vw, 19rem)"),
    View("latent", "Code map", latent, needs=("atlas_url", "plane"), place="right", phone_height="20rem"),
    View("panel", "Inside the network", panel, needs=("panel",), place="beside"),
)


def sentences(setup: Setup, snapshot: Snapshot, translate: Translate = str) -> dict[str, str]:
    """What is said of one frame where one figure serves all of them, by element key.

    Args:
        setup: The run's setup.
        snapshot: One of its snapshots.
        translate: Turns an English sentence into the reader's language.
    """
    return {view.key: view.sentence(setup, snapshot, translate) for view in VIEWS if view.sentence is not None}


PHONE = "@media (max-width: 640px)"  # as in the style sheets


def phone_heights() -> str:
    """Rules of a style sheet that give each view its height on a phone before its figure is there: nothing jumps."""
    rules = [f".st-key-{view.key} .ae-live {{ height: {view.phone_height}; }}" for view in VIEWS]
    return "\n".join([f"{PHONE} {{", *rules, "}"])


def all_of(setup: Setup) -> Iterator[tuple[str, View, Given]]:
    """Everything there is to see of a run: heading, view, and what it is given; a view of panels comes for each."""
    for view in VIEWS:
        if "panel" in view.needs:
            for one in setup.panels:
                yield one.title, view, {**PLAIN, "panel": one.name}
        else:
            yield view.heading, view, PLAIN
