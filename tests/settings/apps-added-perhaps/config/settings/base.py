import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
ADDED = os.getenv("ADDED_APPS", "").split(",")
if ADDED is not None:
    INSTALLED_APPS += [app.strip() for app in ADDED if app.strip() != ""]
AUTH_USER_MODEL = "shop.Customer"
