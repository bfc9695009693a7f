"""What a worker answers when something goes wrong in it."""

import logging

import pytest

from ae_core.engine.answer import Answer, answer


def test_an_unexpected_failure_is_told_in_plain_data(caplog: pytest.LogCaptureFixture) -> None:
    class OddError(Exception):
        pass

    def work() -> None:
        raise OddError("details")

    with caplog.at_level(logging.ERROR):
        said = answer(work, "The training stopped")
    sentence = "The training stopped because of an internal error (OddError); the log has the details."
    assert said == Answer(error=sentence)
    assert "details" in caplog.text and "Traceback" in caplog.text
