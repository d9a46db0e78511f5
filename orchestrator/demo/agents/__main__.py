"""Run one example agent: `python -m orchestrator.demo.agents stuck-deals --address …`."""

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from orchestrator.demo.agents import ears
from orchestrator.demo.agents.client import Countersign
from orchestrator.demo.agents.deal_desk import DealDesk
from orchestrator.demo.agents.lead_hygiene import LeadHygiene
from orchestrator.demo.agents.stuck_deals import StuckDeals
from orchestrator.demo.agents.worker import ExampleAgent

AGENTS: dict[str, type[ExampleAgent]] = {
    "stuck-deals": StuckDeals,
    "lead-hygiene": LeadHygiene,
    "deal-desk-agent": DealDesk,
}
# The key comes by the environment: an argument would stand in every process list.
KEY_VARIABLE = "COUNTERSIGN_AGENT_KEY"
SIGNING_VARIABLE = "COUNTERSIGN_WEBHOOK_SECRET"


def main() -> None:
    """Start the agent and run it until a signal says stop."""
    parser = argparse.ArgumentParser(description="One of the example agents.")
    parser.add_argument("agent", choices=sorted(AGENTS))
    parser.add_argument("--address", required=True, help="where Countersign answers")
    parser.add_argument("--report", required=True, type=Path, help="CSV with a column Id")
    parser.add_argument("--pause", type=float, default=15.0, help="seconds between rounds")
    parser.add_argument("--per-round", type=int, default=4, help="records looked at per round")
    parser.add_argument("--listen", type=int, default=0, help="port where it is told outcomes")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if given.listen:
        ears.listen(port=given.listen, secret=os.environ[SIGNING_VARIABLE])
    client = Countersign(address=given.address, key=os.environ[KEY_VARIABLE])
    agent = AGENTS[given.agent](client=client, report=given.report, per_round=given.per_round)
    agent.run(pause=given.pause, stop=stop)


if __name__ == "__main__":
    main()
