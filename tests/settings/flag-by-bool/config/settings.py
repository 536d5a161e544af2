import os

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
USE_TZ = bool(os.environ.get("USE_TZ_OF_OURS", "False"))
