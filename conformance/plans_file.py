"""What following the plans came to: on the terminal, and as PLANS.md."""

import json
from collections import Counter

# `refused`: the original fails by itself, on an empty database.
OUTCOMES = ("right", "declared", "different", "failed", "refused")
LOOKED_AT = ("kills", "waits", "old_code", "new_code", "makemigrations")


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
    place = f"{result['fixture']} {result['migration']} [{result['index']}] {result['class']} {result['rule']}"
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
    counts = Counter()
    for result in results:
        counts.update(result.get("waits", {}).get("counts", {}))
    behind = [result["behind_original"] for result in results if "behind_original" in result]
    held = sum(sum(counts.values()) for counts in behind)
    return (
        f"{sum(kill['count'] for kill in kills)} kills, which left {sum(kill['invalid'] for kill in kills)} invalid indexes; "
        f"{sum(counts.values())} transactions held open: {counts['free']} steps waited for none, {counts['alone']} waited alone, "
        f"{counts['gave up']} gave up in time, {counts['blocked']} kept others waiting; "
        f"of the originals {sum(counts['blocked'] for counts in behind)} of {held}"
    )


def keep(work, django, results):
    file = work / "plans" / f"{django}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results, indent=1))
