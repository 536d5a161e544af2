from .base import *

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
