"""Clock, uuid4 and random numbers that give the same sequence on every run.

They move at every call: Django compares the value of a callable default before and after an AlterField,
and a clock that stands still would make `timezone.now` look unchanged.
"""

import datetime
import random
import secrets
import uuid

START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


class Frozen:
    def __init__(self):
        self.ticks = 0
        self.random = random.Random()

    def restart(self, seed):
        """Called before each operation, so that one more operation upstream does not shift all values after it."""
        self.ticks = 0
        self.random.seed(seed)
        random.seed(seed)

    def now(self):
        self.ticks += 1
        moment = START + datetime.timedelta(seconds=self.ticks)
        from django.conf import settings

        return moment if settings.USE_TZ else moment.replace(tzinfo=None)

    def uuid4(self):
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def token_bytes(self, nbytes=None):
        return self.random.randbytes(32 if nbytes is None else nbytes)


FROZEN = Frozen()


def install():
    """Before any migration is imported: `default=timezone.now` binds the function at import."""
    from django.utils import timezone

    timezone.now = FROZEN.now
    uuid.uuid4 = FROZEN.uuid4
    secrets.choice = lambda sequence: FROZEN.random.choice(sequence)
    secrets.randbelow = lambda bound: FROZEN.random.randrange(bound)
    secrets.token_bytes = FROZEN.token_bytes
    secrets.token_hex = lambda nbytes=None: FROZEN.token_bytes(nbytes).hex()
