//! `AlterField` to a type that rewrites the table: by another column of the new type, which a trigger fills in rows that are written and a
//! command in all others, and which takes the first one's place in a moment.

use crate::plan::{Content, Plan, PlannedMigration, PlannedOperation, Sends, Step, apart, run_sql};
use crate::statement::{AlterTableAction, CreateIndex, IndexItem, Name, Statement, Using, quote_name};

use super::exchange::Exchange;
use super::pieces::{Build, Change, Reversible, left};
use super::rows::Conversion;
use super::{Cure, new_name, short_name, step};
use crate::unknown::Identifier;

const MORE: &str = "the operation changes more than the type: change that in an operation of its own, before it";

const OTHER_ROWS: &str = "the column loses a constraint, or refers to another table afterwards, where no value can be taken over: add a field \
     of its own for it, fill it, and remove this one in a later release";

/// What the operation sends, as far as it is about the column's type.
struct Retyped {
    data_type: String,
    /// Whether the values are cast explicitly.
    is_cast: bool,
    /// Indexes that it makes over the column.
    made: Vec<CreateIndex>,
    /// Those that it drops.
    dropped: Vec<String>,
    /// Whether the column may be NULL from now on.
    drops_not_null: bool,
}

impl Cure<'_> {
    /// The plan, or why there is none, as the end of a sentence.
    pub(super) fn exchanged_field(&self) -> Result<Plan, String> {
        let exchange = match &self.before.exchange {
            Some(Ok(exchange)) => exchange,
            Some(Err(why)) => return Err(why.clone()),
            None => return Err("what the table has is not known".to_owned()),
        };
        let retyped = self.retyped(exchange)?;
        let builds = retyped
            .builds(exchange)
            .ok_or("an index over the column is more than a list of columns")?;
        let mut steps = vec![
            self.beside(exchange, &retyped),
            self.converts(exchange, &retyped),
            asserts(exchange, self),
        ];
        for (build, _) in &builds {
            let migration = PlannedMigration::autocommit(vec![build.operation()]);
            steps.push(step(format!("builds {}", build.name), migration));
        }
        let proofs = proofs(exchange, &retyped);
        if !proofs.is_empty() {
            let adds = proofs.iter().map(|proof| proof.add.operation()).collect();
            steps.push(step("holds for new rows, a moment", self.briefly(adds)));
        }
        let mut reads: Vec<String> = proofs.into_iter().map(|proof| proof.validate).collect();
        let [table, new] = [&exchange.table, &exchange.new].map(|name| quote_name(name));
        reads.push(format!("ANALYZE {table} ({new})"));
        let migration = PlannedMigration::atomic(vec![run_sql(&reads, Some(&[]))]);
        steps.push(step("reads the rows while nobody waits", migration));
        steps.push(self.swaps(exchange, &retyped, &builds));
        let plan = Plan::new(
            "fill a column of the new type beside it, by a trigger and in batches, and let it take the column's place in a moment",
            steps,
        );
        let plan = plan.noting("Values that do not fit the new type are refused from the first step on.");
        Ok(plan.noting("The way back is the operation's own, and rewrites the table."))
    }

    fn retyped(&self, exchange: &Exchange) -> Result<Retyped, &'static str> {
        let mut retyped = Retyped {
            data_type: String::new(),
            is_cast: false,
            made: Vec::new(),
            dropped: Vec::new(),
            drops_not_null: false,
        };
        for change in left(&self.statements) {
            retyped.note(change, exchange)?;
        }
        let is_over_it = |name: &String| exchange.indexes.iter().any(|index| index.name == *name);
        let is_whole = !retyped.data_type.is_empty() && retyped.dropped.iter().all(is_over_it);
        if is_whole { Ok(retyped) } else { Err(MORE) }
    }

    /// The column, and the trigger that fills it.
    fn beside(&self, exchange: &Exchange, retyped: &Retyped) -> Step {
        let trigger = quote_name(&exchange.trigger());
        let [table, column, new] = [&exchange.table, &exchange.column, &exchange.new].map(|name| quote_name(name));
        let value = retyped.value(&format!("NEW.{column}"));
        let mut sql = vec![format!("ALTER TABLE {table} ADD COLUMN {new} {}", retyped.data_type)];
        if let Some(default) = &exchange.default {
            // Not as the column is added: old rows would get it.
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {new} SET DEFAULT {default}"));
        }
        sql.push(format!(
            "CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.{new} := {value}; RETURN NEW; END $$"
        ));
        sql.push(format!(
            "CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()"
        ));
        let reverse = [
            format!("DROP TRIGGER IF EXISTS {trigger} ON {table}"),
            format!("DROP FUNCTION IF EXISTS {trigger}()"),
            format!("ALTER TABLE {table} DROP COLUMN IF EXISTS {new}"),
        ];
        let migration = self.briefly(vec![run_sql(&sql, Some(&reverse))]);
        step("adds the column, and a trigger that fills it, a moment", migration)
    }

    fn conversion<'c>(&'c self, exchange: &'c Exchange, value: String) -> Conversion<'c> {
        Conversion {
            app: self.app,
            model: self.model(),
            table: &exchange.table,
            key: &exchange.key,
            column: &exchange.column,
            new: &exchange.new,
            value,
        }
    }

    fn converts(&self, exchange: &Exchange, retyped: &Retyped) -> Step {
        let conversion = self.conversion(exchange, retyped.value(&quote_name(&exchange.column)));
        Step {
            release: 1,
            does: "converts the old rows, by hand, before the next migration".to_owned(),
            content: Content::Command {
                path: conversion.path(),
                code: conversion.command(),
                table: exchange.table.clone(),
            },
        }
    }

    /// The new column takes the place of the old one, and all that it needs with it.
    fn swaps(&self, exchange: &Exchange, retyped: &Retyped, builds: &[(Build, Final)]) -> Step {
        let trigger = quote_name(&exchange.trigger());
        let [table, column, new] = [&exchange.table, &exchange.column, &exchange.new].map(|name| quote_name(name));
        let mut sql = vec![
            format!("DROP TRIGGER {trigger} ON {table}"),
            format!("DROP FUNCTION {trigger}()"),
        ];
        if exchange.not_null && !retyped.drops_not_null {
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {new} SET NOT NULL"));
            let check = quote_name(&not_null_check(exchange));
            sql.push(format!("ALTER TABLE {table} DROP CONSTRAINT {check}"));
        }
        sql.push(format!("ALTER TABLE {table} DROP COLUMN {column}"));
        sql.push(format!("ALTER TABLE {table} RENAME COLUMN {new} TO {column}"));
        for (build, last) in builds {
            let [own, name] = [&build.name, &last.name].map(|name| quote_name(name));
            sql.push(if last.is_constraint {
                format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {own}")
            } else {
                format!("ALTER INDEX {own} RENAME TO {name}")
            });
        }
        for constraint in &exchange.constraints {
            let [own, name] = [&constraint.new, &constraint.name].map(|name| quote_name(name));
            sql.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {own} TO {name}"));
        }
        let made = retyped.made.iter().filter_map(|create| create.name.known());
        let mut reverse: Vec<String> = made
            .map(|name| format!("DROP INDEX IF EXISTS {}", quote_name(&name)))
            .collect();
        let old = &exchange.old_type;
        reverse.push(format!(
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {old} USING {column}::{old}"
        ));
        if retyped.drops_not_null {
            reverse.push(format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"));
        }
        reverse.extend(retyped.dropped.iter().filter_map(|name| {
            let (_, create) = self.before.indexes.iter().find(|(own, _)| own == name)?;
            Some(format!("CREATE INDEX {create}"))
        }));
        let last = apart(vec![run_sql(&sql, Some(&reverse))], &[self.written()]);
        step(
            "puts the new column in the place of the old one, a moment",
            self.briefly(vec![last]),
        )
    }
}

