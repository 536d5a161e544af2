import sys


class Base:
    SECRET_KEY = "-"
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
    AUTH_USER_MODEL = "shop.Customer"

    @classmethod
    def load_settings(cls, name):
        module = sys.modules[name]
        for key in dir(cls):
            if key.isupper():
                setattr(module, key, getattr(cls, key))
