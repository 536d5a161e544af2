import environ

env = environ.Env()
SECRET_KEY = "-"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
EMAIL = env.email_url("EMAIL_URL_OF_OURS", default="smtp://localhost:25")
vars().update(EMAIL)
globals().update({"AUTH_USER_MODEL": "shop.Customer"})
globals()["USE_TZ"] = False
