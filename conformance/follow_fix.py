"""Runs inside an environment with Django: runs the parts that `forelock fix` wrote, or the migration that they were, and prints what it saw.

    python follow_fix.py FOLDER original|cured PORT DATABASE
"""

import sys

import catalog
from follow import Cured, Follower, lines, main
from killed import Kills, Statements


class Fix(Follower):
    def start(self):
        """What the first part depends on, and the end of the other apps' histories as far as it is there."""
        first = next(target["migration"] for target in self.targets if "migration" in target)
        name = first if self.project.name == "cured" else self.finding["migration"]
        node = self.loader().graph.node_map[self.app, name]
        parents = [parent.key for parent in node.parents]
        return parents if any(app == self.app for app, _ in parents) else [*parents, (self.app, None)]


class Unsplit(Fix):
    def run(self):
        start = self.start()
        self.migrate([key for key in start if key[1]])
        before = catalog.schema(self.connection)
        self.migrate([(self.app, self.goal)])
        state = self.state()
        _ = state.apps
        seen = {"before": before, "after": catalog.schema(self.connection), "state": lines(state)}
        return seen | {"back": self.back_to(start)}


class Parts(Fix, Cured):
    def run(self):
        start = self.start()
        self.migrate([key for key in start if key[1]])
        before = catalog.schema(self.connection)
        self.put_rows()
        self.declares = self.finding["plan"]["declares"]
        kills = Kills(self.copies, "leaves-index" in self.declares)
        for number, target in enumerate(self.targets, 1):
            self.part(f"part {number}, {target.get('migration') or target['command']}", target, kills)
        seen = {"before": before, "after": catalog.schema(self.connection), "state": lines(self.state())}
        # Rows without a value, or of a table that was gone, stop the original as well.
        self.without_rows()
        kills = {"count": kills.count, "invalid": kills.invalid, "wrong": kills.wrong}
        return seen | {"back": self.back_to(start), "kills": kills}

    def part(self, name, target, kills):
        if "dependents-first" in self.declares:
            self.clear_the_way(target)
        self.copies.keep()
        statements = Statements()
        with self.connection.execute_wrapper(statements):
            self.follow(target)
        wanted = catalog.schema_and_migrations(self.connection)
        kills.of_step(name, lambda: self.follow(target), statements.sent, wanted)

    def with_models(self, release, act):
        """The command of a part runs with the models as the migrations so far have them."""
        from unittest import mock

        from django.apps import apps

        models = self.state().apps
        with mock.patch.object(apps, "get_model", models.get_model):
            act()


if __name__ == "__main__":
    main(*sys.argv[1:], {"original": Unsplit, "cured": Parts})
