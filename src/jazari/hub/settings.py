"""Django's settings, all drawn from the profile. Django translates nothing here: Jazari's own catalogues do."""

from jazari.hub import profile as _profile
from jazari.hub.logs import LOGGING as LOGGING  # noqa: PLC0414  Django reads it here

PROFILE = _profile.read()

DEBUG = False
SECRET_KEY = PROFILE.secret
ALLOWED_HOSTS = list(PROFILE.hosts)
DATABASES = {"default": dict(PROFILE.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "jazari.hub.urls"
APPEND_SLASH = True  # who types an address from paper leaves the last sign out
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Africa/Casablanca"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "jazari.hub.pages",
    "jazari.hub.accounts",
    "jazari.hub.network",
    "jazari.hub.register",
    "jazari.hub.decisions",
    "jazari.hub.objections",
    "jazari.hub.roadmap",
]
MIDDLEWARE = [
    "jazari.hub.pages.middleware.Requests",
    "jazari.hub.pages.middleware.Headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jazari.hub.pages.middleware.Refusals",
    "jazari.hub.pages.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jazari.hub.accounts.middleware.Sessions",
    "jazari.hub.accounts.middleware.Rules",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["jazari.hub.pages.templatetags.words"],
            "context_processors": ["jazari.hub.pages.layout.context"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_AGE = 30 * 60  # of silence; accounts.middleware.Sessions ends a session after ten hours in any case
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jazari.hub.pages.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PROFILE.demo
SECURE_HSTS_SECONDS = 0 if PROFILE.demo else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PROFILE.demo
SECURE_PROXY_SSL_HEADER = None if PROFILE.demo else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A pack may weigh 32 MiB; pages.middleware.Requests refuses a longer request before anything is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_PERMISSIONS = 0o600
