from configurations import Configuration, values


class Common(Configuration):
    SECRET_KEY = "-"
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
    AUTH_USER_MODEL = "shop.Customer"
    TIME_ZONE = values.Value("Europe/Berlin")
    USE_TZ = True


class Local(Common):
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


class Production(Common):
    pass
