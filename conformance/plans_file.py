"""What following the plans came to: on the terminal, and as PLANS.md."""

import json
from collections import Counter
from pathlib import Path

# `refused`: the original fails by itself, on an empty database.
OUTCOMES = ("right", "declared", "different", "failed", "refused")
LOOKED_AT = ("kills", "waits", "old_code", "new_code", "makemigrations")

FILE = Path(__file__).resolve().parent / "PLANS.md"
HEAD = """# The plans, followed

Written by `conformance/plans target/debug/forelock --write`: every plan that forelock prints for a fixture, in place of its operation, run by
real Django on a real PostgreSQL 15 with a thousand rows in each table, NULL in every tenth where a column allows it. [How](README.md#plans).

- *right*: the schema, the state of the models and the way back are those of the original migration. *declared*: but for what the plan
  itself declares (`declares` in JSON). *different*, *failed*: a fault. *refused*: the original fails by itself, for the fixture is about that,
  or cannot be read by that version of Django.
- *kills*: the session ended after a statement of a step, or amid a concurrent build or drop, which leaves *invalid indexes*; then `migrate` ran
  again. All came to the schema of a run that nobody kills, or stand below.
- *held open*: a transaction that has read, or written, the table, one that it refers to, or another one, beside each step. By pg_locks, those who
  come behind a step that waits go through (*waited alone*), or do so as it gives up after its `lock_timeout` (*gave up*), and the next run
  comes to the same end; *kept others waiting* is a fault. *originals that did*: the same beside the original migration.
- *old code*: inserts, updates, selects and deletes by the models of the release before, after each step, that failed though no plan declares it;
  *new code*: those of the release itself, at its end. *makemigrations*: operations that it would write after a release.

"""
BETWEEN = "\n\n## By rule\n\n"
WRONG = "\n## What is wrong\n\n"


def problems(result):
    """A line for all that is wrong, with the word that says where."""
    found = []
    if result["outcome"] in ("different", "failed"):
        found.append((result["outcome"], result["why"]))
    for what in ("kills", "waits"):
        found += [(what, line) for line in result.get(what, {}).get("wrong", ())]
    for what in ("old_code", "new_code", "makemigrations"):
        found += [(what.replace("_", " "), line) for line in result.get(what, ())]
    return found


def is_wrong(result):
    return bool(problems(result))


def print_result(result, is_verbose):
    place = f"{result['fixture']} {result['app']}.{result['migration']} [{result['index']}] {result['class']} {result['rule']}"
    found = problems(result)
    if found or (is_verbose and result["outcome"] != "right"):
        words = Counter(word for word, _ in found) or {result["outcome"]: 1}
        told = ", ".join(f"{word} {count}" if count > 1 else word for word, count in words.items())
        print(f"Django {result['django']}: {told}: {place}", flush=True)
    if is_verbose:
        if result["outcome"] in ("declared", "refused"):
            found = [(result["outcome"], result["why"]), *found]
        for word, line in found:
            print(f"   {word}: " + line.replace("\n", "\n      "), flush=True)


def print_summary(django, results):
    print(f"\nDjango {django}")
    print("operation".ljust(26), *(outcome.rjust(10) for outcome in OUTCOMES))
    for kind in [*sorted({result["class"] for result in results}), None]:
        counts = Counter(result["outcome"] for result in results if kind in (None, result["class"]))
        print((kind or "total").ljust(26), *(str(counts[outcome]).rjust(10) for outcome in OUTCOMES))
    print(of_steps(results))
    wrong = Counter(word for result in results for word, _ in problems(result))
    print(", ".join(f"{word} {count}" for word, count in wrong.items()) or "nothing wrong", flush=True)


def of_steps(results):
    """What was done to the steps of all plans, in a line."""
    kills = [result["kills"] for result in results if "kills" in result]
    counts, behind = waits_of(results)
    return (
        f"{sum(kill['count'] for kill in kills)} kills, which left {sum(kill['invalid'] for kill in kills)} invalid indexes; "
        f"{sum(counts.values())} transactions held open: {counts['free']} steps waited for none, {counts['alone']} waited alone, "
        f"{counts['gave up']} gave up in time, {counts['blocked']} kept others waiting; "
        f"of the originals {behind['blocked']} of {sum(behind.values())}"
    )


