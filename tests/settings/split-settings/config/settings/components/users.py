AUTH_USER_MODEL = "shop.Customer"
TIME_ZONE = "Europe/Berlin"
