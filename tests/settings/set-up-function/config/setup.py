import os


def set_up():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.conf.dev")
