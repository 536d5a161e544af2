"""What each version of the server showed, kept in observed.json: once, and `otherwise` where a version differs."""

# Of a statement and of a migration, what is seen and not sent.
# What the replay alone shows: what the statement's transaction held before it, and who waits after it.
AMID = ("holds", "waits_amid")
OF_STATEMENT = ("error", "locks", "indexes", "sequences", "scans", "rewrites", "builds", "waits", "told", *AMID)
OF_MIGRATION = ("held", "fails")

# From the weakest, as the server counts them.
MODES = (
    "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)


def major(version):
    return int(version.split(".")[0])


def expected(entry, keys, version):
    """What `entry`, a statement or a migration, says of this major version."""
    for other in entry.get("otherwise", []):
        if version in other["on"]:
            return {key: other[key] for key in keys if key in other}
    return {key: entry[key] for key in keys if key in entry}


def is_same(one, other):
    """Words of errors differ between versions and between Django and us, their codes do not."""
    return comparable(one) == comparable(other)


def is_part(shown, recorded, migration):
    """Whether the run without code holds nothing that Django's run did not, and fails only where that failed."""
    if "fails" in recorded:
        operation = recorded["fails"]["operation"]
        return is_same(shown, recorded) or migration["operations"][operation]["class"] == "RunPython"
    held = recorded.get("held", {})
    return "fails" not in shown and all(
        MODES.index(mode) <= MODES.index(held.get(relation, MODES[0])) for relation, mode in shown.get("held", {}).items()
    )


def comparable(seen):
    seen = dict(seen)
    if "error" in seen:
        seen["error"] = seen["error"].split()[0]
    if "fails" in seen:
        seen["fails"] = seen["fails"]["operation"]
    return seen


def keep_amid(entry, found):
    """Rewrites what Django's own run does not show."""
    for key in AMID:
        entry.pop(key, None)
        if key in found:
            entry[key] = found[key]


def without_versions(group):
    return {key: value for key, value in group.items() if key != "on"}


def keep(entry, keys, found, own):
    """Rewrites `entry` by what each version in `found` showed; `own` is the version that Django ran on."""
    known = {version: expected(entry, keys, version) for other in entry.get("otherwise", []) for version in other["on"]}
    known |= found
    base = expected(entry, keys, own)
    groups = []
    for version in sorted(known):
        if is_same(known[version], base):
            continue
        group = next((group for group in groups if is_same(known[version], without_versions(group))), None)
        if group is None:
            groups.append(group := {"on": []} | known[version])
        group["on"].append(version)
    entry.pop("otherwise", None)
    if groups:
        entry["otherwise"] = groups
