"""The command line in the language of whoever sits at it."""

import pytest

from ae_core.__main__ import main
from ae_core.translation import of_terminal


def test_the_system_or_a_variable_says_the_language(monkeypatch):
    for name in ("AE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert of_terminal() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert of_terminal() == "zh"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert of_terminal() == "en"
    monkeypatch.setenv("AE_LANGUAGE", "zh")
    assert of_terminal() == "zh"


def test_commands_are_explained_and_settings_refused_in_it(monkeypatch, capsys):
    monkeypatch.setenv("AE_LANGUAGE", "zh")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "训练一个自编码器并输出它的数值" in capsys.readouterr().out
    assert main(["train", "--variant", "sparse", "--dataset", "digits", "--set", "learning_rate=7"]) == 2
    assert "learning_rate 必须是 0.000001 到 1 之间的数。收到：'7'。" in capsys.readouterr().err
