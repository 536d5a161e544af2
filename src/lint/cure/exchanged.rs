//! `AlterField` to a type that rewrites the table: by another column of the new type, which a trigger fills in rows that are written and a
//! command in all others, and which takes the first one's place in a moment. Columns that refer to it come along.

use crate::plan::{Content, Plan, PlannedMigration, PlannedOperation, Sends, Step, run_sql};
use crate::python::string_literal;
use crate::statement::{IndexItem, Name, quote_name};

use super::exchange::{Beside, Exchange, OverKind};
use super::pieces::{Build, Reversible};
use super::retyped::Retyped;
use super::rows::{Conversion, Converted};
use super::{Cure, new_name, short_name, step};

const TOGETHER: &str = "The last step locks all of these tables for a moment, which is worth a warning (`lock-several-tables`): where it gives up, or a \
     deadlock with other code ends it, run it again.";

const OTHERS_STAY: &str =
    "What holds its values without a foreign key stays as it is: generic foreign keys, plain integers.";

/// An index that is built over columns that take the places of others, and what it is in the end.
pub(super) struct Built {
    pub build: Build,
    pub name: String,
    pub kind: OverKind,
}

/// A constraint of a new column that is proved before that takes the old one's place.
struct Proof {
    add: Reversible,
    validate: String,
}

