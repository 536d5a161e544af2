import environ

env = environ.Env(USE_TZ=(bool, False))
SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
AUTH_USER_MODEL = env("USER_MODEL", default="shop.Customer")
DEFAULT_AUTO_FIELD = env.str("AUTO_FIELD", "django.db.models.BigAutoField")
USE_TZ = env("USE_TZ")
TIME_ZONE = env("TIME_ZONE_OF_OURS", default="UTC")
