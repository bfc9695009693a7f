"""The inside of a contender's process: one round of work for each line that it is sent."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Given = Mapping[str, Any]
"""What a contender is told at its start: the JSON object of its first argument."""

Said = dict[str, float]
"""What it says of its start, or of a round: numbers by name."""

Round = Callable[..., Said]


def serve(begin: Callable[[Given], tuple[Said, Round]]) -> None:
    """Answers every line of standard input with a line of JSON, until the input ends.

    Args:
        begin: Called with the JSON object of the first argument. It loads, compiles and warms up, and returns what is
            to be said of that, and the function that does a round, which each line's object is given to.
    """
    # Whatever a library prints belongs to the log: the other side reads nothing but answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    said, one_round = begin(json.loads(sys.argv[1]))
    while True:
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        line = sys.stdin.readline()
        if not line:
            return
        begun = time.process_time()
        said = one_round(**json.loads(line))
        said["processor_seconds"] = time.process_time() - begun  # tells whether others took the processor meanwhile
