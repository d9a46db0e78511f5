"""The linter and the formatter have nothing to say."""

from tests.architecture.tools import run_tool


def test_no_rule_is_broken():
    done = run_tool("-m", "ruff", "check", ".")

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_is_formatted():
    done = run_tool("-m", "ruff", "format", "--check", ".")

    assert done.returncode == 0, done.stdout + done.stderr
