//! What hangs on a table, column, key, sequence or type: it makes a statement fail, or goes with it.

use crate::catalog::{Along, ConstraintKind, table_key};
use crate::statement::{AlterTableAction, Command, Statement, TableChange};
use crate::transaction::Likelihood;

use super::{Aspect, Context, FactName, Observation, Role, unbound, usage};

/// As many things that go along are named.
const MOST_ALONG: usize = 5;

impl Context<'_> {
    pub(super) fn drop_table(&self, table: &str, cascade: bool, along: &[String]) -> Vec<Observation> {
        if let Some(view) = self.catalog.view(table) {
            // Only DROP VIEW drops it; Postgres refuses this.
            return vec![self.refused(table, &format!("{table} is a {:?} view", view.kind))];
        }
        let used = self.use_of_table(table);
        let about = |aspect| Observation::new(aspect, table);
        let mut observations = vec![
            used.tell(about(Aspect::DropTable))
                .named("but", "")
                .named("state_operations", self.without_keys(table))
                .named("dropped", format!("`{table}`")),
        ];
        observations.extend(self.partners(table, None).iter().map(|partner| {
            about(Aspect::DropReference)
                .fact(FactName::Use, used.value())
                .role(Role::Partner, partner)
        }));
        observations.extend(self.drop_partition(table));
        let child = self.catalog.incoming_foreign_keys(table).find(|(child, key, _)| {
            *child != table && !along.iter().any(|name| name == child) && self.catalog.trusts_constraint(child, key)
        });
        let views = self.catalog.dependent_views(table, None);
        match (cascade, child, views.first()) {
            (false, Some((child, key, _)), _) => {
                observations.push(self.refused(table, &format!("the foreign key `{key}` of `{child}`")));
            }
            (false, None, Some(view)) => observations.push(self.refused(table, &format!("the view `{view}`"))),
            (true, ..) => observations.extend(take_views(table, &views)),
            (false, None, None) => {}
        }
        observations
    }

    fn refused(&self, table: &str, dependent: &str) -> Observation {
        let table = self.catalog.table(table).map_or(table, |_| table);
        Observation::new(Aspect::DependentsRefuse, table).named("dependent", dependent)
    }

    pub(super) fn column_dependents(&self, table: &str, column: &str, cascade: bool) -> Vec<Observation> {
        let views = self.catalog.dependent_views(table, Some(column));
        let generated = self
            .catalog
            .table(table)
            .map(|entry| entry.generated_from(column))
            .unwrap_or_default();
        // Until PostgreSQL 14 a generated column went without a word.
        let needs_cascade = self.postgres.0 >= 15;
        let mut observations = Vec::new();
        if cascade {
            observations.extend(take_views(table, &views));
        } else if let Some(dependent) = self.column_dependent(table, column) {
            return vec![self.refused(table, &dependent).named("column", column)];
        }
        if cascade {
            observations.extend(self.taken_along(table, column));
        }
        for other in generated {
            observations.push(if cascade || !needs_cascade {
                Observation::new(Aspect::TakeColumn, table).named("column", other)
            } else {
                self.refused(table, &format!("the generated column `{other}`"))
                    .named("column", column)
            });
        }
        observations
    }

    /// What keeps a column from being dropped without CASCADE.
    fn column_dependent(&self, table: &str, column: &str) -> Option<String> {
        if let Some(view) = self.catalog.dependent_views(table, Some(column)).first() {
            return Some(format!("the view `{view}`"));
        }
        let incoming = self.catalog.incoming_foreign_keys(table).find(|(child, key, constraint)| {
            *child != table
                && self.catalog.trusts_constraint(child, key)
                && matches!(&constraint.kind, ConstraintKind::ForeignKey { to_columns, .. } if to_columns.iter().any(|to| to == column))
        });
        if let Some((child, key, _)) = incoming {
            return Some(format!("the foreign key `{key}` of `{child}`"));
        }
        self.attached_to(table, column)
    }

    /// A trigger or policy that names the column.
    fn attached_to(&self, table: &str, column: &str) -> Option<String> {
        let entry = self.catalog.table(table)?;
        let trigger = entry.triggers_over(column).into_iter().next();
        let policy = || entry.policies_over(column).into_iter().next();
        trigger
            .map(|name| format!("the trigger `{name}`"))
            .or_else(|| policy().map(|name| format!("the policy `{name}`")))
    }

    /// What CASCADE takes along that is felt by itself: triggers no longer run, policies no longer hide rows.
    fn taken_along(&self, table: &str, column: &str) -> Vec<Observation> {
        let Some(entry) = self.catalog.table(table) else {
            return Vec::new();
        };
        let triggers = entry.triggers_over(column).into_iter().map(|name| {
            Observation::new(Aspect::TakeTrigger, table)
                .named("trigger", name)
                .named("column", column)
        });
        let policies = entry
            .policies_over(column)
            .into_iter()
            .map(|name| self.dropped_policy(table, &name));
        triggers.chain(policies).collect()
    }

    /// A policy that is dropped, by itself or along with a column.
    pub(super) fn dropped_policy(&self, table: &str, name: &str) -> Observation {
        Observation::new(Aspect::DropPolicy, table)
            .named("policy", name)
            .named("change", format!("drops the policy `{name}` of `{table}`"))
    }

    /// What goes with a column, as the end of a sentence.
    pub(super) fn along(&self, table: &str, column: &str, cascade: bool) -> String {
        let along = self.catalog.along(table, column);
        let mut names: Vec<String> = along
            .iter()
            .filter(|along| cascade || along.goes_unasked())
            .map(in_words)
            .collect();
        let verb = if names.len() == 1 { "goes" } else { "go" };
        if let Some(more) = names.len().checked_sub(MOST_ALONG).filter(|more| *more > 0) {
            names.truncate(MOST_ALONG);
            names.push(format!("{more} more"));
        }
        let last = names.pop();
        match (names.as_slice(), last) {
            (_, None) => String::new(),
            ([], Some(only)) => format!("; {only} {verb} with it"),
            (others, Some(last)) => format!("; {} and {last} {verb} with it", others.join(", ")),
        }
    }

    /// What makes a change of the column's type fail.
    pub(super) fn type_dependents(&self, table: &str, column: &str) -> Option<Observation> {
        let view = self
            .catalog
            .dependent_views(table, Some(column))
            .first()
            .map(|view| format!("the view `{view}`"));
        let generated = || {
            let name = self.catalog.table(table)?.generated_from(column).into_iter().next()?;
            Some(format!("the generated column `{name}`"))
        };
        let dependent = view.or_else(generated).or_else(|| self.attached_to(table, column))?;
        Some(
            Observation::new(Aspect::AlterTypeDependents, table)
                .named("column", column)
                .named("dependent", dependent),
        )
    }

    /// The foreign keys that point at a primary or unique key.
    pub(super) fn key_dependents(&self, table: &str, columns: &[String], cascade: bool) -> Vec<Observation> {
        let incoming = self.catalog.incoming_foreign_keys(table).filter(
            |(_, _, constraint)| matches!(&constraint.kind, ConstraintKind::ForeignKey { to_columns, .. } if to_columns == columns),
        );
        let mut observations: Vec<Observation> = Vec::new();
        for (child, key, _) in incoming {
            if !cascade && self.catalog.trusts_constraint(child, key) {
                return vec![self.refused(table, &format!("the foreign key `{key}` of `{child}`"))];
            }
            if cascade && child != table {
                let observation = Observation::new(Aspect::DropReference, table).fact(FactName::Use, "used");
                observations.push(observation.role(Role::Partner, child));
            }
        }
        observations
    }

    /// An index that a constraint needs, or that cannot be dropped in this way.
    pub(super) fn index_dependents(
        &self,
        table: &str,
        index: &str,
        concurrently: bool,
        cascade: bool,
    ) -> Option<Observation> {
        let entry = self.catalog.table(table)?;
        if entry.constraints.contains_key(index) {
            return Some(self.refused(table, &format!("the constraint `{index}`")));
        }
        if concurrently && cascade {
            return Some(self.refused(table, "CONCURRENTLY, which does not go with CASCADE"));
        }
        let partitioned = concurrently && entry.attached.partitioned;
        partitioned.then(|| Observation::new(Aspect::PartitionedConcurrently, table).named("index", index))
    }

    pub(super) fn drop_sequence(&self, sequence: &str, cascade: bool) -> Vec<Observation> {
        let mut observations = vec![unbound(Aspect::DropSequence).role(Role::Sequence, sequence)];
        for (table, column) in self.catalog.sequence_users(sequence) {
            let identity = self
                .catalog
                .column(&table, &column)
                .is_some_and(|column| column.identity);
            observations.push(if cascade && !identity {
                Observation::new(Aspect::TakeDefault, &table).named("column", column)
            } else {
                self.refused(&table, &format!("the default of `{column}` in `{table}`"))
            });
        }
        observations
    }

    pub(super) fn drop_type(&self, name: &str, cascade: bool) -> Vec<Observation> {
        let mut observations = vec![unbound(Aspect::TouchNothing)];
        for (table, column) in self.catalog.type_users(&name.to_lowercase()) {
            observations.push(if cascade {
                Observation::new(Aspect::TakeColumn, &table).named("column", column)
            } else {
                self.refused(&table, &format!("the column `{column}` of `{table}`"))
            });
        }
        let function = (!cascade && observations.len() == 1)
            .then(|| self.function_with(&name.to_lowercase()))
            .flatten();
        observations.extend(function.map(|function| unbound(Aspect::DependentsRefuse).named("dependent", function)));
        observations
    }

    pub(super) fn drop_view(&self, view: &str, cascade: bool, along: &[String]) -> Vec<Observation> {
        let dropped = unbound(Aspect::DropView).role(Role::View, view).named("but", "");
        let mut observations = vec![match self.usage.stands_in(view) {
            Some(by) if self.usage.deploy().phase.meets_old_code() => usage::drops_stand_in(dropped, view, by),
            Some(_) | None => dropped,
        }];
        let above = self.catalog.dependent_views(view, None);
        if cascade {
            observations.extend(take_views(view, &above));
        } else if let Some(above) = above.iter().find(|above| !along.contains(above)) {
            observations.push(self.refused(view, &format!("the view `{above}`")));
        }
        observations
    }

    /// An extension, a schema, and whatever else is no relation.
    pub(super) fn drop_object(&self, kind: &str, name: &str, cascade: bool) -> Vec<Observation> {
        let dependent = (kind == "extension" && !cascade)
            .then(|| self.extension_dependent(name))
            .flatten();
        let refused = dependent.map(|dependent| unbound(Aspect::DependentsRefuse).named("dependent", dependent));
        refused.map_or_else(|| vec![unbound(Aspect::TouchNothing)], |refused| vec![refused])
    }

    /// What Postgres refuses whatever the statement says: checks that wait, enum values that are too new.
    pub(super) fn certain_failures(&self, statement: &Statement) -> Vec<Observation> {
        let mut observations = Vec::new();
        if let Some((table, likelihood)) = self.first_with_pending_checks(statement) {
            let (likelihood, written) = match likelihood {
                Likelihood::Certain => ("certain", "its rows were written in the same transaction:"),
                Likelihood::Possible => (
                    "possible",
                    "its rows may have been written in the same transaction: if they were,",
                ),
            };
            observations.push(
                Observation::new(Aspect::PendingEvents, table)
                    .fact(FactName::Likelihood, likelihood)
                    .named("written", written),
            );
        }
        if let Some(text) = text_with_values(statement)
            && let Some(value) = self.transaction.new_enum_value_in(&text)
        {
            observations.push(unbound(Aspect::NewEnumValue).named("value", value));
        }
        observations
    }

    /// A foreign key is dropped from both of its tables.
    fn first_with_pending_checks<'s>(&'s self, statement: &'s Statement) -> Option<(&'s str, Likelihood)> {
        let dropped: Vec<&str> = match statement {
            Statement::AlterTable { table, actions, .. } => {
                let constraints = self.catalog.table(table_key(table)).map(|table| &table.constraints);
                let partners = actions.iter().filter_map(|action| match action {
                    AlterTableAction::DropConstraint { name, .. } => match &constraints?.get(&*name.known()?)?.kind {
                        ConstraintKind::ForeignKey { to_table, .. } => Some(to_table.as_str()),
                        _ => None,
                    },
                    _ => None,
                });
                partners.collect()
            }
            _ => Vec::new(),
        };
        let tables = checked_for_use(statement).chain(dropped);
        let mut pending: Vec<(&str, Likelihood)> = tables
            .filter_map(|table| Some((table, self.transaction.pending_checks(table)?)))
            .collect();
        pending.sort_by_key(|(_, likelihood)| *likelihood);
        pending.into_iter().next()
    }
}

