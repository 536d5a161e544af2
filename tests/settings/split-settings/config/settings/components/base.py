SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
TIME_ZONE = "UTC"
