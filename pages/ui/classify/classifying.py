"""A classifier on the code of a run that has ended: asked for, watched, and held against its rivals."""

import functools
from collections.abc import Mapping, Sequence
from typing import cast

import streamlit as st

from ae_core import data, figures
from ae_core.engine import MOST_EPOCHS, MOST_LABELS, ClassifierJob, TrainingJob
from ae_core.errors import DataError, EngineError
from ae_core.figures.views import View
from ae_core.formats import escape
from ae_core.messages import ClassifierSummary, ErrorCurve
from ae_core.runs.classifiers import NETWORKS
from ae_core.training.published import PUBLISHED, PUBLISHED_IN
from pages.ui.live import drawn, stage, status, streaming
from pages.ui.server import addresses
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _
from pages.ui.words.nouns import of_setup
from pages.ui.words.units import UNKNOWN

LABELS, TUNED, EPOCHS = "classify_labels", "classify_tuned", "classify_epochs"  # keys of the wishes
HEAD, WHOLE = "head", "whole"
VIEW = View("classifier", "Mistakes while the classifiers learn", figures.classifier, place="left")

Kept = Sequence[ClassifierSummary]


def classify(own: Session, run: TrainingJob) -> None:
    """Draws the section for a run whose code can be classified; only its owner sees the form and the buttons.

    Args:
        own: The session.
        run: The run that is shown.
    """
    if engine().why_not_classify(run):
        return
    job, kept = engine().classifier(run.id), _kept(run)
    job = job.view() if job is not None else None
    mine, _ = own.owns(run), of_setup(run.setup)
    if not mine and job is None and not kept:
        return
    with st.container(gap="small", key="classify"):
        st.markdown(
            f"**{_('Classify with this code')}**",
            help=_(
                "A softmax layer learns to tell the classes apart from the code. The same layer on raw pixels and "
                "on a PCA code of the same size shows what the code is worth."
            ),
        )
        if mine:
            _form(own, run, job)
        if job is None and not kept and not own.classify_problem:
            return
        left, right = st.columns([11, 9], gap="small")
        with left:
            stage.mount(own, "classify_stage", functools.partial(_content, own, run, kept))
        with right.container(gap=None):
            st.html(_table(run, job, kept))


def _kept(run: TrainingJob) -> Kept:
    try:
        return engine().store.classifiers(run.id)
    except (DataError, OSError):
        return ()  # damaged, or removed in the meantime; the next one replaces it


def _form(own: Session, run: TrainingJob, job: ClassifierJob | None) -> None:
    active, _ = job is not None and not job.ended, of_setup(run.setup)
    info = data.catalogue().get(run.settings.dataset)
    most = min(info.train_count if info else MOST_LABELS, run.settings.train_size)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            _("Labels"),
            0,
            most,
            0,
            key=LABELS,
            width=130,
            disabled=active,
            help=_("Labelled images to learn from, as evenly from all classes as can be; 0 takes all."),
        )
        st.segmented_control(
            _("What learns"),
            [HEAD, WHOLE],
            default=HEAD,
            required=True,
            key=TUNED,
            disabled=active,
            format_func={HEAD: _("Head only"), WHOLE: _("Fine-tuned")}.__getitem__,
            help=_("Head only: the code stays as it is. Fine-tuned: the encoder learns too, end to end."),
        )
        st.number_input(
            _("Epochs"),
            1,
            MOST_EPOCHS,
            20,
            key=EPOCHS,
            width=110,
            disabled=active,
            help=_("How many times each labelled image is seen."),
        )
        st.button(
            _("Train classifier"),
            key="classify_start",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(own, run.id),
            disabled=active or engine().status == "failed",
        )
        st.button(
            _("Stop"),
            key="classify_stop",
            icon=":material/stop:",
            on_click=_stop,
            args=(own, job.id if job else ""),
            disabled=not active,
        )


def _start(own: Session, run_id: str) -> None:
    own.classify_problem = ""
    chosen = st.session_state
    try:
        engine().classify(
            run_id,
            own.owner,
            labels=chosen[LABELS],
            fine_tune=chosen[TUNED] == WHOLE,
            epochs=chosen[EPOCHS],
            origin=addresses.of_visitor(),
        )
    except EngineError as error:
        own.classify_problem = str(error)


def _stop(own: Session, job_id: str) -> None:
    own.classify_problem = ""
    job = engine().job(job_id)
    if job is None or job.ended:
        return  # it ended while the button was being pressed; the next drawing shows that
    try:
        engine().command(job_id, own.owner, "stop")
    except EngineError as error:
        own.classify_problem = str(error)


def _content(own: Session, run: TrainingJob, kept: Kept) -> bytes:
    job = engine().classifier(run.id)
    job = job.view() if job is not None else None
    problem = own.classify_problem
    refused = ("failed", _("Not possible"), _(problem)) if problem else None
    if job is None:
        curves = cast("Mapping[str, ErrorCurve]", kept[0].curves if kept else {})
        done = ("done", _("Done"), "") if kept else ("queued", "", "")
        frames = [drawn.curves_of_classifier(curves, kept[0].epochs if kept else 1, run.id, run.settings.dataset)]
        return stage.packed(
            stage.Content(of=run.id, status=done, said=refused, views=(VIEW,), frames=frames, timeline=False)
        )
    return stage.packed(
        stage.Content(
            of=job.id,
            status=status.of_classifier(job, engine()),
            said=refused,
            views=(VIEW,),
            address=streaming.address(job.id),
            token=streaming.token(job),
            changed_at=job.changed_at,
            frames=[drawn.classifier_frame(job)],
            timeline=False,
        )
    )


def _table(run: TrainingJob, job: ClassifierJob | None, kept: Kept) -> str:
    """Test errors as HTML: a line for each classifier that was trained, and published ones of the same data below."""
    _, fresh = of_setup(run.setup), job.result if job is not None else None
    found = list(kept) if fresh is None or fresh in kept else [fresh, *kept]  # a full disk keeps nothing
    images = found[0].test_images if found else None
    heads = [_("Labels"), _("Learns"), _("Epochs"), _("Code"), _("Pixels"), _("PCA")]
    lines = [
        [
            f"{one.labels:,}",
            _("encoder too") if one.fine_tune else _("head only"),
            f"{one.epochs}",
            *(_error(one.curves[name].test_error) for name in NETWORKS),
        ]
        for one in found
    ] or [[UNKNOWN] * len(heads)]
    title = _("Mistakes on {count} test images").format(count=f"{images:,}") if images else _("Mistakes in the test")
    published = PUBLISHED.get(run.settings.dataset, ())
    parts = [f'<div class="ae-heading ae-above">{escape.html(title)}</div>', _rows(heads, lines)]
    if published:
        rows = [[_(one.name), _error(one.test_error)] for one in published]
        parts.append(_rows([_("Published, all labels"), _("Mistakes")], rows))
        parts.append(f'<div class="ae-note">{escape.html(PUBLISHED_IN)}.</div>')
    return "".join(parts)


def _error(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.2f} %"  # as exact as the published ones


def _rows(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape.html(head)}</th>" for head in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape.html(cell)}</td>' for cell in line)}</tr>" for line in lines)
    return f'<div class="ae-table ae-errors"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
