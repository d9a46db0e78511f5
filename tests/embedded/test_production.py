"""`make up`: the production processes against somebody's own servers."""

import os
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from orchestrator.embedded.ports import free_port
from orchestrator.embedded.stack import QUEUES
from tests.embedded.conftest import ROOT
from tests.embedded.observing import alive, until
from tests.processes import environment

COMMAND = [sys.executable, "-m", "orchestrator.embedded.production"]


def production(data: Path, **more: str) -> dict[str, str]:
    return environment(
        COUNTERSIGN_MODE="production",
        COUNTERSIGN_DATA=str(data),
        SECRET_KEY=uuid.uuid4().hex * 2,
        CREDENTIALS_KEY=Fernet.generate_key().decode(),
        ALLOWED_HOSTS="127.0.0.1",
        PLAIN_HTTP="true",
        STATIC_ROOT=str(data / "static"),
        WEB_PROCESSES="1",
        **more,
    )


def carriers_of(mark: str) -> list[int]:
    """Give every process that was started, at whatever remove, with the mark in its environment."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            content = environ.read_bytes()
        except OSError:
            continue
        if mark.encode() in content and alive(int(environ.parent.name)):
            found.append(int(environ.parent.name))
    return found


@pytest.mark.django_db(transaction=True)
class TestMain:
    def test_serves_the_site_until_it_is_told_to_stop(self, tmp_path):
        mark, port = uuid.uuid4().hex, str(free_port())
        env = production(tmp_path, TEST_MARK=mark, PORT=port)
        process = subprocess.Popen(COMMAND, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()

            assert f"answers on http://127.0.0.1:{port}" in line
            assert httpx.get(f"http://127.0.0.1:{port}/sign-in/").status_code == 200
            # A queue's worker is a parent and its pool, the web server a parent and its process.
            everything = 2 * len(QUEUES) + 2 + len(("beat", "runner", "watchdog"))
            assert until(lambda: len(carriers_of(mark)) >= everything, within=60)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            process.stdout.close()

        assert process.returncode == 0
        assert until(lambda: not carriers_of(mark)), carriers_of(mark)

    def test_leaves_nothing_behind_when_it_is_killed(self, tmp_path):
        mark = uuid.uuid4().hex
        env = production(tmp_path, TEST_MARK=mark, PORT=str(free_port()))
        process = subprocess.Popen(COMMAND, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()

        process.kill()
        process.wait()
        process.stdout.close()

        assert until(lambda: not carriers_of(mark)), carriers_of(mark)

    def test_says_what_is_missing(self, tmp_path):
        env = production(tmp_path) | {"SECRET_KEY": "", "REDIS_URL": ""}

        done = subprocess.run(
            COMMAND, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )

        assert done.returncode == 1
        assert re.search("needs REDIS_URL, SECRET_KEY in the environment", done.stderr)
        assert os.listdir(tmp_path / "logs") == ["check.log"]
