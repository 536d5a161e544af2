from .classes import Base


class Local(Base):
    USE_TZ = False


Local.load_settings(__name__)
