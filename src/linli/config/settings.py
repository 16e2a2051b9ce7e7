# SPDX-License-Identifier: MulanPSL-2.0
"""All settings of Linli: one typed reading of the environment, then Django's names."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("LINLI_HOME") or ROOT / ".linli").resolve()


def text(name: str, default: str = "") -> str:
    """The environment variable `name`, or the default when it is absent or empty."""
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable: 1 or 0. Anything else is refused with a sentence."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 for yes or 0 for no.")
    return value == "1" if value else default


def number(name: str, default: int) -> int:
    """A whole number from the environment."""
    value = os.environ.get(name, "")
    if value and not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number such as {default}.")
    return int(value) if value else default


def one_of(name: str, default: str, *others: str) -> str:
    """One of a few words from the environment, the first when it is absent. Anything else is refused with a sentence."""
    value = text(name, default)
    if value not in (default, *others):
        raise ImproperlyConfigured(f"{name} is {value!r}; write one of {', '.join((default, *others))}.")
    return value


def secrets() -> dict[str, Any]:
    """What the launcher keeps in secrets.json: Django's key, field keys, the index key."""
    path = Path(text("LINLI_SECRET_FILE", str(HOME / "secrets.json")))
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    raise ImproperlyConfigured(f"No keys at {path}. Run ./linli up once: it makes them.")


POOL = {"min_size": 1, "max_size": number("LINLI_POOL", 8), "timeout": 5, "reconnect_timeout": 4}
"""A request waits at most 5 s for a database that is away and is told so; attempts to reach it start anew with each request instead of ever more rarely."""


