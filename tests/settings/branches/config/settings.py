import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
if os.environ.get("PLAIN_USERS"):
    AUTH_USER_MODEL = "auth.User"
else:
    AUTH_USER_MODEL = "shop.Customer"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if os.environ.get("SMALL"):
    DEFAULT_AUTO_FIELD = "django.db.models.SmallAutoField"
