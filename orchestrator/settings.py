"""Settings, read from the environment once; production refuses to start without what it needs."""

import re
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from orchestrator.limits import limits
from orchestrator.sign_in_settings import *  # noqa: F403 - one table of settings, two files

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("COUNTERSIGN_MODE", "production")
MODES = ("production", "demo", "test")
if MODE not in MODES:
    raise ImproperlyConfigured(f"COUNTERSIGN_MODE is {MODE!r}; use one of {', '.join(MODES)}.")
PRODUCTION = MODE == "production"
TESTING = MODE == "test"
DEMO = MODE == "demo"
DEBUG = False

REQUIRED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIALS_KEY", "ALLOWED_HOSTS")
missing = [name for name in REQUIRED if not env.str(name, "")]
if PRODUCTION and missing:
    raise ImproperlyConfigured(
        f"Countersign needs {', '.join(missing)} in the environment. docs/operations.md says what "
        "each of them is. To look around without any set-up, run: make demo"
    )

_version = re.search(r"^## (\d+\.\d+\.\d+)", (BASE_DIR / "docs/changelog.md").read_text(), re.M)
VERSION = _version.group(1) if _version else "0.1.0"

# Keys for demo and tests only: production has refused to start before these could be used.
SECRET_KEY = env.str("SECRET_KEY", "not-secret-demo-and-tests-only-0123456789-abcdefghijklmnop")
CREDENTIALS_KEYS = env.list(
    "CREDENTIALS_KEY", default=["3F3rcqYkq9N4sMZ4nQ0mRX8vM7wY1o2bq5tq8x0vQeE="]
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "guardian",
    "pgtrigger",
    "ninja",
    "orchestrator.web",
    "audit",
    "orchestrator.calendars",
    "orchestrator.timers",
    "orchestrator.live",
    "orchestrator.people",
    "orchestrator.orgs",
    "orchestrator.agents",
    "orchestrator.workflows",
    "orchestrator.oncall",
    "orchestrator.notifications",
    "orchestrator.webhooks",
    "orchestrator.paging",
    "orchestrator.identity",
    "orchestrator.connectors",
    "approvals",
    "orchestrator.commits",
    "orchestrator.rollbacks",
    "orchestrator.reconciliation",
    "orchestrator.observation",
    "orchestrator.duties",
    "orchestrator.chat",
    "orchestrator.onboarding",
    "orchestrator.assurance",
    "orchestrator.gateway",
    "orchestrator.demo",
    "orchestrator",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "orchestrator.identity.headers.SafetyHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "orchestrator.gateway.boundary.AgentBoundaryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orchestrator.web.middleware.SignInRequiredMiddleware",
    "orchestrator.web.local_time.LocalTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "orchestrator.identity.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orchestrator.web.middleware.DomainErrorMiddleware",
    "orchestrator.identity.middleware.StepUpMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every page has words, so none has to ask for what marks them for translation.
            "builtins": ["django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orchestrator.web.context.site",
                "approvals.context.navigation",
                "orchestrator.commits.context.navigation",
            ],
        },
    }
]

ROOT_URLCONF = "orchestrator.urls"
WSGI_APPLICATION = "orchestrator.wsgi.application"
ASGI_APPLICATION = "orchestrator.asgi.application"

DATABASE_URL = env.str("DATABASE_URL", "postgres://postgres@127.0.0.1:1/countersign")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASE_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
# A socket folder in the address is percent-encoded, as in every PostgreSQL URL.
DATABASES["default"]["HOST"] = unquote(str(DATABASES["default"].get("HOST", "")))
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.bool("DATABASE_POOL", False):
    # Only the web process keeps a pool: a worker keeps its one connection (see celery.py).
    DATABASE_OPTIONS["pool"] = {
        "min_size": 2,
        "max_size": env.int("DATABASE_POOL_SIZE", 12),
        "timeout": 10,
    }
elif env.bool("DATABASE_KEEP", False):
    DATABASES["default"]["CONN_MAX_AGE"] = None
if TESTING:
    # Lets the test runner empty the append-only ledger between tests; see audit/models.py.
    DATABASE_OPTIONS["options"] = "-c countersign.allow_truncate=on"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:1/0")
REDIS_CACHE = {
    "BACKEND": "orchestrator.kernel.kept_cache.KeptCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "countersign",
    "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
}
CACHES = {
    "default": REDIS_CACHE,
    "sessions": {
        **REDIS_CACHE,
        "BACKEND": "orchestrator.kernel.forgiving_cache.ForgivingCache",
    },
    # How often somebody tried to sign in.
    "limits": {**REDIS_CACHE, "BACKEND": "orchestrator.identity.limit_cache.LimitCache"},
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = True

STATIC_URL = "/static/"
# Only production collects; elsewhere files are served from where they are.
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE = PRODUCTION and not env.bool("PLAIN_HTTP", False)
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# One request from an agent: 500 proposals with evidence fit in this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
NINJA_PAGINATION_MAX_LIMIT = 200

# Without an SMTP server people are reached on our pages, and through channels of other kinds.
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Countersign <countersign@localhost>")

CELERY_BROKER_URL = REDIS_URL
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "orchestrator.web.logs.SecretFilter"}},
    "formatters": {"line": {"()": "orchestrator.web.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    # It writes down whole addresses, and those of webhooks may hold a secret.
    "loggers": {"httpx": {"level": "WARNING"}},
}

COUNTERSIGN = limits(env, testing=TESTING, mail_enabled=bool(EMAIL_URL) or TESTING)
