import environ

env = environ.Env()

SECRET_KEY = "-"
INSTALLED_APPS = ("django.contrib.contenttypes", "django.contrib.auth", "shop")
PAYMENTS_ENABLED = env.bool("PAYMENTS_ENABLED", False)
if PAYMENTS_ENABLED:
    INSTALLED_APPS += ("payments",)