def database(url: str, pooled: bool) -> dict[str, Any]:
    """Django's settings for one `postgresql://user:password@host:port/name?host=/socket` address."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"pool": POOL} if pooled else {}
    options |= {key: value for key, value in query.items() if key != "host"}
    return {
        "ENGINE": "linli.core.postgres",
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "TEST": {"NAME": f"linli_test_{os.getpid()}"},
    }


SECRETS = secrets()
SECRET_KEY = SECRETS["django"]
DEBUG = flag("LINLI_DEBUG")
TESTING = flag("LINLI_TESTING")
AS_OWNER = flag("LINLI_AS_OWNER")
STRICT_SIGHT = DEBUG or TESTING
SECRET_FILE = Path(text("LINLI_SECRET_FILE", str(HOME / "secrets.json")))
KEYS = {"keys": SECRETS["keys"], "index": SECRETS["index"], "current": SECRETS.get("current"), "suite": text("LINLI_CIPHER", "aes-gcm")}
SEAL_ALGORITHM = text("LINLI_SEAL_DIGEST", "sha256")
DEMO_PASSWORD = SECRETS.get("demo_password", "")
DEMO_OPEN = flag("LINLI_DEMO_OPEN")

APP_URL = text("LINLI_DATABASE_URL")
OWNER_URL = text("LINLI_DATABASE_OWNER_URL", APP_URL)
REPORT_URL = text("LINLI_DATABASE_REPORT_URL", APP_URL)
if not APP_URL:
    raise ImproperlyConfigured("LINLI_DATABASE_URL is not set. Start Linli by ./linli, which sets it.")
DATABASES = {"default": database(OWNER_URL if AS_OWNER else APP_URL, pooled=not AS_OWNER)}
ROLES = {name: database(url, pooled=False)["USER"] for name, url in (("owner", OWNER_URL), ("app", APP_URL), ("report", REPORT_URL))}

INSTALLED_APPS = [
    "linli.core",
    "linli.ui",
    "linli.elements",
    "linli.matters",
    "linli.ledgers",
    "linli.measures",
    "linli.titles",
    "linli.doors",
    "linli.desk",
    "linli.pocket",
    "linli.website",
    "linli.api",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "linli.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linli.doors.middleware.Headers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "linli.doors.middleware.Language",
    "linli.doors.middleware.Faults",
    "linli.doors.middleware.Identity",
]
ROOT_URLCONF = "linli.config.urls"
WSGI_APPLICATION = "linli.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["linli.doors.context.page"]},
    }
]
ALLOWED_HOSTS = text("LINLI_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in text("LINLI_ORIGINS").split(",") if origin]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "linli.doors.views.csrf_failed"
SECURE_TLS = bool(text("LINLI_TLS_CERT")) or flag("LINLI_BEHIND_TLS")
CSRF_COOKIE_SECURE = SESSION_SECURE = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("LINLI_BEHIND_TLS") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = text("LINLI_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder", "linli.ui.libraries.LibraryFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "linli.ui.libraries.ImmutableStorage"},
}
WHITENOISE_MAX_AGE = 60
NODE_MODULES = ROOT / "node_modules"

EVIDENCE_ROOT = HOME / "evidence"
EVIDENCE_MAX_BYTES = number("LINLI_EVIDENCE_MAX_MB", 12) * 1024 * 1024
EVIDENCE_MAX_FILES = 9
EXPORT_ROOT = HOME / "exports"
MEASURES_ENGINE = one_of("LINLI_MEASURES_ENGINE", "postgres", "duckdb", "spark")
PARQUET_ROOT = Path(text("LINLI_PARQUET", str(HOME / "parquet")))
DUCKDB_MEMORY = text("LINLI_DUCKDB_MEMORY", "4GB")
SPARK_MASTER = text("LINLI_SPARK_MASTER", "local[2]")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100

SITE = text("LINLI_SITE", f"http://{text('LINLI_HOST', '127.0.0.1')}:{number('LINLI_PORT', 8000)}").rstrip("/")
FOLLOW_ADDRESS = SITE + "/follow/{code}/"
"""Where a query code leads (the public site's own address); letters carry it."""
LETTERS_ROOT = HOME / "letters"
LETTER_SECRETS: dict[str, str] = SECRETS.get("letters", {})
MAIL_PROVIDER = one_of("LINLI_MAIL", "file", "smtp", "off")
MAIL_FROM = text("LINLI_MAIL_FROM", "linli@localhost")
SMTP_HOST = text("LINLI_SMTP_HOST")
SMTP_PORT = number("LINLI_SMTP_PORT", 587)
SMTP_SECURITY = one_of("LINLI_SMTP_SECURITY", "starttls", "tls", "none")
SMTP_USER = text("LINLI_SMTP_USER")
SMS_PROVIDER = one_of("LINLI_SMS", "file", "http", "off")
SMS_URL = text("LINLI_SMS_URL")
SMS_TYPE = one_of("LINLI_SMS_TYPE", "json", "form")
SMS_BODY = text("LINLI_SMS_BODY", '{"id": "{id}", "to": "{address}", "text": "{text}"}')
SMS_HEADER = text("LINLI_SMS_HEADER", "Authorization: Bearer {key}")
SMS_SUCCESS = text("LINLI_SMS_SUCCESS")
SMS_NUMBER = text("LINLI_SMS_NUMBER")
SMS_TIMEOUT = number("LINLI_SMS_TIMEOUT", 15)
SMS_REPORT_ID = text("LINLI_SMS_REPORT_ID", "id")
SMS_REPORT_DELIVERED = text("LINLI_SMS_REPORT_DELIVERED", "state=delivered")

RATING_DAYS = number("LINLI_RATING_DAYS", 15)
REOPENINGS = number("LINLI_REOPENINGS", 2)
REOPENED_DAYS = number("LINLI_REOPENED_DAYS", 3)
QUESTION_DAYS = number("LINLI_QUESTION_DAYS", 3)
CALL_BACK_DAYS = number("LINLI_CALL_BACK_DAYS", 2)
CALL_BACK_TRIES = number("LINLI_CALL_BACK_TRIES", 3)
SAMPLE_PERCENT = number("LINLI_SAMPLE_PERCENT", 0 if TESTING else 10)
SAMPLE_DAYS = number("LINLI_SAMPLE_DAYS", 5)
VISIT_AGAIN_DAYS = {"nobody_home": number("LINLI_VISIT_NOBODY_HOME_DAYS", 3), "away": number("LINLI_VISIT_AWAY_DAYS", 14),
                    "declined": number("LINLI_VISIT_DECLINED_DAYS", 30)}
"""Days until the next try after a visit without success, when the worker names none (proposed; our choice)."""
AID_DAYS = number("LINLI_AID_DAYS", 365)
AID_LEAST_MATTERS = number("LINLI_AID_LEAST_MATTERS", 5)
AID_LEAST_PLACES = number("LINLI_AID_LEAST_PLACES", 3)

SESSION_HOURS = number("LINLI_SESSION_HOURS", 10)
SIGN_IN_LIMIT = number("LINLI_SIGN_IN_LIMIT", 60)
REPORT_LIMIT = number("LINLI_REPORT_LIMIT", 120)
SEEK_LIMIT = number("LINLI_SEEK_LIMIT", 200)
"""Searches by phone or identity number of one account in a day; 0 is no limit (proposed; our choice)."""
JURISDICTION = text("LINLI_JURISDICTION", f"cn-{text('LINLI_CITY', '12')}")
SETTLE_CODES = text("LINLI_SETTLE_CODES")
"""Category codes that may be settled on the spot, with commas between; empty: the kinds' own lists (proposed)."""
SETTLE_PERCENT = number("LINLI_SETTLE_PERCENT", 0 if TESTING else 5)
"""Share of the jobs settled on the spot that somebody else checks (proposed; our choice)."""
HOTLINE_RETURN_HOURS = max(0, number("LINLI_HOTLINE_RETURN_HOURS", 2))
"""Hours ahead of the hotline's return limit in which an undecided order rings (proposed; our choice)."""
OPEN311_LIMIT = number("LINLI_OPEN311_LIMIT", 600)
OPEN311_CONTACT = text("LINLI_OPEN311_CONTACT")
FOREIGN_URL = text("LINLI_FOREIGN_URL")
"""Another system's GeoReport v2 root, https only; empty: nothing is fetched."""
FOREIGN_SYSTEM = text("LINLI_FOREIGN_SYSTEM", "foreign")
FOREIGN_JURISDICTION = text("LINLI_FOREIGN_JURISDICTION")
FOREIGN_ZONE = text("LINLI_FOREIGN_ZONE")
FOREIGN_DAYS = max(1, number("LINLI_FOREIGN_DAYS", 30))
PHOTO_HOSTS = frozenset(host.strip().lower() for host in text("LINLI_PHOTO_HOSTS").split(",") if host.strip())
"""Hosts from which photos that came as links are fetched; empty: none is."""
CLAIM_DAYS = max(1, number("LINLI_CLAIM_DAYS", 5))
"""Days in which the other community answers before the level above decides (proposed; our choice)."""
CLAIMS_A_DAY = max(1, number("LINLI_CLAIMS_A_DAY", 30))
"""Requests for people of other communities that one post may make in a day (proposed; our choice)."""
OWN_PAGE_DAYS = max(1, number("LINLI_OWN_PAGE_DAYS", 90))
"""Days for which the code of a resident's own page opens it (proposed; our choice)."""
KEEP = text("LINLI_KEEP")
"""Confirmed periods of keeping, such as `gone_person=1825,visit_needs=730` (days); a proposed period lists what would go and removes nothing."""
RESEAL_STALLED_MINUTES = max(1, number("LINLI_RESEAL_STALLED_MINUTES", 60))
"""Minutes without progress after which a change of keys rings (proposed; our choice)."""
OCCURRED_BACK_HOURS = number("LINLI_OCCURRED_BACK_HOURS", 72)
RETURNS_TO_HEAD = max(1, number("LINLI_RETURNS_TO_HEAD", 3))
"""After so many returns only the accountable head dispatches (proposed; policy.md 5.4 leaves the number open)."""
COVER_AHEAD_DAYS = number("LINLI_COVER_AHEAD_DAYS", 14)
PARTS_AHEAD_DAYS = max(0, number("LINLI_PARTS_AHEAD_DAYS", 30))
"""Days ahead in which equipment that expires rings (proposed; our choice)."""
TERM_AHEAD_DAYS = max(0, number("LINLI_TERM_AHEAD_DAYS", 90))
"""Days ahead in which a term of office that ends rings (proposed; our choice)."""
DETOUR_PERCENT = max(100, number("LINLI_DETOUR_PERCENT", 130))
"""How much longer a walk is than the straight line, in percent (proposed; our choice, to be measured in the city)."""
REACH_METRES = text("LINLI_REACH_METRES")
"""Reaches on foot that differ from the declared ones: service=metres, with commas between; 0 leaves a service out."""
ROUND_WINDOWS = text("LINLI_ROUND_WINDOWS", "08:00-12:00,13:30-18:00")
ROUNDS_EVERY_DAY = flag("LINLI_ROUNDS_EVERY_DAY")
ALIKE_METRES = number("LINLI_ALIKE_METRES", 100)
ALIKE_POINTS = number("LINLI_ALIKE_POINTS", 50)
MAP_STYLE = text("LINLI_MAP_STYLE")
MAP_LICENCE = text("LINLI_MAP_LICENCE")
if MAP_STYLE and not MAP_LICENCE:
    raise ImproperlyConfigured("LINLI_MAP_STYLE is set without LINLI_MAP_LICENCE. Write the 审图号 of the base map; it is shown on every map.")
OPEN_LICENCE = text("LINLI_OPEN_LICENCE", "知识共享 署名 4.0（CC BY 4.0）（拟） Creative Commons Attribution 4.0 (proposed)")
"""Under which terms the public files of results may be used (proposed; the city decides)."""
CITY_BOX = text("LINLI_CITY_BOX", "116.5,38.3,118.4,40.5")
CITY = text("LINLI_CITY", "12")
CITY_AREA = int(CITY.ljust(12, "0")) * 1000

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"hushed": {"()": "linli.core.hushed.Hushed"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "hushed"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"linli": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}
