"""Everything of a run that can be taken away as a file. What needs work is made when its button is pressed."""

import io
import json
from collections.abc import Callable, Sequence

import streamlit as st
from msgspec.structs import replace

from ae_core import data
from ae_core.data.built_in import SHIPPED
from ae_core.engine import TrainingJob
from ae_core.errors import DataError, EngineError
from ae_core.figures import Figure
from ae_core.figures.film import KINDS, Kind, film
from ae_core.figures.views import all_of
from ae_core.formats import escape
from ae_core.messages import Setup, Snapshot
from ae_core.runs.event_log import event_log
from ae_core.web_page import web_page
from pages.ui import state, static
from pages.ui.runs import making
from pages.ui.server import redraw
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _, known, language, spoken
from pages.ui.words.nouns import of_setup

Maker = Callable[[], bytes | str]

NOTHING = "This run has nothing to show yet."


def export(run: TrainingJob, key: str) -> None:
    """A button that opens the downloads of a run.

    Args:
        run: The run, with a snapshot.
        key: Beginning of the element keys.
    """
    stored = run.stored and not run.unkept
    with st.popover(_("Export"), icon=":material/download:", key=f"{key}_export"), st.container(gap="small"):
        history = run.snapshot.history if run.snapshot is not None else {}
        ready = run.ended and not run.measuring and stored  # the model is kept last
        _group(_("Model"), _("Keras's own format, of built-in layers: it loads without this app."))
        with st.container(horizontal=True, gap="small"):
            for part, label in (("whole", _("Whole")), ("encoder", _("Encoder")), ("decoder", _("Decoder"))):
                _button(key, run, label, f"{part}.keras", _model(run, part), disabled=not ready)
        gone = run.settings.dataset not in data.catalogue()
        _group(
            _("Script"),
            _("There is none any more, because the data set is not here any more.")
            if gone
            else _("The experiment in plain Keras, without this app's code."),
        )
        with st.container(horizontal=True, gap="small"):
            _button(key, run, _("Python"), "experiment.py", _script(run, "python"), disabled=gone)
            _button(key, run, _("Notebook"), "experiment.ipynb", _script(run, "notebook"), disabled=gone)
            if not gone and _has_file(run):
                _data(key, run)
        _group(_("Curves"), _("One line a point; or a log that TensorBoard reads."))
        with st.container(horizontal=True, gap="small"):
            _button(key, run, "CSV", "curves.csv", _csv(run), disabled=not history)
            _button(key, run, "TensorBoard", "events.out.tfevents.run", _log(run), disabled=not history)
        _group(
            _("Figures"),
            of_setup(run.setup)(
                "All on one page; map and pictures as a film; or a page to go through and play with, also offline."
            ),
        )
        with st.container(horizontal=True, gap="small"):
            nothing = run.snapshot is None
            _button(key, run, "HTML", "figures.html", lambda: _html(run), disabled=nothing)
            for kind in KINDS:
                made = _film(run, kind)
                _button(key, run, f"{_('Film')}, {kind.upper()}", f"film.{kind}", made, nothing or not stored)
            _button(key, run, _("Web page"), "page.html", _page(run), nothing or not stored)
        _group(_("The whole run"), _("To be imported on the Compare page, here or elsewhere."))
        _button(key, run, "ZIP", "run.zip", _zip(run), disabled=not stored)


def _group(title: str, help: str) -> None:
    st.markdown(f"**{title}** :small[{help}]")


def _button(key: str, run: TrainingJob, label: str, name: str, make: Maker, disabled: bool = False) -> None:
    st.download_button(
        label,
        guarded(state.session(), make),
        escape.file_name(f"{run.settings.variant}-{run.id}-{name}"),
        key=f"{key}_{name}",
        on_click="ignore",
        disabled=disabled,
    )


def _has_file(run: TrainingJob) -> bool:
    """Whether the script reads a file that this visitor may have: one that ships, or that this visitor brought."""
    name = run.settings.dataset
    return name in SHIPPED or name in state.session().uploads


