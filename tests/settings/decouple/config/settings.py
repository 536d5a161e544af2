from decouple import config

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = config("USER_MODEL", default="shop.Customer")
USE_TZ = config("USE_TZ_OF_OURS", default=True, cast=bool)
TIME_ZONE = config("TZ_OF_OURS", "Europe/Berlin")
