"""Which operations are known to hold locks for a moment only: no statement works long while others wait for its table.

A closed list of statements: of an operation with any other nothing is said.
"""

import re

BRIEF = [
    r"SET (statement_timeout|lock_timeout) ",
    r"CREATE TABLE ",
    r"DROP TABLE ",
    r"(CREATE (UNIQUE )?|DROP |RE)INDEX (INDEX )?CONCURRENTLY ",
    r"ALTER TABLE \S+ ADD CONSTRAINT \S+ (FOREIGN KEY|CHECK) .* NOT VALID$",
    r"ALTER TABLE \S+ VALIDATE CONSTRAINT ",
    r"ALTER TABLE \S+ ADD CONSTRAINT \S+ UNIQUE USING INDEX ",
    r"ALTER TABLE \S+ DROP CONSTRAINT ",
    r"ALTER TABLE \S+ (DROP COLUMN|RENAME) ",
    r"ALTER TABLE \S+ ALTER COLUMN \S+ (DROP NOT NULL|DROP DEFAULT|SET DEFAULT)",
    r"ALTER (TABLE|INDEX) \S+ RENAME TO ",
    # No default but a constant, no check, no key, nothing generated.
    r"ALTER TABLE \S+ ADD COLUMN \S+ [a-z ]+(\(\d+(, \d+)?\))?( DEFAULT ('[^']*'|[-\d.]+|true|false))?( NOT)? NULL$",
    r"COMMENT ON ",
]
BRIEF = re.compile("|".join(f"(?:{pattern})" for pattern in BRIEF), re.DOTALL)

NOT_NULL = re.compile(r"ALTER TABLE (\S+) ALTER COLUMN (\S+) SET NOT NULL$")
NOT_NULL_CHECK = re.compile(r"ALTER TABLE (\S+) ADD CONSTRAINT (\S+) CHECK \((\S+) IS NOT NULL\) NOT VALID$")
# What these send was written by somebody.
LEFT_OUT = ("RunSQL", "RunPython", "SeparateDatabaseAndState")


def is_brief(operation):
    if operation["class"] in LEFT_OUT or {"error", "raises", "untrusted", "within"} & set(operation):
        return False
    statements = operation.get("statements", []) + operation.get("deferred", [])
    return all(BRIEF.match(sql) or is_proven(sql, statements) for sql in statements)


def is_proven(sql, statements):
    """SET NOT NULL after a check that was validated spares the scan."""
    found = NOT_NULL.match(sql)
    if not found:
        return False
    checks = filter(None, map(NOT_NULL_CHECK.match, statements))
    names = [check[2] for check in checks if (check[1], check[3]) == found.groups()]
    return any(f"ALTER TABLE {found[1]} VALIDATE CONSTRAINT {name}" in statements for name in names)
