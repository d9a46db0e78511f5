"""Free ports."""

import socket

from orchestrator.embedded.ports import LOOPBACK, answers, free_port


class TestFreePort:
    def test_is_the_preferred_one_if_nobody_holds_it(self):
        wanted = free_port()

        assert free_port(wanted) == wanted

    def test_is_another_if_somebody_does(self):
        with socket.create_server((LOOPBACK, 0)) as server:
            taken = server.getsockname()[1]

            assert free_port(taken) not in (0, taken)


class TestAnswers:
    def test_tells_a_listening_port_from_a_free_one(self):
        with socket.create_server((LOOPBACK, 0)) as server:
            assert answers(server.getsockname()[1])
        assert not answers(free_port())
