"""Unpacks the Python files of the archives in a folder: `unpack.py ARCHIVES TARGET`."""

import pathlib
import sys
import tarfile
import zipfile

archives, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def wanted(name: str) -> bool:
    return name.endswith((".py", ".dist-info/METADATA"))


for archive in archives.iterdir():
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as files:
            files.extractall(target, filter(wanted, files.namelist()))
    else:
        with tarfile.open(archive) as files:
            # A source distribution has its packages in a folder of its own name, or in `src` below it.
            members = [member for member in files if wanted(member.name)]
            for member in members:
                member.name = member.name.split("/", 1)[1].removeprefix("src/")
            files.extractall(target, members, filter="data")
