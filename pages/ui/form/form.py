"""Settings become widgets' values and an address, and back. No Streamlit here: rules only."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ae_core import data, variants
from ae_core.data.classes import class_numbers
from ae_core.errors import SettingError
from ae_core.settings import Option, Settings, option_of


@dataclass
class Form:
    """What a person has chosen so far.

    Args:
        variant: Name of the variant.
        chosen: Values that differ from a default, by setting. Those that the present variant lacks wait here for one
            that has them, and text that cannot be read stays as it was typed.
    """

    variant: str = variants.FIRST_VARIANT
    chosen: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> type[Settings]:
        """The settings class of the present variant."""
        return variants.get(self.variant).settings

    def fields(self) -> dict[str, dataclasses.Field]:
        """The present variant's settings by name, in order."""
        return {one.name: one for one in dataclasses.fields(self.kind)}

    def default(self, name: str) -> Any:
        """What a setting is when nobody has chosen: on a first visit, something that works well."""
        return getattr(variants.first_settings(self.variant), name)

    def value(self, name: str) -> Any:
        """The value to show: the chosen one, moved into the present variant's bounds; else the default."""
        if name not in self.chosen:
            return self.default(name)
        return within(option_of(self.fields()[name]), self.chosen[name], self.default(name))

    def choose(self, name: str, value: Any) -> None:
        """Takes a value from a widget. The default's value is no choice: the next variant may bring its own."""
        if name == "variant":
            self.variant = value
        elif name not in self.fields():
            self.chosen[name] = value
        elif value is None or value == self.default(name) or value == as_text(self.default(name)):
            self.chosen.pop(name, None)
        else:
            self.chosen[name] = value

    def adopt(self, settings: Settings) -> None:
        """Takes over another experiment's settings."""
        self.variant, self.chosen = settings.variant, {}
        for name in self.fields():
            self.choose(name, getattr(settings, name))

    def settings(self) -> Settings:
        """The experiment.

        Raises:
            SettingError: If a value is wrong, the data set is unknown, or the two do not fit.
        """
        settings = self.kind.from_mapping({name: self.value(name) for name in self.fields()})
        infos = data.catalogue()
        if settings.dataset not in infos:
            raise unknown_dataset(settings.dataset)
        info = infos[settings.dataset]
        settings.check(info.seen(settings))
        names = info.chosen(settings).class_names
        if names:  # else they are unknown until the data are loaded
            class_numbers(settings.normal, names)
        return settings


def within(option: Option, value: Any, default: Any) -> Any:
    """A value moved to the nearest bound, or the default where it is none of the choices."""
    if option.choices:
        return value if value in option.choices else default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = option.low, option.high
        kind = type(default)
        return kind(min(max(value, value if low is None else low), value if high is None else high))
    return value


def as_text(value: Any) -> str:
    """A setting's value as it stands in the address bar and in a text field: `128,64`, `true`, `0.001`."""
    if isinstance(value, (tuple, list)):
        return ",".join(str(entry) for entry in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_address(settings: Settings) -> dict[str, str]:
    """Every setting, variant first, as the parameters of an address; texts that are empty are left out."""
    return {name: as_text(value) for name, value in settings.to_dict().items() if value != ""}


def from_address(parameters: Mapping[str, str]) -> tuple[Form, list[str]]:
    """Reads an address, which anybody may have written.

    Args:
        parameters: Names and texts from the address bar, without those that are no settings.

    Returns:
        The form, and one sentence for each parameter that was not understood; its default stands in the form.
    """
    form, sentences = Form(), []
    if "variant" in parameters:
        try:
            form.variant = variants.get(parameters["variant"]).name
        except SettingError as error:
            sentences.append(_instead(error, form.variant))
    for name, text in parameters.items():
        if name == "variant":
            continue
        try:
            settings = form.kind.from_mapping({name: text})
            if name == "dataset" and text not in data.catalogue():
                raise unknown_dataset(text)
        except SettingError as error:
            sentences.append(_instead(error, as_text(form.default(name))) if name in form.fields() else str(error))
        else:
            form.choose(name, getattr(settings, name))
    return form, sentences


def unknown_dataset(name: str) -> SettingError:
    """What to say of a data set that is not here, or not in order. Other people's uploads are not named."""
    problem = data.faulty_files().get(name)
    if problem is not None:
        return SettingError(str(problem))
    allowed = ", ".join(data.public_names())
    return SettingError(f"dataset must be one of {allowed}, or your own upload. Received: {name[:80]!r}.")


def _instead(error: SettingError, default: str) -> str:
    return f"{error} {default} is used instead."
