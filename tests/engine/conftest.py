"""What the tests of the engine share."""

from collections.abc import Iterator

import pytest

from ae_core.engine import Engine
from ae_core.ownership import holds
from tests.engine.trainings import ME, STRANGER
from tests.waiting import until


@pytest.fixture
def engine(warm_engine: Engine) -> Iterator[Engine]:
    """The engine of these tests; whatever a test leaves running is stopped after it."""
    yield warm_engine
    for job in warm_engine.jobs():
        if not job.ended and not job.elsewhere:
            warm_engine.command(job.id, ME if holds(ME, job.owner) else STRANGER, "stop")
    until(lambda: all(job.ended or job.elsewhere for job in warm_engine.jobs()))
