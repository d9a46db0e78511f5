"""The project's settings, read after the servers that they name are there."""

from tests import embedded_services

embedded_services.provide()

from orchestrator.settings import *  # noqa: E402, F403 - reading them needs the servers' addresses