/// What an index is in the end.
struct Final {
    name: String,
    is_constraint: bool,
}

impl Retyped {
    fn note(&mut self, change: Change<'_>, exchange: &Exchange) -> Result<(), &'static str> {
        match change {
            Change::Action(_, action) => self.note_action(action, exchange),
            Change::Statement(Statement::CreateIndex(create)) => {
                self.made.push(create.clone());
                Ok(())
            }
            Change::Statement(Statement::DropIndex { name, .. }) => {
                self.dropped.push(name.known().ok_or(MORE)?.into_owned());
                Ok(())
            }
            Change::Statement(_) => Err(MORE),
        }
    }

    fn note_action(&mut self, action: &AlterTableAction, exchange: &Exchange) -> Result<(), &'static str> {
        let is_it = |column: &Identifier| column.known() == Some(&exchange.column);
        match action {
            AlterTableAction::AlterType {
                column,
                data_type,
                collation: None,
                using,
            } if is_it(column) && self.data_type.is_empty() => {
                self.is_cast = match using {
                    None => false,
                    Some(Using::Cast) => true,
                    Some(Using::Expression(_)) => return Err(MORE),
                };
                data_type.text().known().ok_or(MORE)?.clone_into(&mut self.data_type);
            }
            AlterTableAction::DropNotNull { column } if is_it(column) => self.drops_not_null = true,
            AlterTableAction::DropConstraint { name, .. }
                if exchange
                    .constraints
                    .iter()
                    .any(|constraint| name.known().as_deref() == Some(&constraint.name)) =>
            {
                return Err(OTHER_ROWS);
            }
            _ => return Err(MORE),
        }
        Ok(())
    }

