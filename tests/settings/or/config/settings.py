import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = os.getenv("USER_MODEL") or "shop.Customer"
DEFAULT_AUTO_FIELD = os.getenv("AUTO_FIELD") or "django.db.models.BigAutoField"
