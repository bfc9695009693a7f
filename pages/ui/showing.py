"""How much of a page is shown: all of it, what a hall shall see, or a part of it inside of somebody else's page."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Literal

from ae_core import variants
from ae_core.figures.views import VIEWS, View
from ae_core.settings import options

PRESENT, EMBED, SHOW, HIDE = PARAMETERS = ("present", "embed", "show", "hide")
ON = "1"
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
WORDS = {"map": "latent"}  # what a view is called in an address, where that is not its name


@dataclass(frozen=True)
class Showing:
    """What an address asks to be shown.

    Args:
        present: Whether a hall looks on: large type, the views and the film, no form.
        embed: Whether the page stands inside of another one: nothing but the views and the film.
        show: Names of the views that are shown, as `VIEWS` has them; empty for all.
        hide: Names of the settings that the form does not offer.
    """

    present: bool = False
    embed: bool = False
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    @property
    def views(self) -> tuple[View, ...]:
        """The views that are shown; of those that were chosen none stands beside the two columns."""
        if not self.show:
            return VIEWS
        chosen = [view for view in VIEWS if view.name in self.show]
        if len(chosen) <= len(SIDES):
            return tuple(replace(view, place=side) for view, side in zip(chosen, SIDES, strict=False))
        return tuple(replace(view, place="right") if view.place == "beside" else view for view in chosen)

    @property
    def bare(self) -> bool:
        """Whether there is nothing to choose on the page."""
        return self.present or self.embed

    def to_address(self) -> dict[str, str]:
        """The parameters of an address that shows the same; without `embed`, which Streamlit lets nobody write."""
        said = {
            PRESENT: ON if self.present else "",
            SHOW: ",".join(_said(name) for name in self.show),
            HIDE: ",".join(self.hide),
        }
        return {name: text for name, text in said.items() if text}


def from_address(parameters: MutableMapping[str, str]) -> tuple[Showing, list[str]]:
    """Takes out of an address what it says of how much is shown.

    Args:
        parameters: Names and texts from the address bar; what is read here is removed from them.

    Returns:
        What is shown, and one sentence for each text that was not understood.
    """
    given = {name: parameters.pop(name, "") for name in PARAMETERS}
    sentences: list[str] = []
    on = {name: _switch(name, given[name], sentences) for name in (PRESENT, EMBED)}
    views = {_said(view.name): view.name for view in VIEWS}
    show = _names(SHOW, f"views, of {', '.join(views)}", given[SHOW], views, sentences)
    settings = {name: name for kind in variants.registry().values() for name in options(kind.settings)}
    hide = _names(
        HIDE, "settings as they stand in the address", given[HIDE], settings | {"variant": "variant"}, sentences
    )
    return Showing(on[PRESENT], on[EMBED], show, hide), sentences


def _said(name: str) -> str:
    return next((word for word, meant in WORDS.items() if meant == name), name)


def _switch(name: str, text: str, sentences: list[str]) -> bool:
    if text not in ("", "0", ON):
        sentences.append(f"{name} must be 0 or 1. Received: {text[:20]!r}.")
    return text == ON


def _names(name: str, what: str, text: str, known: Mapping[str, str], sentences: list[str]) -> tuple[str, ...]:
    """The names of a list with commas, each once; those that are not known are said."""
    asked = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in asked if one not in known]
    if unknown:
        sentences.append(f"{name} must name {what}. Received: {unknown[0][:20]!r}.")
    return tuple(dict.fromkeys(known[one] for one in asked if one in known))
