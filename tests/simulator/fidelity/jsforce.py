"""jsforce as a child process: a request a line in, an answer a line out."""

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECONDS = 30


class JsforceError(Exception):
    """What jsforce threw."""

    def __init__(self, thrown: dict[str, Any]) -> None:
        super().__init__(thrown.get("message"))
        self.name: str | None = thrown.get("name")
        self.code: str | None = thrown.get("errorCode")
        self.message: str | None = thrown.get("message")
        self.data: Any = thrown.get("data")


def missing() -> str | None:
    """Return what has to be installed before jsforce can run, or None."""
    if shutil.which("node") is None:
        return "Node.js is not installed: install nodejs and npm (18 or later) and run make test."
    if not (HERE / "node_modules" / "jsforce").is_dir():
        return "jsforce is not installed: run scripts/test_tools.sh (it runs npm ci here)."
    return None


class Jsforce:
    """A running driver; stop it when done."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "driver.mjs"), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def do(self, name: str, **arguments: Any) -> Any:
        """
        Return what jsforce answers.

        :raises JsforceError: if it throws
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": name, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._answers.get(timeout=SECONDS))
        if "error" in answer:
            raise JsforceError(answer["error"])
        return answer["result"]

    def stop(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
