"""A base that is no model."""


class Named:
    def __str__(self):
        return self.__class__.__name__