    fn value(&self, of: &str) -> String {
        if self.is_cast {
            format!("{of}::{}", self.data_type)
        } else {
            of.to_owned()
        }
    }

    /// The indexes over the new column, and what each is in the end.
    fn builds(&self, exchange: &Exchange) -> Option<Vec<(Build, Final)>> {
        let kept = exchange
            .indexes
            .iter()
            .filter(|index| !self.dropped.contains(&index.name));
        let kept = kept.map(|index| {
            let last = Final {
                name: index.name.clone(),
                is_constraint: index.is_constraint,
            };
            Some((Build::of(&index.create)?, last))
        });
        let made = self.made.iter().map(|create| {
            let name = create.name.known()?.into_owned();
            let has_more =
                create.condition.is_some() || create.items.iter().any(|item| matches!(item, IndexItem::Expression(_)));
            let mut over_new = CreateIndex {
                name: Name::Given(new_name(&name)),
                ..create.clone()
            };
            over_new.rename_column(&create.table, &exchange.column, &exchange.new);
            let build = Build::of(&over_new).filter(|_| !has_more)?;
            Some((
                build,
                Final {
                    name,
                    is_constraint: false,
                },
            ))
        });
        kept.chain(made).collect()
    }
}

/// A constraint of the new column that is proved before it takes the old one's place.
struct Proof {
    add: Reversible,
    validate: String,
}

fn not_null_check(exchange: &Exchange) -> String {
    short_name(&format!("{}_{}_not_null", exchange.table, exchange.new))
}

fn proofs(exchange: &Exchange, retyped: &Retyped) -> Vec<Proof> {
    let [table, new] = [&exchange.table, &exchange.new].map(|name| quote_name(name));
    let proof = |name: &str, clause: &str| {
        let name = quote_name(name);
        Proof {
            add: Reversible {
                sql: format!("ALTER TABLE {table} ADD CONSTRAINT {name} {clause} NOT VALID"),
                reverse: format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"),
            },
            validate: format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
        }
    };
    let mut proofs = Vec::new();
    if exchange.not_null && !retyped.drops_not_null {
        proofs.push(proof(&not_null_check(exchange), &format!("CHECK ({new} IS NOT NULL)")));
    }
    let constraints = exchange.constraints.iter();
    proofs.extend(constraints.map(|constraint| proof(&constraint.new, &constraint.clause)));
    proofs
}

fn asserts(exchange: &Exchange, cure: &Cure<'_>) -> Step {
    let conversion = cure.conversion(exchange, String::new());
    let mut migration = PlannedMigration::atomic(vec![PlannedOperation {
        code: format!(
            "migrations.RunPython({}, migrations.RunPython.noop)",
            conversion.assertion_name()
        ),
        sends: Sends::Reads {
            table: exchange.table.clone(),
        },
    }]);
    migration.functions.push(conversion.assertion());
    step("stops while old rows are not converted", migration)
}

/// What is said where there is no plan.
pub(super) fn by_hand(why: &str) -> String {
    format!(
        "let a column of the new type take its place: a trigger fills it in rows that are written, a command in all others, its indexes \
         are built concurrently, and both are exchanged in one transaction. No code is printed here, because {why}"
    )
}
