from decouple import config

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
USE_TZ = config("USE_TZ_OF_OURS", default="off", cast=bool)
