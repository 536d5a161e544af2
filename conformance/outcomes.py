"""Counts what became of operations, and lays the counts out as a table."""

from collections import Counter

# Of each recorded operation exactly one of these is true.
OUTCOMES = ("identical", "flagged", "different", "missing", "untrusted")

COLUMNS = ("operations", *OUTCOMES, "flagged alike")


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
    counts = total(rows)
    yield share("identical of all operations", counts["identical"], counts["operations"])
    yield share("identical of those that touch the database", counts["touching identical"], counts["touching"])


def share(label, part, whole):
    return f"{label}: {part} of {whole}, {part / max(whole, 1):.2%}"
