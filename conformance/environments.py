"""Virtual environments of the harness's own, each made once."""

import os
import subprocess
import sys
from pathlib import Path

import record


def made(venv, *batches, interpreter=sys.executable):
    """The interpreter of the environment with these packages, installed batch by batch: the last one decides."""
    python, done = venv / "bin" / "python", venv / "complete"
    if not done.exists():
        subprocess.run([interpreter, "-m", "venv", venv], check=True)
        for batch in batches:
            record.pip(python, *batch)
        done.touch()
    return python


def go_on_in(venv, *requirements):
    """Starts this program again inside of the environment, if it does not run there yet."""
    if Path(sys.prefix) != venv:
        python = made(venv, requirements)
        os.execv(python, [python, *sys.argv])
