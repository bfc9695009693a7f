"""What a worker sends: a message of a training or a classifier, that it begins, and that it has done."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ae_core.messages.classifier import ClassifierSnapshot, ClassifierSummary
from ae_core.messages.training import Progress, Result, Setup, Snapshot


class Started(Struct, kw_only=True, tag="started", tag_field="kind"):
    """A worker begins with a run.

    Args:
        run_id: The run.
        worker: The worker's address.
    """

    run_id: str
    worker: str


class Finished(Struct, kw_only=True, tag="finished", tag_field="kind"):
    """A worker has done with a run.

    Args:
        run_id: The run.
        result: What came out; None if it was stopped before its first step, or failed.
        error: One sentence: why it failed; empty if it did not.
        again: Whether it has made room for others, and waits to go on.
    """

    run_id: str
    result: Result | None = None
    error: str = ""
    again: bool = False


class Kept(Struct, kw_only=True, tag="kept", tag_field="kind"):
    """Whether a run is kept on disk has changed.

    Args:
        run_id: The run.
        problem: One sentence: what is not kept, and why; empty if all is.
    """

    run_id: str
    problem: str


class ClassifierFinished(Struct, kw_only=True, tag="classified", tag_field="kind"):
    """A worker has done with a classifier.

    Args:
        run_id: Its entry in the queue.
        result: What came out; None if it was stopped, or failed.
        error: One sentence: why it failed; empty if it did not.
    """

    run_id: str
    result: ClassifierSummary | None = None
    error: str = ""


WorkerMessage = Setup | Snapshot | ClassifierSnapshot | Progress | Started | Finished | Kept | ClassifierFinished
"""What a worker sends."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(WorkerMessage)


def encode(message: WorkerMessage) -> bytes:
    """A message as it travels."""
    return _encoder.encode(message)


def decode(payload: bytes) -> WorkerMessage:
    """The message that `encode` was given.

    Raises:
        msgspec.ValidationError: If it is none.
    """
    return _decoder.decode(payload)


def plain(message: Struct) -> Mapping[str, Any]:
    """A message as plain values by name, for JSON."""
    return msgspec.to_builtins(message)
