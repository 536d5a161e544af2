SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = "auth.User"
USE_TZ = True

from .ours import *  # noqa: E402
