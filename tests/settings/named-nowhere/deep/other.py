INSTALLED_APPS = ["other"]
