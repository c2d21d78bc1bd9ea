"""The portal's settings as tests run them: quick password hashing, static files as they lie, everything else real."""

import tempfile
from pathlib import Path

from trial_portal.settings import *  # noqa: F403
from trial_portal.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOCAL = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_SSL_REDIRECT = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
_files = tempfile.TemporaryDirectory(prefix="portal-test-files-")  # removed when the tests end
MEDIA_ROOT = Path(_files.name)
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
