"""CRM orgs: where a connection leads and what it signs in with."""

from django.db import models

from orchestrator.orgs.encryption import EncryptedTextField


class OrgKind(models.TextChoices):
    SALESFORCE = "salesforce", "Salesforce"
    CONTROL = "control", "Countersign's own configuration"


class SignIn(models.TextChoices):
    CLIENT_CREDENTIALS = "client_credentials", "OAuth client credentials"
    JWT_BEARER = "jwt_bearer", "OAuth JWT bearer"
    PASSWORD = "password", "OAuth user name and password"
    NONE = "none", "None"


class Environment(models.TextChoices):
    DEVELOPMENT = "dev", "Development"
    STAGING = "staging", "Staging"
    PRODUCTION = "prod", "Production"


class Org(models.Model):
    """One connection to a system of record."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=OrgKind)
    environment = models.CharField(max_length=10, choices=Environment)
    base_url = models.URLField(blank=True, default="")
    sign_in = models.CharField(max_length=20, choices=SignIn, default=SignIn.NONE)
    client_id = models.CharField(max_length=200, blank=True, default="")
    username = models.CharField(max_length=200, blank=True, default="")
    # Client secret, password or private key, by the kind of sign-in; never shown again.
    secret = EncryptedTextField(blank=True, default="")
    api_version = models.CharField(max_length=8, default="64.0")

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="salesforce_org_has_an_address",
                condition=~models.Q(kind=OrgKind.SALESFORCE) | ~models.Q(base_url=""),
            ),
        ]