# PLANS.md


def keep(work, django, results, is_whole):
    """In place of what was seen of the same plans before; of all, where all were followed."""
    file = file_of(work, django)
    file.parent.mkdir(parents=True, exist_ok=True)
    before = {"is_whole": False, "results": []} if is_whole else kept(work, django)
    found = {place(result): result for result in [*before["results"], *results]}
    file.write_text(json.dumps({"is_whole": is_whole or before["is_whole"], "results": list(found.values())}, indent=1))


def kept(work, django):
    """What was seen of a version, and whether all of its plans were followed at some time."""
    file = file_of(work, django)
    return json.loads(file.read_text()) if file.exists() else {"is_whole": False, "results": []}


def file_of(work, django):
    return work / "plans" / f"followed-{django}.json"


def place(result):
    return result["fixture"], result["app"], result["migration"], result["index"]


def write(work, djangos):
    """Of all versions, whichever run has followed each; not while one is missing, whose rows would be lost."""
    seen = {django: kept(work, django) for django in djangos}
    if missing := [django for django in djangos if not seen[django]["is_whole"]]:
        print(f"PLANS.md stays as it is until all plans of Django {' and '.join(missing)} were followed here; what was seen is kept in {work / 'plans'}")
        return
    results = [result for django in djangos for result in seen[django]["results"]]
    text = HEAD + "\n".join(by_version(results, djangos)) + BETWEEN + "\n".join(by_rule(results)) + "\n" + WRONG + "\n".join(what_is_wrong(results))
    FILE.write_text(text.rstrip() + "\n")


def by_version(results, djangos):
    titles = ["Django", *OUTCOMES, "kills", "invalid indexes", "held open", "waited alone", "gave up", "kept others waiting", "originals that did"]
    yield from heading([*titles, "old code", "new code", "makemigrations"])
    for django in djangos:
        own = [result for result in results if result["django"] == django]
        outcomes = Counter(result["outcome"] for result in own)
        counts, behind = waits_of(own)
        cells = [outcomes[outcome] for outcome in OUTCOMES]
        cells += [sum(result["kills"][what] for result in own if "kills" in result) for what in ("count", "invalid")]
        cells += [sum(counts.values()), counts["alone"], counts["gave up"], counts["blocked"], f"{behind['blocked']} of {sum(behind.values())}"]
        cells += [sum(len(result.get(what, ())) for result in own) for what in ("old_code", "new_code", "makemigrations")]
        yield row([django, *cells])


def by_rule(results):
    yield from heading(["rule", "operation", *OUTCOMES, "kills", "held open", "what the plans declare"])
    for rule, kind in sorted({(result["rule"], result["class"]) for result in results}):
        own = [result for result in results if (result["rule"], result["class"]) == (rule, kind)]
        outcomes = Counter(result["outcome"] for result in own)
        kills = sum(result["kills"]["count"] for result in own if "kills" in result)
        declared = Counter(one for result in own for one in result["declares"])
        told = ", ".join(f"{one} {count}" for one, count in sorted(declared.items()))
        held = sum(waits_of(own)[0].values())
        yield row([f"`{rule}`", kind, *(outcomes[outcome] for outcome in OUTCOMES), kills, held, told])


def what_is_wrong(results):
    wrong = [(result, problem) for result in results for problem in problems(result)]
    for result, (word, line) in wrong:
        first = line.splitlines()[-1 if word == "failed" else 0]
        yield f"- Django {result['django']}, `{result['fixture']}`, {result['app']}.{result['migration']} [{result['index']}]: {word}: {first}"
    if not wrong:
        yield "Nothing."


def waits_of(results):
    """What came of the transactions held open, beside plans and beside the originals."""
    counts, behind = Counter(), Counter()
    for result in results:
        counts.update(result.get("waits", {}).get("counts", {}))
        behind.update(result.get("behind_original", {}))
    return counts, behind


def heading(titles):
    return [row(titles), row(["---"] * 1 + ["---:"] * (len(titles) - 1))]


def row(cells):
    return "| " + " | ".join(map(str, cells)) + " |"
