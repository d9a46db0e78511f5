"""Start the simulated org: `python -m orchestrator.simulator --port 8100`."""

import argparse
import asyncio
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server.embed import Server

from orchestrator.simulator.app import make_app
from orchestrator.simulator.certificates import Files, make
from orchestrator.simulator.clock import real_now
from orchestrator.simulator.org import Settings

READY_POLL, READY_TRIES = 0.02, 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _options(arguments)
    port = options.port or _free_port(options.host)
    if not _is_free(options.host, port):
        sys.stderr.write(f"Port {port} of {options.host} is taken. Choose another with --port.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="simulated-org-") as folder:
        files = _certificates(options, Path(folder))
        _run(options, port, files)
    return 0


def _certificates(options: argparse.Namespace, folder: Path) -> Files | None:
    return make(folder, host=options.host, at=real_now()) if options.tls else None


def _run(options: argparse.Namespace, port: int, files: Files | None) -> None:
    scheme = "https" if files else "http"
    settings = Settings(
        public_url=options.public_url or f"{scheme}://{options.host}:{port}",
        data=options.data,
        client_id=options.client_id,
        client_secret=options.client_secret or secrets.token_urlsafe(24),
        password=options.password,
        api_limit=options.api_limit,
        jwt_public_key=options.jwt_public_key.read_text() if options.jwt_public_key else "",
    )
    ready = str(port) if options.print_port else f"Simulator ready at {settings.public_url}"
    if files:
        ready = f"{ready}\nCA certificate: {files.authority}"
    asyncio.run(_serve(settings, options.host, port, ready, files))


async def _serve(settings: Settings, host: str, port: int, ready: str, files: Files | None) -> None:
    server = Server(
        make_app(settings),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        ssl_cert=files.certificate if files else None,
        ssl_key=files.key if files else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    saying = asyncio.create_task(_say_when_ready(host, port, ready))
    await serving
    saying.cancel()


async def _say_when_ready(host: str, port: int, text: str) -> None:
    for _ in range(READY_TRIES):
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(READY_POLL)
            continue
        writer.close()
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestrator.simulator",
        description="A Salesforce org to develop and test against.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--data", default=":memory:", help="SQLite file; default: keep nothing")
    parser.add_argument("--public-url", default="", help="what clients call the org")
    parser.add_argument("--client-id", default=_from_environment("CLIENT_ID", "countersign"))
    parser.add_argument(
        "--client-secret", default=_from_environment("CLIENT_SECRET"),
        help="better in SIMULATOR_CLIENT_SECRET; without one, client credentials do not work",
    )  # fmt: skip
    parser.add_argument(
        "--password", default=_from_environment("PASSWORD"),
        help="every user's password, better in SIMULATOR_PASSWORD; without one, none works",
    )  # fmt: skip
    parser.add_argument("--jwt-public-key", type=Path, help="PEM file, for the JWT bearer flow")
    parser.add_argument("--api-limit", type=int, default=100_000, help="calls allowed a day")
    parser.add_argument(
        "--tls", action="store_true",
        help="serve https by a certificate of a throw-away CA, and print the path of its file",
    )  # fmt: skip
    parser.add_argument("--print-port", action="store_true", help="print the port when ready")
    return parser.parse_args(arguments)


def _from_environment(name: str, default: str = "") -> str:
    return os.environ.get(f"SIMULATOR_{name}", default)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # The server itself shares its port with whoever asks, so ask for it alone first.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
