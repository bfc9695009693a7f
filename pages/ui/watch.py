"""The Train page below its form: buttons, and the stage on which everything is shown that changes with a run."""

import functools

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.settings import Settings
from pages.ui import presenting
from pages.ui.classify import classifying
from pages.ui.live import drawn, pulse, recorded, settling, stage, status, streaming, tiles
from pages.ui.live.buttons import again, buttons
from pages.ui.odd import finding
from pages.ui.runs.exporting import export
from pages.ui.runs.leading import explore_link
from pages.ui.runs.share import offered, share
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _, language
from pages.ui.words.nouns import panels_of

ANSWER_SECONDS = 1.5  # after which a worker has said how long the next run will take


def watch(own: Session, settings: Settings | None) -> None:
    """Draws everything.

    Args:
        own: The session.
        settings: The experiment in the form, None while something is wrong with it.
    """
    run = own.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar"):
        if not own.showing.embed:
            buttons(own, run, settings)
        if run is not None and run.ended and not own.showing.bare:
            if own.owns(run):
                again(run)
            if run.snapshot is not None:
                export(run, "train")
                explore_link("train_explore")
        if not own.showing.embed:
            share(own, run, settings)
            presenting.switch(own)
    with st.container(key="offered"):
        offered(own)
    stage.mount(own, "stage", functools.partial(_content, own))
    asked = settings is not None and engine().status == "ready" and engine().describe(settings) is None
    pulse.after(ANSWER_SECONDS if asked else 0)
    if run is not None and not own.showing.bare:
        classifying.classify(own, run)
        finding.find(own, run)
    if own.deaf:
        settling.settle()


def _content(own: Session) -> bytes:
    run = own.run
    return stage.packed(_of_recording(own) if run is None else _of_run(own, run))


def _of_run(own: Session, run: TrainingJob) -> stage.Content:
    mine, film = own.owns(run), engine().film(run.id)
    setup, snapshot = run.setup, run.snapshot
    return stage.Content(
        of=run.id,
        status=status.of_run(run, engine()),
        said=_wrong(own, run),
        beside="" if mine else _("You are watching; Start begins a run of your own."),
        views=own.showing.views,
        address=streaming.address(run.id),
        token=streaming.token(run),
        changed_at=run.changed_at,
        film=run.id if film is not None else "",
        edition=str(setup.total_steps) if setup else "",
        steps=film.steps if film is not None else (),
        frames=[drawn.frame(setup, snapshot, None, run.cached)] if setup and snapshot else (),
        shown=own.frame,
        moving=not run.ended,
        panels=panels_of(setup) if setup else (),
        texts={
            **({} if setup and snapshot else drawn.texts(None, None)),
            "measured": tiles.measured(setup, run.result) if run.result is not None else "",
            "notes": tiles.notes(setup),
        },
    )


def _of_recording(own: Session) -> stage.Content:
    played = recorded.choose(own.form.variant)
    where = status.of_engine(engine(), played.setup if played else None)
    wrong, address = _wrong(own, None), streaming.address(streaming.ENGINE, variant=own.form.variant)
    told = streaming.token_of_engine(engine())
    if own.showing.embed and played is not None:
        where, address = status.of_recording(played.setup), ""  # there is no Start, so of the engine nothing is heard
    if played is None:
        texts = drawn.texts(None, None)
        return stage.Content(
            of="", status=where, said=wrong, views=own.showing.views, address=address, token=told, texts=texts
        )
    name = recorded.PREFIX + own.form.variant
    return stage.Content(
        of=name,
        status=where,
        said=wrong,
        views=own.showing.views,
        address=address,
        token=told,
        film=name,
        steps=played.steps,
        frames=drawn.both_ends(name, language()),
        playing=True,
        panels=panels_of(played.setup),
        texts={"measured": "", "notes": tiles.notes(played.setup)},
    )


def _wrong(own: Session, run: TrainingJob | None) -> status.Status | None:
    problem = own.refusal(run.state if run is not None else "") or (own.problem if run is None or run.ended else "")
    return ("failed", _("Not possible"), _(problem)) if problem else None
