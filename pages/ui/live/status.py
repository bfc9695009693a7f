"""Where a run stands, in a word and a sentence."""

from collections.abc import Iterator

from ae_core.engine import ClassifierJob, Engine, Job, TrainingJob
from ae_core.messages import Progress, Setup
from ae_core.translation import in_a_row
from pages.ui.words import names
from pages.ui.words.language import _
from pages.ui.words.nouns import of_dataset, of_setup
from pages.ui.words.units import duration, ordinal

LEAST_WAIT = 1.0  # seconds that are worth telling

Status = tuple[str, str, str]  # tone (a class of the style sheet), word, sentence


def of_run(run: TrainingJob, engine: Engine) -> Status:
    """Where a run stands, for whoever looks at it.

    Args:
        run: The run.
        engine: The engine, which may not be ready yet.
    """
    state = run.state
    if state == "queued":
        said = [_waiting(run, engine)]
    elif state == "starting":
        said = [_progress(run.progress)]
    elif state == "failed":
        said = [_(run.error or "")]
    else:
        said = list(_of_begun(run))
    if run.unkept:
        said.append(_(run.unkept))
    return state, names.state(state), in_a_row(*said)


def _of_begun(run: TrainingJob) -> Iterator[str]:
    """What there is to say of a run that has trained, sentence by sentence."""
    state, snapshot = run.state, run.snapshot
    yield _("{experiment}.").format(experiment=names.experiment(run.settings.to_dict()))
    if run.settings.normal:
        yield _("It learns from {classes} only; all other classes are odd to it.").format(classes=run.settings.normal)
    if snapshot is not None:
        if state == "diverged":
            yield _("It diverged at step {step}; this is the last good state, of step {good}.").format(
                step=f"{snapshot.diverged_at or snapshot.step:,}", good=f"{snapshot.step:,}"
            )
        if state in ("done", "stopped"):
            yield _("{epochs:.1f} epochs in {time}.").format(epochs=snapshot.epoch, time=duration(snapshot.seconds))
        if state == "done" and snapshot.best_epoch is not None:
            early = run.setup is not None and snapshot.epoch < run.setup.total_epochs
            yield (
                _("Stopped early, as the validation loss fell no further; the best, of epoch {epoch:g}, is kept.")
                if early
                else _("The best, of epoch {epoch:g}, is kept.")
            ).format(epoch=snapshot.best_epoch)
    if run.hurried and not run.ended:
        yield _("Others wait, so it goes at full speed.")
    if run.measuring:
        yield of_setup(run.setup)("It is being measured on the test images.")
    if state == "interrupted":
        yield _("It was cut off when its process ended; this is where it stood.")
    yield _silence(run)
    if run.error:
        yield _(run.error)


def of_classifier(job: ClassifierJob, engine: Engine) -> Status:
    """Where a classifier on a run's code stands.

    Args:
        job: Its job.
        engine: The engine.
    """
    state, found = job.state, job.result
    _ = of_dataset(job.settings.dataset)
    networks = {"code": _("On the code"), "pixels": _("On pixels"), "pca": _("On PCA")}
    if state == "queued":
        return state, names.state(state), _waiting(job, engine)
    if state == "failed":
        return state, names.state(state), _(job.error or "")
    if state == "stopped":
        return state, names.state(state), _(job.error or "Nothing of it is kept.")
    if found is not None:
        return (
            state,
            names.state("done"),
            _("Labelled images: {count}; epochs: {epochs}; time: {time}.").format(
                count=f"{found.labels:,}", epochs=found.epochs, time=duration(found.seconds)
            ),
        )
    if job.snapshot is None:
        return "starting", names.state("starting"), _progress(job.progress)
    return (
        "running",
        names.state("running"),
        in_a_row(
            _("{name}: epoch {epoch} of {epochs}").format(
                name=networks[job.snapshot.name],
                epoch=f"{job.snapshot.epoch:.1f}",
                epochs=job.snapshot.epochs,
            ),
            _silence(job),
        ),
    )


def of_engine(engine: Engine, recording: Setup | None) -> Status:
    """What to say before anything is trained.

    Args:
        engine: The engine.
        recording: The setup message of the recording that plays, or None.
    """
    status = engine.status
    if status == "failed":
        return "failed", names.state("failed"), _(engine.status_text)
    ready = _("Press Start to train your own.")
    if status != "ready":
        ready = _("The training processes are warming up; you can press Start already.")
    if recording is None:
        ready = in_a_row(_("There is no recording of this variant yet."), ready)
        return ("done", _("Ready"), ready) if status == "ready" else ("starting", _("Warming up"), ready)
    tone, word, experiment = of_recording(recording)
    return tone, word, in_a_row(experiment, ready)


def of_recording(recording: Setup) -> Status:
    """What to say of a recording where nothing can be trained.

    Args:
        recording: Its setup message.
    """
    return "recording", _("Recording"), _("{experiment}.").format(experiment=names.experiment(recording.settings))


def _silence(job: Job) -> str:
    if not job.silent:
        return ""
    return _("Its worker has given no sign of life for {time}; the run goes on by itself once it does.").format(
        time=duration(job.silent)
    )


def _waiting(job: Job, engine: Engine) -> str:
    if engine.status in ("starting", "warming"):
        return _("The training processes are warming up; this run starts by itself.")
    place = _("{place} in the queue").format(place=ordinal(job.position or 1))
    if job.expected_wait is None or job.expected_wait < LEAST_WAIT:
        return _("{place}.").format(place=place)
    return _("{place}, about {time}.").format(place=place, time=duration(job.expected_wait))


def _progress(progress: Progress | None) -> str:
    if progress is None:
        return _("A worker takes over.")
    return _(progress.text) + (f" · {100 * progress.share:.0f} %" if progress.share is not None else " …")
