"""Connect a Salesforce org; its secret comes from the environment, never as an argument."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.connectors import proofs
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.management.commands.load_workflow import actor_named
from orchestrator.orgs.models import Environment, OrgKind, SignIn
from orchestrator.orgs.operations import connect_org

SECRET_VARIABLE = "SALESFORCE_SECRET"  # noqa: S105 - the name of a variable
SIGN_IN = [choice for choice in SignIn.values if choice != SignIn.NONE]


class Command(BaseCommand):
    help = f"Connect a Salesforce org; {SECRET_VARIABLE} holds its secret or private key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which org, where it is, and how to sign in."""
        parser.add_argument("org", help="the name that workflow files use, such as acme-prod")
        parser.add_argument("--title", default="", help="what people read; the name if left out")
        parser.add_argument("--url", required=True, help="https://acme.my.salesforce.com")
        parser.add_argument("--environment", required=True, choices=Environment.values)
        parser.add_argument("--sign-in", default=SignIn.CLIENT_CREDENTIALS, choices=SIGN_IN)
        parser.add_argument("--client-id", required=True, help="of the External Client App")
        parser.add_argument("--username", default="", help="the integration user, where needed")
        parser.add_argument("--by", default="", metavar="USER", help="who connects it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the connection, then ask the org once whether it answers."""
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise CommandError(f"Put the secret into the environment as {SECRET_VARIABLE}.")
        try:
            org = connect_org(
                slug=options["org"],
                title=options["title"] or options["org"],
                kind=OrgKind.SALESFORCE,
                environment=options["environment"],
                base_url=options["url"],
                sign_in=options["sign_in"],
                client_id=options["client_id"],
                username=options["username"],
                secret=secret,
                by=actor_named(options["by"]),
                at=clock.now(),
            )
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{org.slug} is connected.")
        try:
            connector = connector_for(org)
            connector.describe("Account")
            found = list(proofs.lines(connector))
        except ConnectorError as error:
            # Stored all the same: the org may only be away for the moment.
            self.stderr.write(f"It does not answer yet: {error.detail}")
        else:
            self.stdout.write("\n".join(["It answers.", *found]))
