"""Contenders in processes of their own that take turns, so that what disturbs the machine disturbs them all alike."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, Self

from ae_core.folders import ROOT

PATIENCE = 30.0  # seconds for a process to end by itself


class ContenderError(RuntimeError):
    """A contender that could not do its part. The message is one sentence, the log's last lines behind it."""


class Contender:
    """A process that does one round of work whenever it is told to, see `contenders.serving`; it works from `with` on.

    Args:
        name: For messages.
        command: What to run after the interpreter, `("-m", "ae_core.bench.contenders.ours")` for one.
        given: Plain values that it begins with.
        python: Interpreter; by default this one.
        environment: Variables that it has besides those of this process. Default: none.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        given: Mapping[str, Any],
        python: str = sys.executable,
        environment: Mapping[str, str] = MappingProxyType({}),
    ):
        self.name, self._command, self._given, self._python = name, tuple(command), dict(given), python
        self._environment = dict(environment)
        self.beginning: dict[str, float] = {}

    def __enter__(self) -> Self:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            [self._python, *self._command, json.dumps(self._given)],
            env=os.environ | {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"} | self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        try:
            self.beginning = self._answer()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()  # a closed input is the sign to end
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def round(self, **wishes: Any) -> dict[str, float]:
        """One round; what it says of it, `seconds` among it.

        Raises:
            ContenderError: If it fails.
        """
        if self._process.stdin is None:
            raise ContenderError(f"{self.name} has no input.")
        try:
            self._process.stdin.write(json.dumps(wishes) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # `_answer` says why it ended
        return self._answer()

    def _answer(self) -> dict[str, float]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            self._process.wait(PATIENCE)
            self._log.seek(0)
            raise ContenderError(f"{self.name} ended: {' / '.join(self._log.read().splitlines()[-3:])}")
        return json.loads(line)


def take_turns(
    contenders: Sequence[Contender], rounds: int, wishes: Sequence[Mapping[str, Any]] = ()
) -> list[list[dict[str, float]]]:
    """Rounds of all contenders in turn, forwards and backwards by turns, so that none always comes after the same one.

    Args:
        contenders: They have begun; the same one may stand there twice, with other wishes.
        rounds: How many, at least 1.
        wishes: What each is told in its rounds; by default nothing.

    Returns:
        What each said, round by round.
    """
    said: list[list[dict[str, float]]] = [[] for _ in contenders]
    places = list(range(len(contenders)))
    for turn in range(rounds):
        for place in places if turn % 2 == 0 else places[::-1]:
            said[place].append(contenders[place].round(**(wishes[place] if wishes else {})))
    return said
