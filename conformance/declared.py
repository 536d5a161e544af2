"""Whether a plan came to what its operation comes to, but for what it declares."""

import re

import catalog

# Differences of the schema, the state or the way back; the others are about who meets the steps, and those who look there judge them.
OF_RESULT = ("keeps-default", "keeps-name", "no-way-back")


def compare(finding, original, cured):
    """The outcome, and what tells it: `right`, `declared` or `different`."""
    declares = finding["plan"]["declares"]
    if "keeps-default" in declares:
        cured = cured | {what: without_default(original[what], cured[what]) for what in ("after", "state")}
    if "keeps-name" in declares:
        original = original | {"after": cured["before"], "state": cured["state"], "back": cured["before"]}
    wrong = []
    for what in ("after", "state"):
        if sorted(original[what]) != sorted(cured[what]):
            wrong += [f"{what}:"] + catalog.differences(original[what], cured[what])
    # The original may come back without what it took along; what was there before is right, too.
    wanted = original["back"]
    is_as_before = cured["back"] in (wanted, cured["before"])
    if original["back"] is not None and not is_as_before and "no-way-back" not in declares:
        wrong += ["back:"] + (catalog.differences(wanted, cured["back"]) if cured["back"] else ["there is none"])
    if wrong:
        return "different", "\n".join(wrong)
    of_result = [declared for declared in declares if declared in OF_RESULT]
    return ("declared", ", ".join(of_result)) if of_result else ("right", "")


def without_default(wanted, found):
    """What the plan leaves in the database: the default of one column, and of one field."""
    lines = []
    for line in found:
        bare = re.sub(r" default .*?(?= collate| comment|$)", "", line)
        bare = re.sub(r"(, )?(db_)?default=(Now\(\)|django\.db\.models\.functions\.datetime\.Now\(\)|[^,()]*(\([^)]*\))?)", "", bare).replace("(, ", "(")
        other = [re.sub(r"(, )?default=([^,()]*(\([^)]*\))?)", "", item).replace("(, ", "(") for item in wanted]
        lines.append(wanted[other.index(bare)] if line not in wanted and bare in other else line)
    return lines
