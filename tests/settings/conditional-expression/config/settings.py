import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = "auth.User" if os.environ.get("PLAIN_USERS") else "shop.Customer"
