"""The command `stop`: the host ends a run, whosever it is."""

import argparse
import sys
import time
from typing import Any

from ae_core.engine import HALTED, Requests
from ae_core.errors import DataError
from ae_core.runs import RunStore

HEARD = 10.0  # seconds in which the app hears it
ENDED = 30.0  # seconds in which its worker ends the run
PAUSE = 0.1


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    stop = commands.add_parser("stop", help="end a run of the app on this machine; its last state is kept")
    stop.add_argument("id", metavar="RUN", help="see: python -m ae_core runs --all; after -- if it begins with -")
    stop.set_defaults(run=_stop)


def _stop(given: argparse.Namespace) -> int:
    store = RunStore()
    run = store.open(given.id)
    if run.ended and run.state != "interrupted":
        raise DataError(f"The run {run.id} has ended already ({run.state}).")
    requests = Requests(store.folder)
    requests.leave(run.id)
    end = time.monotonic() + HEARD
    try:
        while run.id in requests.waiting() and time.monotonic() < end:
            time.sleep(PAUSE)
    finally:  # whoever interrupts this does not want an app to hear of it some other day
        unheard = requests.take_back(run.id)
    if unheard:
        return _end_unheard(store, run.id)
    end = time.monotonic() + ENDED
    while not (ended := store.open(run.id).ended) and time.monotonic() < end:
        time.sleep(PAUSE)
    print(f"{run.id}: {'stopped; its last state is kept' if ended else 'told to stop, and has not ended yet'}")
    return 0 if ended else 1


def _end_unheard(store: RunStore, run_id: str) -> int:
    """Ends a run that no app looks after, or says who does."""
    try:
        store.end(run_id, "stopped", HALTED)
    except DataError:
        print(
            f"ae_core: nothing listens: the run {run_id} is trained by another program than the app, or the app hangs.",
            file=sys.stderr,
        )
        return 1
    print(f"{run_id}: no app listens, and nothing trained it; it will not go on any more")
    return 0
