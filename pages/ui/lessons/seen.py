"""What a lesson shows on its stages: a recorded film first, then its runs while they train."""

from dataclasses import replace

from ae_core.figures.views import VIEWS, View
from ae_core.lessons.lesson import See
from ae_core.recordings import lessons as of_lessons
from pages.ui.live import drawn, recorded, stage, status, streaming
from pages.ui.shared import engine
from pages.ui.words.language import _, language
from pages.ui.words.nouns import panels_of

SHOWN = ("loss", "grid")  # of a run that trains beside another


def _views(names: tuple[str, ...]) -> tuple[View, ...]:
    """The views of those names, all in one column."""
    return tuple(replace(view, place="left") for view in VIEWS if view.name in names)


def film(see: See) -> bytes:
    """The recorded run that a lesson begins with.

    Args:
        see: What of it is shown.
    """
    played, views = recorded.choose(see.variant), _views((see.view,))
    if played is None:
        where = "done", _("Ready"), _("There is no recording of this variant yet.")
        return stage.packed(stage.Content(of="", status=where, views=views))
    name = recorded.PREFIX + see.variant
    return stage.packed(
        stage.Content(
            of=f"{name}-{see.view}",
            status=status.of_engine(engine(), played.setup),
            views=views,
            film=name,
            steps=played.steps,
            frames=drawn.both_ends(name, language()),
            playing=True,
            panels=[one for one in panels_of(played.setup) if one.name == see.panel],
        )
    )


def recorded_run(name: str, place: int) -> bytes:
    """A recorded run of a lesson as a film.

    Args:
        name: The lesson's name; it has recorded runs.
        place: Of the run among them.
    """
    played, film = recorded.of_lesson(name)[place][0], of_lessons.run_id(name, place)
    return stage.packed(
        stage.Content(
            of=film,
            status=status.of_recording(played.setup),
            views=_views(SHOWN),
            film=film,
            steps=played.steps,
            frames=drawn.both_ends(film, language()),
            playing=True,
        )
    )


def run(run_id: str) -> bytes:
    """A run of a lesson as it stands.

    Args:
        run_id: The run, which exists.
    """
    job = engine().run(run_id)
    if job is None:  # removed at this very moment; the next drawing shows that
        return stage.packed(stage.Content(of="", status=("failed", "", ""), views=_views(SHOWN), timeline=False))
    now = job.view()
    setup, snapshot = now.setup, now.snapshot
    return stage.packed(
        stage.Content(
            of=now.id,
            status=status.of_run(now, engine()),
            views=_views(SHOWN),
            address=streaming.address(now.id),
            token=streaming.token(now),
            frames=[drawn.frame(setup, snapshot, None, now.cached)] if setup and snapshot else (),
            timeline=False,
            moving=not now.ended,
        )
    )
