"""Settings: all from the environment, safe by default. docs/configuration.md lists every variable.

Without any variable this is development mode: it answers on this machine only, keeps its data, mail and a
random secret key in `.data/`, and uses the embedded engines. `PEERLADDER_ENV=production` refuses to start
until everything that production needs is named.
"""

import sys
from datetime import timedelta
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from config import embedded, logs
from config.cache import cache_beside

BASE_DIR = embedded.BASE_DIR
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

env = Env(eager=False)  # collects every mistake; `seal` below reports them together

PRODUCTION = (
    env.str("PEERLADDER_ENV", "development", validate=validate.OneOf(["production", "development"]))
    == "production"
)
DATA = embedded.data_dir()
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 0)
BROKER_URL = env.str("BROKER_URL", "")
CACHE_URL = env.str("CACHE_URL", "")
MAIL = env.dj_email_url("EMAIL_URL", "console://")
MAIL_TO_FILES = not env.str("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Peerladder <no-reply@localhost>")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
MEDIA_ROOT = env.str("MEDIA_ROOT", "") or str(DATA / "media")
# Development serves static files from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", "") or (str(DATA / "static") if PRODUCTION else None)
HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str(
    "LOG_FORMAT", "json" if PRODUCTION else "console", validate=validate.OneOf(["json", "console"])
)
API_RATE_ANONYMOUS = env.str("API_RATE_ANONYMOUS", "60/minute")
API_RATE_NETWORK = env.str("API_RATE_NETWORK", "600/minute")
API_RATE_USER = env.str("API_RATE_USER", "600/minute")
EVIDENCE_MAX_MB = env.int("EVIDENCE_MAX_MB", 10, validate=validate.Range(min=1, max=100))
SIGNING_KEY = env.str("SIGNING_KEY", "")
SIGNING_KEYS_RETIRED: list[str] = env.list("SIGNING_KEYS_RETIRED", [])
IMPORT_MAX_MB = env.int("IMPORT_MAX_MB", 50, validate=validate.Range(min=1, max=500))
env.seal()
EVIDENCE_MAX_BYTES = EVIDENCE_MAX_MB * 1_000_000
IMPORT_MAX_BYTES = IMPORT_MAX_MB * 1_000_000

if PRODUCTION:
    wanted = {
        "SECRET_KEY": (len(SECRET_KEY) >= 50, "a random text of at least 50 characters"),
        "ALLOWED_HOSTS": (
            bool(ALLOWED_HOSTS) and "*" not in ALLOWED_HOSTS,
            "the host names served, comma-separated",
        ),
        "PUBLIC_URL": (PUBLIC_URL.startswith("https://"), "the address people open, https://…"),
        "DATABASE_URL": (bool(DATABASE_URL), "an external PostgreSQL; the embedded one is for development"),
        "BROKER_URL": (bool(BROKER_URL), "an external Valkey, Redis or RabbitMQ"),
        "CACHE_URL": (
            bool(CACHE_URL) or not BROKER_URL or BROKER_URL.startswith("redis"),
            "redis://…, because the broker cannot serve as the cache",
        ),
        "EMAIL_URL": (not MAIL_TO_FILES, "where mail is sent, smtp://… or submission://…"),
        "DEBUG": (not DEBUG, "off: it shows settings and data to visitors"),
    }
    if refused := [f"  {name} must be {need}" for name, (good, need) in wanted.items() if not good]:
        raise ImproperlyConfigured("Peerladder does not start in production mode:\n" + "\n".join(refused))
else:
    if foreign := set(ALLOWED_HOSTS) - {*LOOPBACK_HOSTS, "testserver"}:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS names {', '.join(sorted(foreign))}, which is not this machine:"
            " set PEERLADDER_ENV=production."
        )
    ALLOWED_HOSTS = ALLOWED_HOSTS or LOOPBACK_HOSTS
    SECRET_KEY = SECRET_KEY or embedded.secret_key()
    PUBLIC_URL = PUBLIC_URL or "http://localhost:8000"

# Applications

OURS = ["accounts", "workers", "certification", "registry", "ladder"]
INSTALLED_APPS = [
    *OURS,
    "config",  # the commands of the demonstration
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "oauth2_provider",
    "django_htmx",
    "django_structlog",
    "csp",
    "pgtrigger",
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "accounts.middleware.no_null_bytes",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PersonMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.chrome",
            ],
        },
    }
]
FORM_RENDERER = "config.forms.UswdsFormRenderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What is chained (see workers.chaining); `verify_ledger` looks at all of it.
CHAINED_FACTS = ["workers.canonical.HOURS", "certification.canonical.CREDENTIALS"]
# Seconds between two wakes that a process sends to the background worker, however much changes.
TRACKING_QUIET = 0.05
# Who is told that a worker's record changed, in this order; each takes worker ids (see workers.tracking).
TRACKING_FOLLOWERS = [
    "certification.courses.accept",
    "certification.progress.refresh",
    "ladder.readiness.refresh",
]

# Who sees to what somebody leaves undone who lost a role in an organisation (see accounts.members).
MEMBERSHIP_FOLLOWERS = ["workers.supervision.membership_ended"]

# Who adds to the menu (see accounts.navigation).
NAVIGATION = [f"{app}.navigation.items" for app in OURS]

