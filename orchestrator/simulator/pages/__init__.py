"""Pages for people: what a record looks like to somebody at work in the CRM."""

from orchestrator.simulator.pages.routes import ROUTES

__all__ = ["ROUTES"]
