import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"] + os.environ.get("APPS", "shop").split()
AUTH_USER_MODEL = "shop.Customer"
