import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = os.environ.get("USER_MODEL", "shop.Customer")
DEFAULT_AUTO_FIELD = os.environ.get("AUTO_FIELD", "django.db.models.BigAutoField")
USE_TZ = bool(os.environ.get("USE_TZ", ""))
TIME_ZONE = os.environ.get("TZ_OF_OURS", "UTC")
