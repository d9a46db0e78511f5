"""Hanging up."""

import os
import socket

import pytest

from orchestrator.simulator.connections import OWN_FILES, hang_up


@pytest.fixture
def folder() -> str:
    return next(one for one in OWN_FILES if os.path.isdir(one))


class TestHangUp:
    def test_shuts_the_connection_with_that_client_only(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            first, second = (socket.create_connection(server.getsockname()) for _ in "ab")
            ends = [server.accept()[0] for _ in "ab"]

            assert hang_up(first.getsockname())

            assert first.recv(1) == b""
            second.settimeout(0.05)
            with pytest.raises(TimeoutError):
                second.recv(1)
            for one in (first, second, *ends):
                one.close()

    def test_leaves_no_file_open(self, folder):
        before = len(os.listdir(folder))

        for _ in range(20):
            assert not hang_up(("203.0.113.9", 1))

        assert len(os.listdir(folder)) <= before
