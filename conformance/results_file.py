"""Writes RESULTS.md: the last comparison per version of Django, with its date."""

import datetime
import re
from collections import Counter
from pathlib import Path

from outcomes import count, share_lines, table

FILE = Path(__file__).parent / "RESULTS.md"

HEAD = """# What the comparison found

Written by `conformance/compare.py --write`, one section per version of Django. Every operation of a package is one of:
*identical* (every statement, character for character), *flagged* (forelock says that it does not know all of it;
*flagged alike*: but for the unknown the statements are Django's), *different*, *missing* (only one side has it), and
*untrusted* (the recording itself cannot be believed; its reason stands in RECORDED.md).

"""


def write(django, packages):
    sections = read()
    sections[django] = section(django, packages)
    FILE.write_text(HEAD + "".join(sections[version] for version in sorted(sections, reverse=True)))


def read():
    if not FILE.exists():
        return {}
    parts = re.split(r"^(?=## )", FILE.read_text(), flags=re.MULTILINE)[1:]
    return {re.match(r"## Django (\S+)", part)[1]: part for part in parts}


def section(django, packages):
    rows = {f"{name} {version}": count(results) for name, (version, results) in packages.items()}
    head, *lines = table("package", rows)
    text = f"## Django {django}\n\n{datetime.date.today().isoformat()}\n\n"
    text += row(head) + row(["---", *["---:"] * (len(head) - 1)]) + "".join(map(row, lines))
    text += "\n" + "".join(f"- {line}\n" for line in share_lines(rows))
    return text + "\n" + reasons(packages) + "\n"


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def reasons(packages):
    """Why operations were flagged, the most frequent first."""
    found = Counter()
    for _, results in packages.values():
        for result in results:
            if result.outcome == "flagged":
                found.update(result.reasons or ["no reason given"])
    lines = [f"| {times} | {reason.replace('|', chr(92) + '|')} |\n" for reason, times in found.most_common()]
    return row(["operations", "reason of the flag"]) + row(["---:", "---"]) + "".join(lines) if lines else ""
