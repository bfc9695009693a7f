"""The form as widgets, made from what the settings declare of themselves."""

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from ae_core import data, variants
from ae_core.data.columns import in_one_text, names_in
from ae_core.data.dataset import AUTO, NONE, DataInfo
from ae_core.data.uploads import ENDINGS
from ae_core.errors import DataError, SettingError
from ae_core.formats import escape
from ae_core.ownership import fingerprint
from ae_core.settings import Option, Settings, option_of
from ae_core.translation import in_a_row
from pages.ui import state
from pages.ui.form import facts, uses
from pages.ui.form.form import as_text
from pages.ui.server import uploads
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _
from pages.ui.words.names import of_data, word
from pages.ui.words.nouns import of_dataset
from pages.ui.words.units import duration

TUNABLE_STATES = ("starting", "running", "paused")
MOST_NAMED = 3  # columns that may be the label
LONGEST_WORD, LONGEST_CHOICE = 11, 8  # characters for which half a row is enough


def settings_form(own: Session) -> Settings | None:
    """Draws every setting of the variant, and says what is wrong with them.

    Args:
        own: The session, whose form the widgets show and change.

    Returns:
        The experiment, or None while something is wrong.
    """
    hidden = own.showing.hide
    uses.offer(own)
    if "variant" not in hidden:
        variant_select(own)
        _about_variant(own)
    infos = data.catalogue()
    if "dataset" not in hidden:
        _dataset_select(own, infos)
        if "label" not in hidden:
            label_select(own, infos.get(own.form.value("dataset")))
        if "leave_out" not in hidden:
            leave_out(own, infos.get(own.form.value("dataset")))
    shown, folded = _split(own)
    say = of_dataset(own.form.value("dataset"))
    _in_pairs(own, shown, say)
    settings, own.problem = None, ""
    try:
        settings = own.form.settings()
    except SettingError as error:
        own.problem = str(error)
    with st.expander(_("More settings")):
        _in_pairs(own, folded, say)
    if own.problem:
        st.error(escape.markdown(_(own.problem)))
    _what_changes_do(own)
    _how_long(settings)
    _upload(own)
    info = infos.get(own.form.value("dataset"))
    if info is not None:
        # Under what was wrong with a file, nothing is said of another one.
        facts.show(info, settings, noted=not own.upload_problem)
    return settings


def variant_select(own: Session) -> None:
    """The choice of the variant; the Learn page has it too."""
    _seed(own, "variant", own.form.variant)
    st.selectbox(
        _("Variant"),
        list(variants.registry()),
        key="variant",
        on_change=_changed,
        args=("variant",),
        format_func=lambda name: _(variants.get(name).title),
        help=_("The kind of autoencoder to train."),
    )


def _about_variant(own: Session) -> None:
    """Leads to what the Learn page says of the variant: its idea, formula, picture, references and code."""
    st.button(
        _("How it works"),
        key="about_variant",
        type="tertiary",
        icon=":material/school:",
        on_click=_to_variants,
        args=(own,),
    )


def _to_variants(own: Session) -> None:
    own.learning = state.VARIANTS
    state.go_to(own, state.LEARN)


def _dataset_select(own: Session, infos: dict[str, DataInfo]) -> None:
    chosen = own.form.value("dataset")
    option = option_of(own.form.fields()["dataset"])
    # An upload is offered to the person who brought it, and to those who were given its address.
    names = [name for name in infos if not name.startswith("upload-") or name in own.uploads]
    if chosen not in names:
        names.append(chosen)
    _seed(own, "dataset", chosen)
    st.selectbox(
        _(option.label),
        names,
        key="dataset",
        on_change=_changed,
        args=("dataset",),
        format_func=lambda name: of_data(infos[name]) if name in infos else name,
        help=_(option.help),
    )


def label_select(own: Session, info: DataInfo | None) -> None:
    """The choice of the column that names the classes, where a table has some that can."""
    able = [] if info is None else [one.name for one in info.understood if one.names_classes]
    chosen = own.form.value("label")
    if not able and chosen == AUTO:
        return
    option = option_of(own.form.fields()["label"])
    names = [AUTO, NONE, *(name for name in able if name not in (AUTO, NONE))]
    _seed(own, "label", chosen)
    automatic = _("Automatic: {name}").format(name=(info.label if info is not None else "") or _("none"))
    st.selectbox(
        _(option.label),
        names if chosen in names else [*names, chosen],
        key="label",
        on_change=_changed,
        args=("label",),
        format_func=lambda name: {AUTO: automatic, NONE: _("None: learn from all")}.get(name, name),
        help=_(option.help),
    )
    if info is not None and not info.label and chosen == AUTO:
        _may_be_label(info)


