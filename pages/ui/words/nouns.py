"""Sentences about images as they are said of what a person has: rows of a table, or series."""

from collections.abc import Callable

from msgspec.structs import replace

from ae_core import data
from ae_core.measuring.wording import about
from ae_core.messages import PanelTitle, Setup
from pages.ui.words.language import _


def of_setup(setup: Setup | None) -> Callable[[str], str]:
    """`_` for sentences about the examples of a run.

    Args:
        setup: Its setup message; None before it, when they speak of images.
    """
    return _ if setup is None else about(setup.shape, _)


def panels_of(setup: Setup) -> list[PanelTitle]:
    """The panels of a run, whose sentences speak of its examples.

    Args:
        setup: Its setup message.
    """
    say = about(setup.shape, _)
    return [replace(one, title=say(one.title), help=say(one.help)) for one in setup.panels]


def of_dataset(name: str) -> Callable[[str], str]:
    """`_` for sentences about the examples of a data set.

    Args:
        name: Its name; where it is not here they speak of images.
    """
    info = data.catalogue().get(name)
    return _ if info is None else about(info.spec.shape, _)
