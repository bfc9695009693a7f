"""What tests have worker processes do. Workers import this file, so it imports nothing that they have not."""

from ae_core.engine import Engine

SECONDS = 0.5


def _keep_often() -> None:
    from ae_core.training import checkpoint

    checkpoint.SECONDS = SECONDS


def keep_often(engine: Engine) -> None:
    """Has the workers that there are now keep the state of a run twice a second, so that no test waits long for it."""
    pool = engine._supervisor.pool
    assert pool is not None
    pool.client.run(_keep_often)
