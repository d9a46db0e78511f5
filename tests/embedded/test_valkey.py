"""The embedded Valkey: private, and with its data after a restart."""

import os
import signal
import socket
import stat

import redis

from orchestrator.embedded.valkey import running_valkey
from tests.embedded.observing import alive, until


class TestRunningValkey:
    def test_keeps_strangers_out(self, tmp_path):
        with (
            running_valkey(tmp_path) as server,
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger,
        ):
            stranger.sendall(b"PING\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")

        written = tmp_path / "valkey/valkey.conf"
        assert stat.S_IMODE(written.stat().st_mode) == 0o600

    def test_has_its_data_after_a_kill_and_another_start(self, tmp_path):
        with running_valkey(tmp_path) as first:
            redis.Redis.from_url(first.url_of(5)).set("word", "kept")
            os.kill(first.process_id, signal.SIGKILL)
            assert until(lambda: not alive(first.process_id))

        with running_valkey(tmp_path) as second:
            assert redis.Redis.from_url(second.url_of(5)).get("word") == b"kept"
            assert redis.Redis.from_url(second.url).get("word") is None