def _may_be_label(info: DataInfo) -> None:
    """Names columns of categories where none is called a label: learnt from, a label would be told to the network."""
    names = [one.name for one in info.understood if one.names_classes and one.kind == "categories"]
    if names:
        named = ", ".join(escape.markdown(name) for name in names[:MOST_NAMED])
        st.caption(
            _(
                "No column is called a label, so all are learnt from. If one names the classes, choose it: {names}."
            ).format(names=f"{named} …" if len(names) > MOST_NAMED else named)
        )


def leave_out(own: Session, info: DataInfo | None) -> None:
    """The choice of columns that are not learnt from, where there are several that have names."""
    written = own.form.value("leave_out")
    chosen = list(names_in(written))
    try:
        offered = [] if info is None else list(info.labelled(own.form.value("label")).variable_places())
    except SettingError:
        offered = []  # said below
    if len(offered) < 2 and not chosen:
        return
    option = option_of(own.form.fields()["leave_out"])
    _seed(own, "leave_out", chosen)
    st.multiselect(
        _(option.label),
        [*offered, *(name for name in chosen if name not in offered)],
        key="leave_out",
        on_change=_left_out,
        help=_(option.help),
        placeholder=_("none"),
    )


def _left_out() -> None:
    own = state.session()
    own.form.choose("leave_out", in_one_text(st.session_state["leave_out"]))
    own.notices, own.failure = [], ""


def notices(own: Session) -> None:
    """Says what was wrong with the address until something is chosen. Not in the sidebar, which a phone folds away."""
    if own.notices:
        with st.container(key="notices"):
            st.warning("  \n".join(escape.markdown(_(sentence)) for sentence in own.notices))


def _split(own: Session) -> tuple[list[str], list[str]]:
    """Names of the settings that are always seen, and of those under "More settings"."""
    common = {one.name for one in dataclasses.fields(Settings)} - {"latent_dim"}
    shown: list[str] = []
    folded: list[str] = []
    for name, one in own.form.fields().items():
        if name not in ("dataset", "label", "leave_out", *own.showing.hide):
            (folded if option_of(one).folded else shown).append(name)
    # The code and what makes the variant special come first.
    return sorted(shown, key=lambda name: name in common), sorted(folded, key=lambda name: name in common)


def _in_pairs(own: Session, names: list[str], say: Callable[[str], str]) -> None:
    """Two narrow widgets a row, and each wide one in a row of its own; `say` translates what is said of examples."""
    for row in _rows(own, names):
        if _is_wide(own, row[0]):
            _widget(own, row[0], say)
            continue
        for column, name in zip(st.columns(2, gap="small", vertical_alignment="bottom"), row, strict=False):
            with column:
                _widget(own, name, say)


def _rows(own: Session, names: list[str]) -> list[list[str]]:
    """The names in their order, but a narrow one moves up to the one that has waited for a neighbour."""
    rows: list[list[str]] = []
    waiting: list[str] = []
    for name in names:
        if _is_wide(own, name):
            rows.append([name])
        elif waiting:
            waiting.append(name)
            waiting = []
        else:
            waiting = [name]
            rows.append(waiting)
    return rows


def _is_wide(own: Session, name: str) -> bool:
    """Whether half of the narrowest sidebar is too little for it: words would be cut."""
    one = own.form.fields()[name]
    option, kind = option_of(one), type(one.default)
    if kind in (bool, tuple) or _is_share(option, kind):
        return True
    label = max(map(len, re.split(r"[ -]", _(option.label))))
    return label > LONGEST_WORD or any(len(word(choice)) > LONGEST_CHOICE for choice in option.choices)


def _is_share(option: Option, kind: type) -> bool:
    return kind is float and not option.logarithmic and (option.low, option.high) == (0.0, 1.0)


