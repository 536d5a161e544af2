SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
from .users import *

USE_TZ = True
TIME_ZONE = "Europe/Berlin"