fn in_words(along: &Along) -> String {
    match along {
        Along::Policy(_) => format!("{along} (rows open or vanish)"),
        along => along.to_string(),
    }
}

fn take_views(table: &str, views: &[String]) -> Vec<Observation> {
    let take = |view: &String| unbound(Aspect::TakeView).named("table", table).role(Role::View, view);
    views.iter().map(take).collect()
}

/// Whether an action makes sure that nothing waits to be done to the table: all but those that change no more than a name.
fn checks_for_use(action: &AlterTableAction) -> bool {
    match action {
        AlterTableAction::RenameColumn { .. } => false,
        AlterTableAction::Change { change, .. } => !matches!(
            change,
            TableChange::SetSchema { .. } | TableChange::RenameConstraint { .. }
        ),
        _ => true,
    }
}

/// The tables of which Postgres makes sure that nothing waits to be done to them (`CheckTableNotInUse`).
fn checked_for_use(statement: &Statement) -> impl Iterator<Item = &str> {
    let (one, many): (Option<&str>, &[String]) = match statement {
        Statement::AlterTable { table, actions, .. } => {
            (actions.iter().any(checks_for_use).then(|| table_key(table)), &[])
        }
        Statement::DropTable { table, .. } => (Some(table_key(table)), &[]),
        Statement::CreateIndex(create) if !create.concurrently => (Some(table_key(&create.table)), &[]),
        Statement::Command { command, .. } => match command.as_ref() {
            Command::Truncate { tables, .. } => (None, tables),
            Command::Cluster { table } => (table.as_deref(), &[]),
            _ => (None, &[]),
        },
        _ => (None, &[]),
    };
    one.into_iter().chain(many.iter().map(String::as_str))
}

/// The text of a statement that may use a value of an enum.
fn text_with_values(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Command { text, command } => match command.as_ref() {
            Command::Update { .. } | Command::Insert { .. } | Command::Delete { .. } | Command::Select { .. } => {
                Some(text.clone())
            }
            _ => None,
        },
        Statement::UpdateNulls { value, .. } => Some(value.shown().to_owned()),
        Statement::AlterTable { actions, .. } => {
            let adds = |action: &&AlterTableAction| {
                matches!(
                    action,
                    AlterTableAction::AddColumn(_)
                        | AlterTableAction::SetDefault { .. }
                        | AlterTableAction::AddConstraint(_)
                        | AlterTableAction::AlterType { .. }
                )
            };
            let parts: Vec<String> = actions.iter().filter(adds).map(ToString::to_string).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        Statement::CreateIndex(create) => create
            .condition
            .as_ref()
            .map(|condition| condition.sql.shown().to_owned()),
        _ => None,
    }
}
