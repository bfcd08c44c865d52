"""Every setting of Quietroom, read from the environment only (docs/settings.md lists them)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from accounts.languages import OF_PAGES
from config.environment import Environment
from config.logging import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

MODE = env.choice("MODE", ("production", "development", "test"), default="production")
DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY", default="")
PUBLIC_URL = env.text("PUBLIC_URL", default="http://localhost:8000")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.names("TRUSTED_PROXIES")
BEHIND_TLS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "daphne",
    "config",
    "compliance",
    "sessions_app",
    "office",
    "consent",
    "groups",
    "accounts",
    "audit",
    "crypto",
    "django_otp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ResponseHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "audit.middleware.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "config.forms.FormRenderer"

DATABASE_POOL = env.number("DATABASE_POOL", default=0)
DATABASES = {
    "default": env.database("DATABASE_URL", pool=DATABASE_POOL),
    "owner": env.database("DATABASE_OWNER_URL", default="DATABASE_URL"),
    "audit_denials": env.database("DATABASE_URL", pool=DATABASE_POOL),
    "audit_reader": env.database("AUDIT_READER_URL", default="DATABASE_URL"),
    "audit_sequencer": env.database("AUDIT_SEQUENCER_URL", default="DATABASE_URL"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["accounts.passwords.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

FIELD_KEY = env.secret("FIELD_KEY", default="")
BLIND_INDEX_KEY = env.secret("BLIND_INDEX_KEY", default="")
TICKET_SIGNING_KEY = env.secret("TICKET_SIGNING_KEY", default="")
TICKET_VERIFY_KEY = env.secret("TICKET_VERIFY_KEY", default="")
AUDIT_SIGNING_KEY = env.secret("AUDIT_SIGNING_KEY", default="")
SEALING_KEY = env.secret("SEALING_KEY", default="")
SEALING_CERTIFICATE = env.text("SEALING_CERTIFICATE", default="")
AUDIT_ANCHORS = env.secret("AUDIT_ANCHORS", default="")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_TLS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=24).total_seconds())
SIGN_IN_IDLE = {"staff": timedelta(minutes=15), "participant": timedelta(minutes=60)}
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = int(timedelta(days=730).total_seconds()) if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
# Browsers send "Origin: null" with a form under no-referrer, and the CSRF check refuses that.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

REDIS_URL = env.text("REDIS_URL", default="")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"},
}
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

RELAY_BIND = env.names("RELAY_BIND", default=("127.0.0.1",))
RELAY_ADDRESS = env.names("RELAY_ADDRESS", default=("127.0.0.1",))
RELAY_PORT = env.number("RELAY_PORT", default=5004)
RELAY_METRICS = env.text("RELAY_METRICS", default="")
RELAY_ENGINE = env.choice("RELAY_ENGINE", ("auto", "fast", "reference"), default="auto")
RELAY_CACHE = env.text("RELAY_CACHE", default="~/.cache/quietroom/relay")
TURN_URL = env.names("TURN_URL")
TURN_SECRET = env.secret("TURN_SECRET", default="")

MAIL_URL = env.text("MAIL_URL", default="")
MAIL_DIR = env.text("MAIL_DIR", default="")

STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "config.static.StaticFiles",
    },
}

LOGGING = logging_settings(env.text("LOG_LEVEL", default="INFO"))

LANGUAGE_CODE = "en"
LANGUAGES = [(language.code, language.name) for language in OF_PAGES]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
