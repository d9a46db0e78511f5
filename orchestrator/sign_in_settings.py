"""Settings of signing in: people, their sessions, second factors, and the directory (SSO, SCIM)."""

import environ

_env = environ.Env()
_mode = _env.str("COUNTERSIGN_MODE", "production")
_plain = _mode != "production" or _env.bool("PLAIN_HTTP", False)

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if _mode == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = _env.int("SESSION_HOURS", 12) * 3600
# Django's sessions in cache and database; when one ends, so do its live streams.
SESSION_ENGINE = "orchestrator.live.sessions"
SESSION_CACHE_ALIAS = "sessions"

# How long a proof of who one is carries what weighs most.
STEP_UP_MINUTES = _env.float("STEP_UP_MINUTES", 15.0)
# Who has to prove it with a second factor: off, staff or everybody.
MFA_REQUIRED = _env.str("MFA_REQUIRED", "off")

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(STEP_UP_MINUTES * 60)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey opens the door alone, so the device has to ask for a finger, a face or its code.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _plain
MFA_TOTP_ISSUER = "Countersign"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Addresses are kept by administrators, nobody confirms them by mail.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The address of a client is the one that the last of so many proxies of ours saw.
ALLAUTH_TRUSTED_PROXY_COUNT = _env.int("TRUSTED_PROXIES", 0)

ACCOUNT_ADAPTER = "orchestrator.identity.accounts_adapter.AccountsAdapter"
MFA_ADAPTER = "orchestrator.identity.factor_adapter.FactorAdapter"

# Signing in with the company's directory (OpenID Connect): off until an issuer is named.
OIDC = {
    "issuer": _env.str("OIDC_ISSUER", "").rstrip("/"),
    "client_id": _env.str("OIDC_CLIENT_ID", ""),
    "client_secret": _env.str("OIDC_CLIENT_SECRET", ""),
    "name": _env.str("OIDC_NAME", "your company account"),
    "create_people": _env.bool("OIDC_CREATE_PEOPLE", False),
    "match_email": _env.bool("OIDC_MATCH_EMAIL", False),
    # It says in its token when somebody signed in there; a proof without that counts for nothing.
    "tells_when": _env.bool("OIDC_TELLS_WHEN", False),
    "groups_claim": _env.str("OIDC_GROUPS_CLAIM", "groups"),
}
SOCIALACCOUNT_ADAPTER = "orchestrator.identity.directory_adapter.DirectoryAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# A directory that closes somebody's account says so here; off until a token is given.
SCIM = {
    "token": _env.str("SCIM_TOKEN", ""),
    # Who of staff answers for it, and takes what somebody has to take.
    "acts_for": _env.str("SCIM_ACTS_FOR", ""),
}
