//! `AlterField`: what it changes, piece by piece, and NOT NULL by a check that is proved first.

use crate::migration::{Field, Operation};
use crate::plan::{Content, Declared, Plan, PlannedMigration, PlannedOperation, Sends, Step, apart, run_sql};
use crate::python::WrittenCall;
use crate::statement::quote_name;
use crate::value::Value as PythonValue;

use super::pieces::{Change, Reversible, all, left};
use super::rows::{Fill, Value};
use super::{Cure, Piece, in_state, model_line, of_release, short_name, step};

/// What is said of a foreign key that Django drops and makes again.
const KEY_AGAIN: &str = "leave the foreign key as it is: Django drops and makes it again, though nothing of it changes in the database; \
     change the state alone";
const KEY_AGAIN_AND_MORE: &str = "leave the foreign key as it is: Django drops and makes it again, though nothing of it changes in the database; \
     send the rest by SQL, and change the state alone";

impl Cure<'_> {
    pub(super) fn altered_field(&self) -> Option<Plan> {
        let Operation::AlterField {
            name,
            field,
            preserve_default,
            ..
        } = &self.node.operation
        else {
            return None;
        };
        if self.changes_on_delete(field) {
            return None;
        }
        let pieces = self.pieces()?;
        let not_null = pieces.iter().find_map(|piece| match piece {
            Piece::NotNull { table, column } => Some((table.clone(), column.clone())),
            _ => None,
        });
        let written = self.written();
        let Some((table, column)) = not_null else {
            let steps = self.composed(&pieces, Some(&written));
            let is_made_again = !self.worth_it(&pieces) && self.makes_key_again();
            let summary = match (is_made_again, pieces.is_empty()) {
                (true, true) => KEY_AGAIN,
                (true, false) => KEY_AGAIN_AND_MORE,
                (false, _) => summary(&pieces),
            };
            let plan = || self.noting_others(Plan::new(summary, steps), &pieces);
            return (is_made_again || self.worth_it(&pieces)).then(plan);
        };
        let before = self.before.field.as_ref()?;
        let others: Vec<Piece> = pieces
            .into_iter()
            .filter(|piece| !matches!(piece, Piece::Fill | Piece::NotNull { .. }))
            .collect();
        if self.is_proven {
            return Some(self.set_proven(&others, &table, &column, &written));
        }
        let release = if before.field.default.is_some() { 1 } else { 2 };
        let source = self.field()?;
        let mut steps = if release == 1 {
            self.composed(&others, None)
        } else {
            self.no_more_nulls(name, &source, *preserve_default, &others)
        };
        let fill = Fill {
            app: self.app,
            model: self.model(),
            field: name,
            value: self.value_of(field.default.as_ref(), &source, *preserve_default),
        };
        steps.extend(self.made_not_null(release, &table, &column, &fill, &written));
        let plan = Plan::new(
            "fill the rows, let a check refuse NULL, prove it, and make the column NOT NULL: nothing is read under the lock",
            steps,
        );
        Some(self.noting_others(refusing_none(plan), &others))
    }

    /// A check proves it already: `AlterField` would only update rows, of which none is NULL.
    fn set_proven(&self, others: &[Piece], table: &str, column: &str, state: &str) -> Plan {
        let mut steps = self.composed(others, None);
        let last = apart(vec![set_not_null(table, column).operation()], &[state.to_owned()]);
        steps.push(step("makes the column NOT NULL, a moment", self.briefly(vec![last])));
        Plan::new(
            "set it by SQL, and change the state alone by AlterField, which would update the rows first: a check proves that none is NULL",
            steps,
        )
    }

    /// With what stops the build of a unique index, and what a foreign key of which running code does not know does to it.
    fn noting_others(&self, plan: Plan, pieces: &[Piece]) -> Plan {
        let is_unique = |piece: &Piece| matches!(piece, Piece::Build(build) if build.statement.unique);
        let is_key = |piece: &Piece| matches!(piece, Piece::Prove { is_key: true, .. });
        let was_key = self.was_key();
        let plan = if pieces.iter().any(is_unique) {
            plan.noting(super::DUPLICATES)
        } else {
            plan
        };
        let plan = self.noting_none(plan);
        if was_key || !pieces.iter().any(is_key) {
            return plan;
        }
        plan.declaring(
            Declared::RefusesDeletes,
            "The running release does not know of the foreign key: from then on it cannot delete rows that others point to.",
        )
    }

    fn was_key(&self) -> bool {
        let before = self.before.field.as_ref();
        before.is_some_and(|before| before.field.reference().is_some())
    }

    /// With what the running release reads where a column may be NULL from now on.
    fn noting_none(&self, plan: Plan) -> Plan {
        let (Operation::AlterField { name, field, .. }, Some(before)) = (&self.node.operation, &self.before.field)
        else {
            return plan;
        };
        if !field.null || !before.not_null {
            return plan;
        }
        let note =
            format!("Once the new release writes rows with NULL in `{name}`, the running release reads None there.");
        plan.declaring(Declared::ReadsNone, note)
    }

    /// Whether it drops the foreign key only to make the same one again.
    fn makes_key_again(&self) -> bool {
        let made = |changes: Vec<Change<'_>>| changes.into_iter().filter(|change| change.adds_key()).count();
        made(all(&self.statements)) > made(left(&self.statements))
    }

    /// Whether Postgres itself deletes or empties other rows than before (Django 6.1's `DB_CASCADE` and kin): the key has the same name.
    fn changes_on_delete(&self, field: &Field) -> bool {
        let in_database = |field: &Field| {
            let action = field.relation().and_then(|relation| relation.on_delete.clone());
            action.filter(|action| action.starts_with("DB_"))
        };
        let before = self.before.field.as_ref();
        before.is_some_and(|before| in_database(&before.field) != in_database(field))
    }

    /// Whether the plan does anything in another way than the operation.
    fn worth_it(&self, pieces: &[Piece]) -> bool {
        pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Build(_) | Piece::Prove { .. } | Piece::Attach(_)))
    }

    /// The first release of two: its code writes a value always. What the operation does besides goes along with the state that has it.
    fn no_more_nulls(&self, name: &str, source: &WrittenCall, is_kept: bool, others: &[Piece]) -> Vec<Step> {
        let has_default = is_kept && source.keyword("default").is_some();
        if !has_default {
            let code = format!(
                "# wherever the code writes a {}, it gives `{name}` a value",
                self.model()
            );
            let told = Step {
                release: 1,
                does: "no more NULL is written".to_owned(),
                content: Content::Code(code),
            };
            let beside = self.composed(others, None).into_iter().map(|step| of_release(2, step));
            return std::iter::once(told).chain(beside).collect();
        }
        let nullable = source.clone().with("null", "True").print();
        let operation = self.operation_on_field("AlterField", name, &nullable);
        let told = if others.is_empty() {
            let is_key = self.was_key();
            let migration = PlannedMigration::atomic(vec![in_state(&operation, is_key)]);
            vec![step(
                "sends nothing; the code writes the default from here on",
                migration,
            )]
        } else {
            self.composed(others, Some(&operation))
        };
        let mut steps = vec![model_line(name, &nullable)];
        steps.extend(told);
        steps.push(of_release(2, model_line(name, &source.print())));
        steps
    }

    /// What rows get that have nothing: the field's default, as Python. Of a field that does not keep it nobody can ask for it later.
    pub(super) fn value_of(&self, default: Option<&PythonValue>, source: &WrittenCall, is_kept: bool) -> Value {
        let given = source.keyword("default").or_else(|| source.keyword("db_default"));
        let Some(written) = given else {
            return Value::Unknown;
        };
        let is_called = matches!(default, Some(PythonValue::Name(_) | PythonValue::Function(_)));
        let is_unknown = matches!(default, Some(PythonValue::Unknown(_)));
        match self.imports(written) {
            Some(imports) if !is_called && !is_unknown => Value::Expression(written.to_owned(), imports),
            _ if is_kept => Value::OfField,
            Some(imports) if is_called => Value::Call(format!("{written}()"), imports),
            _ => Value::Unknown,
        }
    }

    /// The steps from rows with NULL to NOT NULL.
    pub(super) fn made_not_null(
        &self,
        release: u8,
        table: &str,
        column: &str,
        fill: &Fill<'_>,
        state: &str,
    ) -> Vec<Step> {
        let check = short_name(&format!("{table}_{column}_not_null"));
        let (quoted, quoted_column, quoted_check) = (quote_name(table), quote_name(column), quote_name(&check));
        let drop = format!("ALTER TABLE {quoted} DROP CONSTRAINT IF EXISTS {quoted_check}");
        let add = Reversible {
            sql: format!(
                "ALTER TABLE {quoted} ADD CONSTRAINT {quoted_check} CHECK ({quoted_column} IS NOT NULL) NOT VALID"
            ),
            reverse: drop.clone(),
        };
        let set = set_not_null(table, column);
        let validate = run_sql(
            &[format!("ALTER TABLE {quoted} VALIDATE CONSTRAINT {quoted_check}")],
            Some(&[]),
        );
        let is_known = !matches!(fill.value, Value::Unknown);
        let mut steps = Vec::new();
        if is_known {
            steps.push(Step {
                release,
                does: "fills the old rows, by hand, before the next migration".to_owned(),
                content: Content::Command {
                    path: fill.path(),
                    code: fill.command(),
                    table: table.to_owned(),
                },
            });
        }
        let mut asserting = PlannedMigration::atomic(vec![PlannedOperation {
            code: format!(
                "migrations.RunPython(assert_{}_filled, migrations.RunPython.noop)",
                fill.field
            ),
            sends: Sends::Reads {
                table: table.to_owned(),
            },
        }]);
        asserting.functions.push(fill.assertion());
        steps.push(step("stops while old rows have NULL", asserting));
        steps.push(step(
            "refuses NULL in new rows, a moment",
            self.briefly(vec![add.operation()]),
        ));
        if is_known {
            let run = PlannedOperation {
                code: format!("migrations.RunPython({}, migrations.RunPython.noop)", fill.name()),
                sends: Sends::Updates {
                    table: table.to_owned(),
                },
            };
            let mut filling = PlannedMigration::autocommit(vec![run]);
            filling.functions.push(fill.function());
            filling.imports.extend_from_slice(fill.value.imports());
            steps.push(step("fills rows that were written since", filling));
        }
        steps.push(step(
            "reads the rows while nobody waits",
            PlannedMigration::atomic(vec![validate]),
        ));
        let last = apart(vec![set.operation(), run_sql(&[drop], Some(&[]))], &[state.to_owned()]);
        steps.push(step("makes the column NOT NULL, a moment", self.briefly(vec![last])));
        steps.into_iter().map(|step| of_release(release, step)).collect()
    }
}

/// With what the check does to running code.
pub(super) fn refusing_none(plan: Plan) -> Plan {
    plan.declaring(
        Declared::RefusesNone,
        "Code, forms or APIs that pass None explicitly fail from the check on.",
    )
}

fn set_not_null(table: &str, column: &str) -> Reversible {
    let start = format!("ALTER TABLE {} ALTER COLUMN {}", quote_name(table), quote_name(column));
    Reversible {
        sql: format!("{start} SET NOT NULL"),
        reverse: format!("{start} DROP NOT NULL"),
    }
}

fn summary(pieces: &[Piece]) -> &'static str {
    let builds = pieces.iter().any(|piece| matches!(piece, Piece::Build(_)));
    let proves = pieces.iter().any(|piece| matches!(piece, Piece::Prove { .. }));
    match (builds, proves) {
        (true, true) => "build the indexes concurrently, and prove the constraints afterwards",
        (true, false) => "build the index concurrently, and put the field into the state with it",
        (false, _) => "add the constraint as NOT VALID, and validate it in the next migration",
    }
}