impl Cure<'_> {
    /// The plan, or why there is none, as the end of a sentence.
    pub(super) fn exchanged_field(&self) -> Result<Plan, String> {
        let exchanges = match &self.before.exchanges {
            Some(Ok(exchanges)) => exchanges,
            Some(Err(why)) => return Err(why.clone()),
            None => return Err("what the table has is not known".to_owned()),
        };
        let retyped = Retyped::read(&self.statements, exchanges)?;
        let built = exchanges.iter().map(|exchange| built(exchange, &retyped));
        let built: Vec<Vec<Built>> = built
            .collect::<Option<_>>()
            .ok_or("an index over the column is more than a list of columns")?;
        let mut steps: Vec<Step> = referrers(exchanges).into_iter().collect();
        steps.extend(exchanges.iter().map(|exchange| self.beside(exchange, &retyped)));
        steps.extend(exchanges.iter().map(|exchange| self.converts(exchange, &retyped)));
        steps.push(self.asserts(exchanges, &retyped));
        for built in built.iter().flatten() {
            let migration = PlannedMigration::autocommit(vec![built.build.operation()]);
            steps.push(step(format!("builds {}", built.build.name), migration));
        }
        let proofs: Vec<_> = exchanges.iter().map(|exchange| proofs(exchange, &retyped)).collect();
        for proofs in proofs.iter().filter(|proofs| !proofs.is_empty()) {
            let adds = proofs.iter().map(|proof| proof.add.operation()).collect();
            steps.push(step("holds for new rows, a moment", self.briefly(adds)));
        }
        steps.extend(
            exchanges
                .iter()
                .zip(proofs)
                .map(|(exchange, proofs)| reads(exchange, proofs)),
        );
        steps.push(self.swaps(exchanges, &retyped, &built));
        Ok(self.told(exchanges, steps))
    }

    /// The plan with what is to be known of it.
    fn told(&self, exchanges: &[Exchange], steps: Vec<Step>) -> Plan {
        if let [_] = exchanges {
            let plan = Plan::new(
                "fill a column of the new type beside it, by a trigger and in batches, and let it take the column's place in a moment",
                steps,
            );
            let plan = plan.noting("Values that do not fit the new type are refused from the first step on.");
            return plan.noting("The way back is the operation's own, and rewrites the table.");
        }
        let plan = Plan::new(
            "fill columns of the new type beside it and beside those that refer to it, by triggers and in batches, and let all of them take \
             their places in a moment",
            steps,
        );
        let mut apps: Vec<&str> = exchanges.iter().map(|exchange| exchange.app.as_str()).collect();
        apps.retain(|app| *app != self.app);
        apps.dedup();
        let plan = apps.into_iter().fold(plan, |plan, app| {
            plan.noting(format!(
                "The first migration has to depend on the last one of `{app}`, too, whose tables it changes."
            ))
        });
        let plan = plan.noting(TOGETHER).noting(OTHERS_STAY);
        plan.noting("The way back is the operation's own, and rewrites all of these tables.")
    }

    /// The columns, and the trigger that fills them.
    fn beside(&self, exchange: &Exchange, retyped: &Retyped) -> Step {
        let [trigger, table] = [&exchange.trigger(), &exchange.table].map(|name| quote_name(name));
        let (mut sql, mut values, mut drops) = (Vec::new(), Vec::new(), Vec::new());
        for column in &exchange.columns {
            let [name, new] = [&column.name, &column.new].map(|name| quote_name(name));
            let new_type = retyped.type_of(&exchange.table, &column.name);
            sql.push(format!("ALTER TABLE {table} ADD COLUMN {new} {}", new_type.data_type));
            if let Some(default) = &column.default {
                // Not as the column is added: old rows would get it.
                sql.push(format!("ALTER TABLE {table} ALTER COLUMN {new} SET DEFAULT {default}"));
            }
            values.push(format!("NEW.{new} := {}; ", new_type.value(&format!("NEW.{name}"))));
            drops.push(format!("ALTER TABLE {table} DROP COLUMN IF EXISTS {new}"));
        }
        sql.push(format!(
            "CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {}RETURN NEW; END $$",
            values.concat()
        ));
        sql.push(format!(
            "CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()"
        ));
        let mut reverse = vec![
            format!("DROP TRIGGER IF EXISTS {trigger} ON {table}"),
            format!("DROP FUNCTION IF EXISTS {trigger}()"),
        ];
        reverse.extend(drops);
        let migration = self.briefly(vec![run_sql(&sql, Some(&reverse))]);
        let does = match exchange.columns.as_slice() {
            [_] => "adds the column, and a trigger that fills it, a moment",
            _ => "adds the columns, and a trigger that fills them, a moment",
        };
        step(does, migration)
    }

    fn conversion<'c>(&self, exchange: &'c Exchange, retyped: &Retyped) -> Conversion<'c> {
        let columns = exchange.columns.iter().map(|column| Converted {
            column: &column.name,
            new: &column.new,
            value: retyped
                .type_of(&exchange.table, &column.name)
                .value(&quote_name(&column.name)),
        });
        Conversion {
            app: &exchange.app,
            is_of_other_app: exchange.app != self.app,
            model: &exchange.model,
            table: &exchange.table,
            key: &exchange.key,
            columns: columns.collect(),
        }
    }

    fn converts(&self, exchange: &Exchange, retyped: &Retyped) -> Step {
        let conversion = self.conversion(exchange, retyped);
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

    fn asserts(&self, exchanges: &[Exchange], retyped: &Retyped) -> Step {
        let mut migration = PlannedMigration::atomic(Vec::new());
        for exchange in exchanges {
            let conversion = self.conversion(exchange, retyped);
            migration.operations.push(PlannedOperation {
                code: format!(
                    "migrations.RunPython({}, migrations.RunPython.noop)",
                    conversion.assertion_name()
                ),
                sends: Sends::Reads {
                    table: exchange.table.clone(),
                },
            });
            migration.functions.push(conversion.assertion());
        }
        step("stops while old rows are not converted", migration)
    }
}

