import types

SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
local = types.SimpleNamespace()
AUTH_USER_MODEL = getattr(local, "USER_MODEL", "shop.Customer")
