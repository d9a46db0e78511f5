"""The descriptions of Countersign's own processes."""

import http.server
import threading

from orchestrator.celery import app
from orchestrator.embedded import stack
from orchestrator.embedded.ports import LOOPBACK, free_port


class TestWorkers:
    def test_has_a_worker_for_every_queue_of_the_application(self):
        queues = app.conf.task_queues

        assert {spec.name for spec in stack.workers({})} == {f"worker-{name}" for name in queues}

    def test_makes_a_queue_wider_when_told(self, monkeypatch):
        monkeypatch.setenv("WORKERS_COMMIT", "4")

        argv = {spec.name: list(spec.argv) for spec in stack.workers({})}

        assert argv["worker-commit"][argv["worker-commit"].index("--concurrency") + 1] == "4"
        assert argv["worker-timers"][argv["worker-timers"].index("--concurrency") + 1] == "1"


class TestResponds:
    def test_takes_any_answer_for_life(self):
        server = http.server.HTTPServer((LOOPBACK, 0), http.server.BaseHTTPRequestHandler)
        thread = threading.Thread(target=server.handle_request)
        thread.start()

        assert stack.responds(f"http://{LOOPBACK}:{server.server_port}/")
        thread.join()
        server.server_close()

    def test_takes_silence_for_none(self):
        assert not stack.responds(f"http://{LOOPBACK}:{free_port()}/")
