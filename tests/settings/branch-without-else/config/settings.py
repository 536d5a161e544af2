import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
if not os.environ.get("PLAIN_USERS"):
    AUTH_USER_MODEL = "shop.Customer"
