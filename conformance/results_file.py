"""Writes RESULTS.md: the last comparison per version of Django, and of the projects as they stand, with its date."""

import datetime
import re
from collections import Counter
from pathlib import Path

from outcomes import count, share_lines, table

FILE = Path(__file__).parent / "RESULTS.md"

HEAD = """# What the comparison found

Written by `conformance/compare.py --write`, one section per version of Django, and one of real projects as they stand (each with
the Django that it brings). Every operation of a package is one of:
- *identical*: every statement, character for character;
- *run*: its statements hold a value of the run, another one each time that Django runs them, and forelock says so in place of that
  value and knows the rest. An operation is counted here only where two recordings, with another clock, other random numbers and another
  host, differ in each statement that forelock does not know all of, or its default looks at rows, and what it does not know there is one literal. By what the value was asked for: *clock*, *random* numbers,
  the *environment* (host, user), *rows* (a default that looks them up; also Python of which forelock knows that it only works on rows,
  and not all of what it does to them: Django, too, was seen to send no DDL), *other* (nobody saw);
- *flagged*: forelock says that it does not know all of it, for another reason (*flagged alike*: but for the unknown the
  statements are Django's);
- *different*; *missing* (only one side has it);
- *untrusted*: the recording itself cannot be believed; its reason stands in RECORDED.md.

"""
PROJECTS = "Projects as they stand"


def write(title, packages):
    sections = read()
    sections[title] = section(title, packages)
    FILE.write_text(HEAD + "".join(sections[title] for title in sorted(sections, reverse=True)))


def read():
    if not FILE.exists():
        return {}
    parts = re.split(r"^(?=## )", FILE.read_text(), flags=re.MULTILINE)[1:]
    return {re.match(r"## (.*)", part)[1]: part for part in parts}


def section(title, packages):
    rows = {f"{name} {version}": count(results) for name, (version, results) in packages.items()}
    head, *lines = table("project" if title == PROJECTS else "package", rows)
    text = f"## {title}\n\n{datetime.date.today().isoformat()}\n\n"
    text += row(head) + row(["---", *["---:"] * (len(head) - 1)]) + "".join(map(row, lines))
    text += "\n" + "".join(f"- {line}\n" for line in share_lines(rows))
    all_results = [result for _, results in packages.values() for result in results]
    text += "\n" + reasons("value of the run", [result for result in all_results if result.is_of_the_run])
    text += "\n" + reasons("reason of the flag", [result for result in all_results if result.outcome == "flagged"])
    return re.sub(r"\n{3,}", "\n\n", text + "\n")


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def reasons(title, results):
    """Why operations are not exact, the most frequent first."""
    found = Counter(reason for result in results for reason in result.reasons or ["no reason given"])
    lines = [f"| {times} | {reason.replace('|', chr(92) + '|')} |\n" for reason, times in found.most_common()]
    return row(["operations", title]) + row(["---:", "---"]) + "".join(lines) if lines else ""
