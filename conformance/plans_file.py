"""What following the plans came to: on the terminal, and as PLANS.md."""

from collections import Counter

# `refused`: the original fails by itself, on an empty database.
OUTCOMES = ("right", "declared", "different", "failed", "refused")
LOOKED_AT = ("kills", "old_code", "new_code", "makemigrations")


def problems(result):
    """A line for all that is wrong, with the word that says where."""
    found = []
    if result["outcome"] in ("different", "failed"):
        found.append((result["outcome"], result["why"]))
    found += [("kill", line) for line in result.get("kills", {}).get("wrong", ())]
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


def print_summary(results):
    for django in sorted({result["django"] for result in results}):
        own = [result for result in results if result["django"] == django]
        print(f"\nDjango {django}")
        print("operation".ljust(26), *(outcome.rjust(10) for outcome in OUTCOMES))
        for kind in [*sorted({result["class"] for result in own}), None]:
            counts = Counter(result["outcome"] for result in own if kind in (None, result["class"]))
            print((kind or "total").ljust(26), *(str(counts[outcome]).rjust(10) for outcome in OUTCOMES))
        kills = [result["kills"] for result in own if "kills" in result]
        wrong = Counter(word for result in own for word, _ in problems(result))
        print(f"{sum(kill['count'] for kill in kills)} kills, {sum(kill['invalid'] for kill in kills)} invalid indexes;", dict(wrong) or "nothing wrong")


def write(results):
    raise NotImplementedError