def _widget(own: Session, name: str, say: Callable[[str], str]) -> None:
    one = own.form.fields()[name]
    option, default, value = option_of(one), own.form.default(name), own.form.value(name)
    kind: type = type(default)
    common: dict[str, Any] = {
        "label": say(option.label),
        "help": say(option.help),
        "key": name,
        "on_change": _changed,
        "args": (name,),
    }
    if option.choices:
        _seed(own, name, value)
        st.selectbox(options=option.choices, format_func=word, **common)
    elif kind is bool:
        _seed(own, name, value)
        st.toggle(**common)
    elif kind in (int, float) and option.low is not None and option.high is not None:
        value, low, high = kind(value), kind(option.low), kind(option.high)
        _seed(own, name, value)
        if _is_share(option, kind):
            st.slider(min_value=low, max_value=high, step=0.05, **common)
        elif kind is int:
            st.number_input(min_value=low, max_value=high, step=1, **common)
        else:
            st.number_input(min_value=low, max_value=high, step=_stride(default), format="%.6g", **common)
    else:
        _seed(own, name, as_text(value))
        st.text_input(placeholder=_("all") if option.optional else _("none"), **common)


def _stride(default: float) -> float:
    """Half the leading digit's place of a default: 0.001 → 0.0005, 0.05 → 0.005."""
    return 10.0 ** math.floor(math.log10(default)) / 2


def _seed(own: Session, key: str, value: Any) -> None:
    # Only where it differs: writing a value that is already there would overwrite what is being typed. After a change
    # of page the value still belongs to the other page's widget, and this one would start at its first choice.
    if own.unsure or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _changed(name: str) -> None:
    """A widget has a new value: takes it, and hands it to a run that can be tuned."""
    own = state.session()
    value = st.session_state[name]
    own.form.choose(name, value)
    if name == "dataset":
        _forget_columns(own)
        own.upload_problem = ""
    own.notices, own.failure = [], ""
    run = own.run
    if name != "variant" and run is not None and name in tunable(own):
        own.attempt(lambda: engine().command(run.id, own.owner, "tune", name=name, value=own.form.value(name)))


def _forget_columns(own: Session) -> None:
    """Another table has other columns."""
    for name in ("label", "leave_out"):
        own.form.choose(name, None)


def tunable(own: Session) -> list[str]:
    """Settings that act on the run that is shown: it is one's own, trains, and is of the variant in the form."""
    run = own.run
    if run is None or not own.owns(run) or run.state not in TUNABLE_STATES or run.settings.variant != own.form.variant:
        return []
    names = [name for name, one in own.form.fields().items() if option_of(one).live]
    # Not every choice has every rate: a sparse code without a penalty has no penalty weight.
    return names if run.setup is None else [name for name in names if name in run.setup.live]


def _what_changes_do(own: Session) -> None:
    run = own.run
    if run is None or run.ended or not own.owns(run):
        return
    names = [_(option_of(own.form.fields()[name]).label) for name in tunable(own)]
    later = _("Other changes count for the next run.") if names else _("Changes count for the next run.")
    now = _("Take effect in your run at once: {names}.").format(names=", ".join(names)) if names else ""
    st.caption(in_a_row(now, later))


def _how_long(settings: Settings | None) -> None:
    """What to expect of the next run, once a worker has told."""
    seconds = None if settings is None else engine().estimate(settings)
    if seconds is not None:
        st.caption(_("The next run trains for about {time} at full speed.").format(time=duration(seconds)))


def _upload(own: Session) -> None:
    # Without a key of its own it would fold where the choice of a label comes above it.
    with st.expander(_("Your own data"), key="own_data"):
        st.file_uploader(
            _("A table, arrays, or a .zip of pictures"),
            type=[ending.lstrip(".") for ending in ENDINGS if ending.startswith(".")],
            key="upload",
            on_change=_uploaded,
            max_upload_size=50,
            help=_(
                "A table with one row per example (.csv, .parquet); arrays as Keras and NumPy save them (.npz, "
                "which needs x_train and may hold y_train, x_test, y_test; .npy; .mat), series among them as "
                "(examples, time, channels), the shorter ones filled with NaN at the end; MNIST's own files (.gz); "
                "or pictures in a .zip, in one folder per class. A table for training and one for testing go into "
                "one .zip."
            ),
        )
    if own.upload_problem:  # seen also where the field is folded away
        st.error(escape.markdown(_(own.upload_problem)))


def _uploaded() -> None:
    own = state.session()
    with uploads.given("upload") as file:
        if file is None:
            return
        own.upload_problem, own.notices = "", []
        try:
            needed = engine().store.needed_data()
            info = data.store_upload_apart(*file, fingerprint(own.owner), needed)
        except DataError as error:
            own.upload_problem = str(error)
            return
        own.uploads.add(info.name)
        own.form.choose("dataset", info.name)
        _forget_columns(own)
