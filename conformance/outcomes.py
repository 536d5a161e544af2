"""Counts what became of operations, and lays the counts out as a table."""

from collections import Counter

# What a value of the run comes from. `rows`: a default that looks them up; `other`: nothing was seen to be asked.
SOURCES = ("random", "environment", "rows", "clock", "other")

# Of each recorded operation exactly one of these is true.
OUTCOMES = ("identical", *(f"run: {source}" for source in SOURCES), "flagged", "different", "missing", "untrusted")

COLUMNS = ("operations", *OUTCOMES, "flagged alike")


def of_the_run(sources):
    """The outcome of an operation with a value of the run; of several sources the first counts."""
    return f"run: {next(source for source in SOURCES if source in sources)}"


def count(results):
    results = list(results)
    counts = Counter(result.outcome for result in results)
    counts["operations"] = len(results)
    counts["flagged alike"] = sum(r.outcome == "flagged" and "as in Django" in r.note for r in results)
    touching = [result for result in results if result.touches_database]
    counts["touching"] = len(touching)
    counts["touching identical"] = sum(result.outcome == "identical" for result in touching)
    return counts


def count_by_class(results):
    by_class = {}
    for result in results:
        by_class.setdefault(result.name, []).append(result)
    return {name: count(by_class[name]) for name in sorted(by_class, key=lambda name: -len(by_class[name]))}


def total(rows):
    return sum(rows.values(), Counter())


def table(title, rows):
    """Rows of cells, the head first and the total last."""
    lines = [(title, *COLUMNS)]
    for name, counts in [*rows.items(), ("total", total(rows))]:
        lines.append((name, *(str(counts[column]) for column in COLUMNS)))
    return lines


def share_lines(rows):
    yield from shares(total(rows), "")
    of_others = {name: counts for name, counts in rows.items() if not name.endswith(" here")}
    if of_others and len(of_others) < len(rows):
        yield from shares(total(of_others), ", our own package left out")


def shares(counts, added):
    of_the_run = sum(counts[outcome] for outcome in OUTCOMES if outcome.startswith("run: "))
    without = counts["operations"] - of_the_run
    yield share(f"identical of all operations{added}", counts["identical"], counts["operations"])
    yield share(f"identical of those that touch the database{added}", counts["touching identical"], counts["touching"])
    yield share(f"identical of those without a value of the run{added}", counts["identical"], without)
    yield share(f"the same without the untrusted{added}", counts["identical"], without - counts["untrusted"])


def share(label, part, whole):
    return f"{label}: {part} of {whole}, {part / max(whole, 1):.2%}"
