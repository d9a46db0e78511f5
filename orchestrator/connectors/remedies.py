"""What to do about a refusal of a CRM, for whoever connects it: by its code, else by its class."""

from orchestrator.connectors.errors import ConnectorError, ErrorClass

E = ErrorClass
SETUP = "In Salesforce: Setup, External Client App Manager, your app, Policies"
CLIENT = (
    "Copy the consumer key and the consumer secret of the External Client App again (Setup, "
    "External Client App Manager, your app, Settings, OAuth settings) and enter them here as new "
    "credentials. A new app needs some minutes until it is known."
)
# Said by the words of the refusal, because the code alone stands for many causes.
BY_TEXT = (
    (
        "no client credentials user enabled",
        f"{SETUP}: switch the client credentials flow on and choose the integration user it runs "
        "as.",
    ),
    (
        "hasn't approved this consumer",
        f"{SETUP}: let admin-approved users in, and assign the integration user's permission set.",
    ),
    (
        "request not supported on this domain",
        "Enter the org's own My Domain address (https://<my-domain>.my.salesforce.com).",
    ),
    (
        "ip restricted",
        f"{SETUP}: relax the IP restrictions, or add this server's address to the trusted ranges.",
    ),
    (
        "private key of this org cannot be used",
        "Enter the private key whose certificate the app has, as PEM with its BEGIN and END lines.",
    ),
    (
        "holds no token",
        "Something other than Salesforce answers at this address. Check the My Domain address.",
    ),
)
BY_CODE = {
    "invalid_client": CLIENT,
    "invalid_client_id": CLIENT,
    "invalid_grant": (
        "The app is known and the sign-in is refused. Check the user name, the password or key, "
        "that the user is active, and that the app lets this user in (its policies)."
    ),
    "unsupported_grant_type": (
        f"{SETUP}: switch on the way to sign in that is chosen here, or choose another here."
    ),
    "invalid_request": "Check that the way to sign in chosen here is the one the app allows.",
    "inactive_user": "Activate the integration user in Salesforce, or choose another.",
    "inactive_org": "The org itself is closed or suspended. Ask whoever holds its licence.",
    "invalid_app_access": f"{SETUP}: assign the integration user's permission set to the app.",
    "INVALID_LOGIN": "Check the user name and the password, and that the user is not locked out.",
    "PASSWORD_LOCKOUT": "The user is locked out. Unlock it in Salesforce before you try again.",
    "LOGIN_DURING_RESTRICTED_DOMAIN": "Add this server's address to the profile's login IP ranges.",
    "LOGIN_DURING_RESTRICTED_TIME": "The profile's login hours keep the user out at this time.",
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": "Give the integration user a new password.",
    "API_DISABLED_FOR_ORG": (
        "Give the integration user the permission 'API Enabled'; the edition must include the API."
    ),
    "UNSUPPORTED_API_VERSION": "The org does not speak this API version: connect it with another.",
    "LOGIN_RATE_EXCEEDED": "Too many sign-ins within an hour. Wait for the next one.",
    "INVALID_TYPE": (
        "Assign the permission set of docs/salesforce to the integration user, and check how the "
        "workflow files spell the object."
    ),
    "NOT_FOUND": (
        "Assign the permission set of docs/salesforce to the integration user, and check how the "
        "workflow files spell the object."
    ),
}
BY_CLASS = {
    E.TRANSIENT: (
        "Check that the address is right and that this server may reach it (DNS, firewall, "
        "certificate); if the org is down for maintenance, try again later."
    ),
    E.AUTH: "Enter the credentials again, and check that the integration user may sign in.",
    E.QUOTA: (
        "The org's daily allowance of API calls is used up, by whomever. It comes back within 24 "
        "hours; see in Setup, Company Information, who uses it."
    ),
    E.PERMISSION: "Give the integration user the permission set of docs/salesforce.",
    E.CAPACITY: "Somebody has to free storage, or raise the limit, in Salesforce.",
}
ANYTHING = "Try again in a minute; if it stays, give Salesforce's own words to its administrator."


def remedy_for(error: ConnectorError) -> str:
    """Return what to do, in a sentence or two."""
    text = error.detail.lower()
    for words, remedy in BY_TEXT:
        if words in text:
            return remedy
    return BY_CODE.get(error.crm_code) or BY_CLASS.get(error.error_class) or ANYTHING
