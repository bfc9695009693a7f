"""What stands in the small files of a stored run."""

from typing import Annotated

from msgspec import Meta, Struct

from ae_core.messages.values import (
    FINGERPRINT,
    LONGEST_ERROR,
    LONGEST_TITLE,
    Amount,
    Count,
    Line,
    Origin,
    Positive,
    RunId,
    Scalars,
    Settings,
    State,
    Time,
)


class RunAbout(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`run.json`: what was asked for, by whom, and what a person says of it.

    Args:
        format: Version of the files.
        settings: The experiment's plain values by name.
        title: What a person calls it, or an empty text.
        pinned: Whether it is kept whatever its age.
        owner: Fingerprint of the token of the person who may command it, or None.
        origin: How it came about.
        twin_of: Id of the run that it is to be compared with, or None.
        sweep: Id that the runs of one sweep share, or None.
        created: When it was stored.
    """

    format: Positive
    settings: Settings
    title: Annotated[str, Meta(max_length=LONGEST_TITLE)]
    pinned: bool
    owner: Annotated[str, Meta(pattern=FINGERPRINT)] | None
    origin: Origin
    twin_of: RunId | None
    sweep: RunId | None
    created: Time


class RunStatus(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`status.json`: where a stored run stands.

    Args:
        format: Version of the files.
        state: Where it stands.
        started: When its training began, or None.
        finished: When it ended, or None.
        updated: When this was written.
        error: Why it failed, one sentence, or None.
        attempts: How many times a process began to train it.
        setbacks: Processes that have died over it since it last got further.
        step: Steps done.
        epoch: Epochs done.
        seconds: Seconds of training.
        total_steps: Steps to do; None before the training has begun, like the next ones.
        total_epochs: Epochs to do.
        device: What it trains on, or an empty text.
        backend: Keras's backend, or an empty text.
        parameters: Numbers that are learnt.
        code_size: Numbers in the code.
        numbers: The newest snapshot's numbers by name, with `loss` and `val_loss`.
        test: Numbers on the test set by name; empty before the end.
        size: Bytes that it takes.
    """

    format: Positive
    state: State
    started: Time | None
    finished: Time | None
    updated: Time
    error: Annotated[str, Meta(max_length=LONGEST_ERROR)] | None
    attempts: Count
    setbacks: Count = 0
    step: Count
    epoch: Amount
    seconds: Amount
    total_steps: Count | None
    total_epochs: Count | None
    device: Line
    backend: Annotated[str, Meta(max_length=40)]
    parameters: Count | None
    code_size: Count | None
    numbers: Scalars
    test: Scalars
    size: Count
