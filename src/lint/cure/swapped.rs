//! The transaction in which columns take the places of others, with all that these have.

use crate::plan::{Step, apart, run_sql};
use crate::statement::quote_name;

use super::exchange::{Beside, Counter, Exchange, OverKind};
use super::exchanged::{Built, not_null_check};
use super::retyped::Retyped;
use super::{Cure, step};

impl Cure<'_> {
    pub(super) fn swaps(&self, exchanges: &[Exchange], retyped: &Retyped, built: &[Vec<Built>]) -> Step {
        let mut sql: Vec<String> = untrigger(exchanges).collect();
        sql.extend(exchanges.iter().flat_map(|exchange| readies(exchange, retyped)));
        sql.extend(drops(exchanges));
        for (exchange, built) in exchanges.iter().zip(built) {
            sql.extend(renames(exchange, retyped, built));
        }
        let last = apart(
            vec![run_sql(&sql, Some(&self.way_back(exchanges, retyped)))],
            &[self.written()],
        );
        let does = match exchanges {
            [_] => "puts the new column in the place of the old one, a moment",
            _ => "puts the new columns in the places of the old ones, a moment",
        };
        step(does, self.briefly(vec![last]))
    }

    /// The operation's own: the types as they were.
    fn way_back(&self, exchanges: &[Exchange], retyped: &Retyped) -> Vec<String> {
        let made = retyped.made.iter().filter_map(|create| create.name.known());
        let mut sql: Vec<String> = made
            .map(|name| format!("DROP INDEX IF EXISTS {}", quote_name(&name)))
            .collect();
        for exchange in exchanges {
            let actions = exchange.columns.iter().map(|column| {
                let (name, old) = (quote_name(&column.name), &column.old_type);
                format!("ALTER COLUMN {name} TYPE {old} USING {name}::{old}")
            });
            let actions: Vec<String> = actions.collect();
            sql.push(format!(
                "ALTER TABLE {} {}",
                quote_name(&exchange.table),
                actions.join(", ")
            ));
            let serial = exchange
                .columns
                .iter()
                .filter_map(|column| Some((column, serial(column)?)));
            sql.extend(serial.map(|(column, counter)| {
                format!("ALTER SEQUENCE {} AS {}", quote_name(&counter.name), column.old_type)
            }));
        }
        if let Some(own) = exchanges.first().filter(|_| retyped.drops_not_null)
            && let Some(column) = own.columns.first()
        {
            let [table, column] = [&own.table, &column.name].map(|name| quote_name(name));
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"));
        }
        sql.extend(retyped.dropped.iter().filter_map(|name| {
            let (_, create) = self.before.indexes.iter().find(|(own, _)| own == name)?;
            Some(format!("CREATE INDEX {create}"))
        }));
        sql
    }
}

/// Locks all tables, one after the other, before anything else is done: what is in the way of the last one stops it here.
fn untrigger(exchanges: &[Exchange]) -> impl Iterator<Item = String> {
    exchanges.iter().flat_map(|exchange| {
        let [trigger, table] = [&exchange.trigger(), &exchange.table].map(|name| quote_name(name));
        [
            format!("DROP TRIGGER {trigger} ON {table}"),
            format!("DROP FUNCTION {trigger}()"),
        ]
    })
}

/// Makes the new columns what the old ones are.
fn readies(exchange: &Exchange, retyped: &Retyped) -> Vec<String> {
    let table = quote_name(&exchange.table);
    let mut sql = Vec::new();
    for column in &exchange.columns {
        let new = quote_name(&column.new);
        if retyped.stays_required(&exchange.table, column) {
            let check = quote_name(&not_null_check(&exchange.table, &column.new));
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {new} SET NOT NULL"));
            sql.push(format!("ALTER TABLE {table} DROP CONSTRAINT {check}"));
        }
        if let Some(counter) = &column.counter {
            let data_type = retyped.type_of(&exchange.table, &column.name).data_type;
            sql.extend(counts(&exchange.table, column, counter, &data_type));
        }
    }
    sql
}

/// The rows are numbered on from where the old column is. An identity cannot change its column: the new one gets one of its own.
fn counts(table: &str, column: &Beside, counter: &Counter, data_type: &str) -> Vec<String> {
    let [quoted, new, sequence] = [table, &column.new, &counter.name].map(quote_name);
    let alter = format!("ALTER TABLE {quoted} ALTER COLUMN {new}");
    let Some(own) = &counter.new else {
        return vec![
            format!("ALTER SEQUENCE {sequence} AS {data_type}"),
            format!("ALTER SEQUENCE {sequence} OWNED BY {quoted}.{new}"),
            format!("{alter} SET DEFAULT nextval('{}')", sequence.replace('\'', "''")),
        ];
    };
    let own = quote_name(own).replace('\'', "''");
    vec![
        format!("{alter} ADD GENERATED BY DEFAULT AS IDENTITY"),
        format!(
            "SELECT setval('{own}', nextval('{}'), false)",
            sequence.replace('\'', "''")
        ),
    ]
}

/// Drops the old columns: those that refer to others before these.
fn drops(exchanges: &[Exchange]) -> Vec<String> {
    let all = exchanges
        .iter()
        .flat_map(|exchange| exchange.columns.iter().map(move |column| (exchange, column)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, column)| std::cmp::Reverse(column.place));
    let drop = |(exchange, column): (&Exchange, &Beside)| {
        let [table, name] = [&exchange.table, &column.name].map(|name| quote_name(name));
        format!("ALTER TABLE {table} DROP COLUMN {name}")
    };
    all.into_iter().map(drop).collect()
}

/// The names that all of it has in the end.
fn renames(exchange: &Exchange, retyped: &Retyped, built: &[Built]) -> Vec<String> {
    let table = quote_name(&exchange.table);
    let mut sql = Vec::new();
    for column in &exchange.columns {
        let [name, new] = [&column.name, &column.new].map(|name| quote_name(name));
        sql.push(format!("ALTER TABLE {table} RENAME COLUMN {new} TO {name}"));
        sql.extend(column.comment.clone());
        if let Some(Counter { name, new: Some(new) }) = &column.counter {
            let [name, new] = [name, new].map(|name| quote_name(name));
            sql.push(format!("ALTER SEQUENCE {new} RENAME TO {name}"));
        }
    }
    for built in built {
        let [own, name] = [&built.build.name, &built.name].map(|name| quote_name(name));
        sql.push(match built.kind {
            OverKind::Index => format!("ALTER INDEX {own} RENAME TO {name}"),
            OverKind::Unique => format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {own}"),
            OverKind::PrimaryKey => format!("ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {own}"),
        });
    }
    for constraint in &exchange.constraints {
        let key = constraint
            .key
            .as_ref()
            .and_then(|column| retyped.key_of(&exchange.table, column));
        let [own, name] = [&constraint.new, key.unwrap_or(&constraint.name)].map(quote_name);
        sql.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {own} TO {name}"));
    }
    sql
}

/// The counter of a serial column.
fn serial(column: &Beside) -> Option<&Counter> {
    column.counter.as_ref().filter(|counter| counter.new.is_none())
}
