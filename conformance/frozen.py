"""A clock, random numbers and a host that are the same on every run, and others where CONFORMANCE_RUN says AGAIN.

They move at every call: Django compares the value of a callable default before and after an AlterField,
and a clock that stands still would make `timezone.now` look unchanged. Two runs show which statements hold
such a value; `drawn` says of what kind.
"""

import ctypes
import datetime
import gc
import getpass
import os
import platform
import random
import secrets
import socket
import time
import uuid

IS_AGAIN = os.environ.get("CONFORMANCE_RUN") == "AGAIN"
# No part of the two is alike, so that a year or an hour alone shows, too.
START = datetime.datetime(2031, 10, 23, 17, 46, 38) if IS_AGAIN else datetime.datetime(2024, 1, 1)
START = START.replace(tzinfo=datetime.timezone.utc)
NAME = "again" if IS_AGAIN else "first"


class Frozen:
    def __init__(self):
        self.random = random.Random()
        self.restart("import")

    def restart(self, seed):
        """Called before each operation, so that one more operation upstream does not shift all values after it."""
        self.ticks = 0
        self.kinds = set()
        seed = f"again {seed}" if IS_AGAIN else seed
        self.random.seed(seed)
        random.seed(seed)
        self.state_of_module = random.getstate()

    @property
    def drawn(self):
        """What was asked for since the restart: clock, random, environment, or `rows` for a default that the database gave."""
        asked = {"random"} if random.getstate() != self.state_of_module else set()
        return self.kinds | asked

    def moment(self):
        self.kinds.add("clock")
        self.ticks += 1
        return START + datetime.timedelta(seconds=self.ticks)

    def now(self):
        from django.conf import settings

        return self.moment() if settings.USE_TZ else self.moment().replace(tzinfo=None)

    def source(self):
        self.kinds.add("random")
        return self.random

    def uuid4(self):
        return uuid.UUID(int=self.source().getrandbits(128), version=4)

    def uuid1(self, node=None, clock_seq=None):
        return uuid.UUID(int=self.source().getrandbits(128), version=1)

    def token_bytes(self, nbytes=None):
        return self.source().randbytes(32 if nbytes is None else nbytes)

    def name_of(self, thing):
        self.kinds.add("environment")
        return f"{thing}-of-the-{NAME}-run"


FROZEN = Frozen()


def install():
    """Before any migration is imported: `default=timezone.now` binds the function at import."""
    from django.utils import timezone

    timezone.now = FROZEN.now
    replace_clock_of_datetime()
    uuid.uuid4, uuid.uuid1 = FROZEN.uuid4, FROZEN.uuid1
    secrets.choice = lambda sequence: FROZEN.source().choice(sequence)
    secrets.randbelow = lambda bound: FROZEN.source().randrange(bound)
    secrets.token_bytes = FROZEN.token_bytes
    secrets.token_hex = lambda nbytes=None: FROZEN.token_bytes(nbytes).hex()
    os.urandom = random._urandom = FROZEN.token_bytes
    socket.gethostname = socket.getfqdn = platform.node = lambda *_: FROZEN.name_of("host")
    getpass.getuser = lambda: FROZEN.name_of("user")
    shift_time()


def replace_clock_of_datetime():
    """The classes are C's and take no attributes; their dictionaries do, and every `from datetime import datetime` sees it."""

    def now(cls, tz=None):
        return cls.fromtimestamp(FROZEN.moment().timestamp(), tz)

    def utcnow(cls):
        return now(cls, datetime.timezone.utc).replace(tzinfo=None)

    def today(cls):
        return cls.fromtimestamp(FROZEN.moment().timestamp())

    for owner, methods in ((datetime.datetime, (now, utcnow)), (datetime.date, (today,))):
        (members,) = gc.get_referents(owner.__dict__)
        members.update({method.__name__: classmethod(method) for method in methods})
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))


def shift_time():
    """Whoever waits needs a clock that goes on: that of `time` keeps its pace from another beginning."""
    begun, real = time.time(), time.time

    def shifted():
        FROZEN.kinds.add("clock")
        return START.timestamp() + real() - begun

    time.time = shifted
