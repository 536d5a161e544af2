"""Asks a forelock binary what it prints of a project."""

import json
import re
import subprocess
import sys

OPERATION = re.compile(r"-- (\d+) (\S+)")
MIGRATION = re.compile(r"-- (\w+)\.(\S+)  ")
REASON = re.compile(r"-- (?:partly known|not analysed|note): (.*)")


class Forelock:
    def __init__(self, binary, project, postgres, django=None, python=None):
        self.project = project
        self.command = [binary.resolve(), "sql", "--project", project, "--postgres-version", postgres]
        # A project as it stands says its version itself; what is installed for it, no static reader can find.
        self.command += ["--django-version", django] if django else []
        self.command += ["--python", python] if python else []

    def migrations(self):
        """The document of `--output-format json`."""
        process = self.run("json")
        try:
            return json.loads(process.stdout)
        except json.JSONDecodeError:
            sys.exit(f"{self.project.name}: exit code {process.returncode}, no JSON\n{process.stderr[-2000:]}")

    def reasons(self):
        """Per operation what of it is not known: the text has it where no statement shows an `<unknown: ...>`.

        With None for the index: why not all operations of the migration are known.
        """
        found, key, index, is_head = {}, None, None, False
        for line in self.run("text").stdout.splitlines():
            if migration := MIGRATION.match(line):
                key = migration.groups()
            elif operation := OPERATION.match(line):
                index, is_head = int(operation[1]), True
                is_read = operation[2] != "?"
            elif is_head and (reason := REASON.match(line)):
                found.setdefault((*key, index), []).append(reason[1])
                if not is_read:
                    found.setdefault((*key, None), []).append(reason[1])
            else:
                is_head = False
        return found

    def run(self, output_format):
        command = [*self.command, "--output-format", output_format]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