def _data(key: str, run: TrainingJob) -> None:
    """The file beside the script, by the name that the script reads."""
    name = run.settings.dataset
    st.download_button(
        _("Data"),
        guarded(state.session(), lambda: data.kept_file(name)),
        data.info(name).file,
        key=f"{key}_data.npz",
        on_click="ignore",
        help=_("The file that the script reads: put it beside the script."),
    )


def guarded(own: Session, make: Maker) -> Maker:
    """What cannot be made becomes no file: the button says that there is none, and the page, drawn again, says why.

    It is made when the page's script has long ended, in the language that was spoken there.
    """
    words, draw_again = language(), redraw.of_this_page()

    def made() -> bytes | str:
        with spoken(words):
            try:
                with making.place(own.owner):
                    return make()
            except Exception as error:
                own.failure = _why(error)
                draw_again()
                raise

    return made


def _why(error: Exception) -> str:
    """Why there is no file. Where it lies that a disk does not give is for the log, not for a visitor."""
    if isinstance(error, EngineError | DataError):
        return str(error)
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        return _("The file could not be made, because the disk fails ({reason}).").format(reason=reason)
    return _("The file could not be made because of a fault in the app; its log has the details.")


def _model(run: TrainingJob, part: str) -> Maker:
    return lambda: engine().model_part(run.id, part)


def _script(run: TrainingJob, kind: str) -> Maker:
    return lambda: engine().script(run.settings)[kind]


def _csv(run: TrainingJob) -> Maker:
    return lambda: engine().store.history_csv(run.id)


def _log(run: TrainingJob) -> Maker:
    return lambda: event_log(run.snapshot.history if run.snapshot is not None else {}, run.started or run.created)


def _zip(run: TrainingJob) -> Maker:
    def made() -> bytes:
        stream = io.BytesIO()
        engine().store.export_zip(run.id, stream)
        return stream.getvalue()

    return made


def _film(run: TrainingJob, kind: Kind) -> Maker:
    def made() -> bytes:
        setup, frames = _frames(run)
        return film(setup, frames, kind, _)

    return made


def _frames(run: TrainingJob) -> tuple[Setup, Sequence[Snapshot]]:
    stored = engine().store.open(run.id)
    setup, frames = stored.setup(), stored.snapshots()
    if setup is None or not frames:
        raise DataError(NOTHING)
    name = data.called(run.settings.dataset)
    return replace(setup, settings={**setup.settings, "dataset": name}), frames


def _page(run: TrainingJob) -> Maker:
    words = language()

    def made() -> bytes:
        setup, frames = _frames(run)
        network = engine().network(run.id)
        return web_page(setup, frames, network.content, _(network.why), words, _)

    return made


def _html(run: TrainingJob) -> str:
    """All figures of a run as one page with plotly.js inside."""
    setup, snapshot = run.setup, run.snapshot
    if setup is None or snapshot is None:
        raise DataError(NOTHING)
    made = [(_(heading), view.draw(setup, snapshot, given, _)) for heading, view, given in all_of(setup)]
    script = static.plotly_script().decode()
    settings = json.dumps(run.settings.to_dict(), indent=1)
    parts = [_figure(place, title, figure) for place, (title, figure) in enumerate(made)]
    return (
        f'<!doctype html><html lang="{known(language())}" translate="no"><head><meta charset="utf-8">'
        f"<title>Autoencoder Lab: {escape.html(run.id)}</title>"
        "<style>body { font-family: sans-serif; max-width: 60rem; margin: 1rem auto; "
        "padding: 0 1rem; background: #fff; color: #222; } .figure { height: 26rem; } "
        "pre { background: #f4f4f4; padding: 1rem; overflow: auto; }</style>"
        f"<script>{script}</script></head><body><h1>{escape.html(run.settings.variant)}</h1>{''.join(parts)}"
        f"<h2>{escape.html(_('Settings'))}</h2><pre>{escape.html(settings)}</pre></body></html>"
    )


def _figure(place: int, title: str, figure: Figure) -> str:
    data, layout = escape.json_in_html(figure["data"]), escape.json_in_html(figure["layout"])
    return (
        f'<h2>{escape.html(title)}</h2><div id="figure-{place}" class="figure"></div>'
        f'<script>Plotly.newPlot("figure-{place}", {data}, {layout}, {{responsive: true}});</script>'
    )