/// Makes sure of what no migration can know for certain: that no other foreign key points to one of the columns. The last step would fail by it.
fn referrers(exchanges: &[Exchange]) -> Option<Step> {
    let literal = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let table_of = |exchange: &Exchange| format!("{}::regclass", literal(&quote_name(&exchange.table)));
    let count: usize = exchanges.iter().map(|exchange| exchange.columns.len()).sum();
    // The field's own column, where others refer to it, and those of them that are keys.
    let is_referred_to = |column: &&Beside| column.is_primary || (count > 1 && column.place == 0);
    let keys = exchanges.iter().flat_map(|exchange| {
        let keys = exchange.columns.iter().filter(is_referred_to);
        keys.map(move |column| format!("({}, {})", table_of(exchange), literal(&column.name)))
    });
    let keys: Vec<String> = keys.collect();
    let own = exchanges.first().filter(|_| !keys.is_empty())?;
    let tables: Vec<String> = exchanges.iter().map(table_of).collect();
    let query = string_literal(&format!(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint JOIN pg_attribute ON attrelid = confrelid AND attnum = ANY (confkey) \
         WHERE contype = 'f' AND (confrelid, attname) IN ({}) AND conrelid NOT IN ({})",
        keys.join(", "),
        tables.join(", ")
    ));
    let mut migration = PlannedMigration::atomic(vec![PlannedOperation {
        code: "migrations.RunPython(assert_no_other_keys, migrations.RunPython.noop)".to_owned(),
        sends: Sends::Reads {
            table: "pg_constraint".to_owned(),
        },
    }]);
    migration.functions.push(format!(
        "def assert_no_other_keys(apps, schema_editor):\n    with schema_editor.connection.cursor() as cursor:\n        \
         cursor.execute({query})\n        others = cursor.fetchall()\n    if others:\n        \
         raise RuntimeError(f\"other foreign keys point to {}, too: {{others}}\")\n",
        own.table
    ));
    Some(step("stops where other tables refer to it as well", migration))
}

fn built(exchange: &Exchange, retyped: &Retyped) -> Option<Vec<Built>> {
    let kept = exchange
        .indexes
        .iter()
        .filter(|index| !retyped.dropped.contains(&index.name));
    let kept = kept.map(|index| {
        Some(Built {
            build: Build::of(&index.create)?,
            name: index.name.clone(),
            kind: index.kind,
        })
    });
    let made = retyped
        .made
        .iter()
        .filter(|create| create.table.known() == Some(&exchange.table));
    let made = made.map(|create| {
        let name = create.name.known()?.into_owned();
        let has_more =
            create.condition.is_some() || create.items.iter().any(|item| matches!(item, IndexItem::Expression(_)));
        let mut over_new = create.clone();
        over_new.name = Name::Given(new_name(&name));
        for column in &exchange.columns {
            over_new.rename_column(&create.table, &column.name, &column.new);
        }
        Some(Built {
            build: Build::of(&over_new).filter(|_| !has_more)?,
            name,
            kind: OverKind::Index,
        })
    });
    kept.chain(made).collect()
}

/// The name of the check that proves a new column to be NOT NULL.
pub(super) fn not_null_check(table: &str, new: &str) -> String {
    short_name(&format!("{table}_{new}_not_null"))
}

fn proofs(exchange: &Exchange, retyped: &Retyped) -> Vec<Proof> {
    let table = quote_name(&exchange.table);
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
    let required = exchange
        .columns
        .iter()
        .filter(|column| retyped.stays_required(&exchange.table, column));
    let checks = required.map(|column| {
        let name = not_null_check(&exchange.table, &column.new);
        proof(&name, &format!("CHECK ({} IS NOT NULL)", quote_name(&column.new)))
    });
    let constraints = exchange.constraints.iter();
    checks
        .chain(constraints.map(|constraint| proof(&constraint.new, &constraint.clause)))
        .collect()
}

/// Proves what is there, and tells the planner of the new columns.
fn reads(exchange: &Exchange, proofs: Vec<Proof>) -> Step {
    let mut sql: Vec<String> = proofs.into_iter().map(|proof| proof.validate).collect();
    let columns: Vec<String> = exchange.columns.iter().map(|column| quote_name(&column.new)).collect();
    let (table, columns) = (quote_name(&exchange.table), columns.join(", "));
    sql.push(format!("ANALYZE {table} ({columns})"));
    let migration = PlannedMigration::atomic(vec![run_sql(&sql, Some(&[]))]);
    step("reads the rows while nobody waits", migration)
}

/// What is said where there is no plan.
pub(super) fn by_hand(why: &str, is_key: bool) -> String {
    let how = if is_key {
        "let columns of the new type take the places of the key and of those that refer to it: triggers fill them in rows that are written, \
         commands in all others, their indexes are built concurrently, and key, identity and foreign keys are exchanged in one transaction"
    } else {
        "let a column of the new type take its place: a trigger fills it in rows that are written, a command in all others, its indexes \
         are built concurrently, and both are exchanged in one transaction"
    };
    format!("{how}. No code is printed here, because {why}")
}
