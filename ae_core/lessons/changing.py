"""A lesson with settings of a teacher's choice, as an address holds them: `epochs:20;widths:64,32`."""

from collections.abc import Mapping
from dataclasses import replace

from ae_core import data
from ae_core.data.classes import class_numbers
from ae_core.errors import SettingError
from ae_core.lessons.lesson import Lesson

MOST = 500  # characters


def read(text: str) -> dict[str, str]:
    """What an address wants changed.

    Args:
        text: Names and values with a colon between them, and a semicolon between two; empty for nothing.

    Raises:
        SettingError: If it is something else.
    """
    pairs = [pair.partition(":") for pair in text.split(";") if pair]
    if len(text) > MOST or not all(name and colon and value for name, colon, value in pairs):
        raise SettingError(f"with must be name:value;name:value. Received: {text[:80]!r}.")
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def written(changes: Mapping[str, str]) -> str:
    """The text that `read` reads."""
    return ";".join(f"{name}:{value}" for name, value in changes.items())


def changed(lesson: Lesson, changes: Mapping[str, str]) -> Lesson:
    """The lesson with the same changes in each of its experiments.

    Args:
        lesson: The lesson.
        changes: Settings by name, as text.

    Raises:
        SettingError: If an experiment has no such setting or it takes no such value; if it is the seed, which the
            lesson chooses, or what the lesson compares; or if the data do not fit.
    """
    for setting, value in changes.items():
        if setting in ("seed", "variant"):
            raise SettingError(f"with must leave {setting} to the lesson. Received: {setting}:{value[:80]}.")
        if len({one.settings.get(setting) for one in lesson.experiments}) > 1:
            raise SettingError(f"with must leave {setting} as it is, which the lesson compares.")
    name, known = changes.get("dataset"), data.public_names()
    if name is not None and name not in known:
        allowed = ", ".join(known)
        raise SettingError(f"dataset must be one of {allowed}. Received: {name[:80]!r}.")
    experiments = tuple(replace(one, settings={**one.settings, **changes}) for one in lesson.experiments)
    for one, before in zip(experiments, lesson.experiments, strict=True):
        settings = one.with_seed(0)
        info, usual = data.info(settings.dataset), data.info(before.with_seed(0).dataset)
        settings.check(info.seen(settings))
        if info.spec.noun != usual.spec.noun:
            raise SettingError(f"dataset must be of the kind of {usual.name} in this lesson. Received: {info.name}.")
        names = info.chosen(settings).class_names
        if names:  # else they are unknown until the data are loaded
            class_numbers(settings.normal, names)
    return replace(lesson, experiments=experiments)
