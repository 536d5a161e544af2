AUTH_USER_MODEL = "shop.Customer"
