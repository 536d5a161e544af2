from .base import *

TIME_ZONE = "UTC"

try:
    from .local_settings import *
except ImportError:
    pass
