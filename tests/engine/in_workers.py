"""What tests have worker processes do. Workers import this file, so it imports nothing that they have not."""

from collections.abc import Callable

from ae_core.engine import Engine

SECONDS = 0.5


def _keep_often() -> None:
    from ae_core.training import checkpoint

    checkpoint.SECONDS = SECONDS


def _keep_all_weights() -> None:
    from ae_core.runs import weights_film

    weights_film.SHARE = float("inf")


def keep_often(engine: Engine) -> None:
    """Has the workers that there are now keep the state of a run twice a second, so that no test waits long for it."""
    _have_done(engine, _keep_often)


def keep_all_weights(engine: Engine) -> None:
    """Has them keep the weights beside each frame that is written, however short the training and slow the disk."""
    _have_done(engine, _keep_all_weights)


def _have_done(engine: Engine, what: Callable[[], None]) -> None:
    pool = engine._supervisor.pool
    assert pool is not None
    pool.client.run(what)