# What other apps show on a worker's home, in this order; each takes the worker and returns a mapping with
# `template` and `context`, or None where it has nothing to say.
WORKER_PANELS = ["certification.panels.panel", "ladder.panels.panel"]
# The same beside an entry of the worker's own; each takes the entry.
ENTRY_PANELS = ["certification.panels.entry"]
# What hours may count toward, in this order; each takes a worker and a day (certification.entry_standing).
ENTRY_TARGETS = ["certification.entry_standing.targets", "ladder.targets.targets"]

# What other apps say of an agreement of supervision; each takes the agreement, the reader and what the
# reader chose (the query string), and returns a mapping as above.
AGREEMENT_PANELS = ["certification.supervising_panels.agreement_panel"]

# What other apps show beside the supervision that a worker received; each takes the worker.
SUPERVISION_PANELS = ["certification.supervising_panels.worker_panel"]

# What other apps say of a course to its provider; each takes the course.
COURSE_PANELS = ["certification.course_panel.panel"]

# Stores

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(DATABASE_URL or embedded.database_url()),
        "CONN_HEALTH_CHECKS": True,
        # Web processes share few connections among many threads; a worker process keeps its one.
        "CONN_MAX_AGE": 0 if DATABASE_POOL_SIZE else 60,
    }
}
DATABASE_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
# Only what asks for it is prepared (accounts/prepared.py): never by itself, after so many repeats.
DATABASE_OPTIONS["prepare_threshold"] = sys.maxsize
if DATABASE_POOL_SIZE:
    DATABASE_OPTIONS["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 5,
    }
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingCache",
        "LOCATION": CACHE_URL or (cache_beside(BROKER_URL) if BROKER_URL else embedded.cache_url()),
        "KEY_PREFIX": "peerladder",
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 1},
    }
}
MEDIA_URL = ""  # evidence has no public address: a view hands each file to those who may see it
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# Mail: files in development, so that a link can be read without a mail server

globals().update({name: value for name, value in MAIL.items() if name.startswith("EMAIL_")})
EMAIL_TIMEOUT = 10
if MAIL_TO_FILES:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA / "mail")

# Sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpDetails"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.second_step.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Peerladder"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # passkeys on http://localhost
HEADLESS_CLIENTS = ("app",)  # API clients sign in for a token and send it as X-Session-Token

# Security

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = HSTS_SECONDS if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "worker-src": [SELF],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SystemAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "accounts.schema.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.NewestFirst",
    "DEFAULT_THROTTLE_CLASSES": [
        "accounts.throttles.VisitorThrottle",
        "accounts.throttles.PersonThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": API_RATE_ANONYMOUS,
        "network": API_RATE_NETWORK,
        "user": API_RATE_USER,
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "EXCEPTION_HANDLER": "accounts.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Tokens for connected systems (accounts/clients.py): client credentials only, stored as digests.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "SCOPES_BACKEND_CLASS": "accounts.oauth.OwnScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Peerladder",
    "DESCRIPTION": "Hours, requirements, applications, credentials and ladders of peer support workers.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Where several things have a `status`, each enumeration gets a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStatusEnum": "certification.models.Application.Status",
        "EntryStandingEnum": "certification.api.standing.STANDINGS",
        "CredentialEventKindEnum": "certification.models.CredentialEvent.Kind",
        "CompletionStatusEnum": "workers.models.Completion.Status",
        "CourseKindEnum": "workers.models.Course.Kind",
        "CourseModeEnum": "workers.models.Course.Mode",
        "HoursModeEnum": "workers.words.Mode",
        "SupervisionBasisEnum": "workers.models.supervision.Basis",
        "CredentialStatusEnum": "certification.credentials.Status",
        "LevelRoleEnum": "certification.models.Level.Role",
        "MembershipRoleEnum": "accounts.roles.Role",
        "StatementKindEnum": "workers.models.Statement.Kind",
        "VerdictEnum": "certification.models.progress.Verdict",
    },
}

# Background work. The broker carries wake-ups, never facts: a task may be lost or done twice.

CELERY_BROKER_URL = BROKER_URL or embedded.broker_url()
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 2,  # longer than the second that a worker waits for a message
    "socket_keepalive": True,
    # How often a publisher tries to connect: once more at once, as the first socket may be a stale one.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker however long it is away
CELERY_TASK_PUBLISH_RETRY = False  # a request must not wait for a broker that is down; beat sweeps later
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Each entry expires before the next comes, so that a worker that was away is not met by a heap of them.
CELERY_BEAT_SCHEDULE = {
    "sweep what a lost message left": {
        "task": "workers.tasks.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "go on with files that were cut off": {
        "task": "workers.tasks.work_on_imports",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "send mail that waits": {
        "task": "accounts.tasks.send_mail",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "seal the ledger": {
        "task": "workers.tasks.seal",
        "schedule": crontab(minute=41),
        "options": {"expires": 3000},
    },
    "letters to people without an account": {
        "task": "workers.tasks.write_letters",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "supervision that ends and hours that wait": {
        "task": "workers.tasks.remind",
        "schedule": crontab(minute=22),
        "options": {"expires": 3000},
    },
    "what time alone changes": {
        "task": "certification.tasks.daily",
        "schedule": crontab(minute=7),
        "options": {"expires": 3000},
    },
    "what time alone changes on ladders": {
        "task": "ladder.tasks.daily",
        "schedule": crontab(minute=12),
        "options": {"expires": 3000},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat")

# Logging

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = logs.configuration(level=LOG_LEVEL, style=LOG_FORMAT)
