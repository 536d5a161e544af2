"""A scratch PostgreSQL server: started on loopback, thrown away afterwards."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

SUPERUSER = "conformance"
# Where files are memory: a database is copied five times as fast.
MEMORY, ROOM = Path("/dev/shm"), 2 << 30
TABLESPACE = "fast"
# ANALYZE in the background would lock tables and change plans while we look; what parallel workers read is counted apart.
STILL = ("autovacuum=off", "max_parallel_maintenance_workers=0", "max_parallel_workers_per_gather=0")


@contextmanager
def scratch_server(*settings, programs=None):
    """Yield the port of a fresh server. Only this server is stopped at the end.

    `programs` is the folder of a PostgreSQL that is not the machine's own.
    """
    initdb, pg_ctl = (programs / name if programs else program(name) for name in ("initdb", "pg_ctl"))
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="conformance-postgres-", dir=MEMORY if has_room else None))
    data = folder / "data"
    port = free_port()
    # Debian's C.UTF-8 is what most containers run with; the data never leaves the machine.
    own_by_server_user(folder)
    as_server_user([initdb, "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c synchronous_commit=off -c max_locks_per_transaction=1024"
    options += "".join(f" -c {setting}" for setting in settings)
    as_server_user([pg_ctl, "-D", data, "-l", folder / "log", "-o", options, "-w", "start"])
    try:
        # Fixtures move tables there.
        as_server_user(["mkdir", folder / TABLESPACE])
        run_sql(port, f"CREATE TABLESPACE {TABLESPACE} LOCATION '{folder / TABLESPACE}'")
        yield port
    finally:
        as_server_user([pg_ctl, "-D", data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_database(port, name):
    run_sql(port, f'CREATE DATABASE "{name}"')
    try:
        yield name
    finally:
        run_sql(port, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_sql(port, sql):
    command = [program("psql"), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", SUPERUSER, "-d", "postgres", "-c", sql]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def major_version():
    words = subprocess.check_output([program("postgres"), "--version"], text=True).split()
    return words[2].partition(".")[0]


def program(name):
    found = find_program(name)
    if not found:
        raise SystemExit(f"{name} not found: set CONFORMANCE_POSTGRES_BIN to the folder with PostgreSQL's programs")
    return found


def find_program(name):
    """Distributions keep initdb and pg_ctl out of PATH; pg_config knows where they are, or Debian's usual place does."""
    folders = [os.environ.get("CONFORMANCE_POSTGRES_BIN")]
    if shutil.which("pg_config"):
        folders.append(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    candidates = (Path(folder) / name for folder in folders if folder)
    found = next((str(candidate) for candidate in candidates if candidate.exists()), None)
    return found or shutil.which(name)


def as_server_user(command):
    command = [str(part) for part in command]
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        command = ["runuser", "-u", server_user(), "--", *command]
    # The server inherits what it is given: a pipe would keep us waiting for its end.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def own_by_server_user(folder):
    if os.geteuid() == 0:
        entry = pwd.getpwnam(server_user())
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def server_user():
    return os.environ.get("CONFORMANCE_POSTGRES_USER", "postgres")


def free_port():
    for port in range(20000 + os.getpid() % 20000, 60000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise SystemExit("no free port above 20000")


if __name__ == "__main__":
    # Whether there is a server to be started.
    sys.exit(0 if all(map(find_program, ("initdb", "pg_ctl", "psql"))) else 1)
