//! Whether a column can be exchanged for another of its values in another type, and what has to be made for that one again.

use crate::catalog::{Catalog, Constraint, ConstraintKind, Index, Table};
use crate::models::Model;
use crate::statement::{CreateIndex, IndexItem, Name, SqlExpression, quote_name};
use crate::unknown::Identifier;

use super::before::deferrable;
use super::partitioned::Partitions;
use super::{new_name, short_name};

/// The other column beside the one that it takes the place of.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Exchange {
    pub table: String,
    /// The model's primary key: the rows are converted by ranges of it.
    pub key: String,
    pub column: String,
    /// The name of the other column, until it takes that of the first.
    pub new: String,
    /// The type as it is.
    pub old_type: String,
    pub not_null: bool,
    /// What the database puts into rows that leave it out.
    pub default: Option<String>,
    /// Indexes, unique constraints among them.
    pub indexes: Vec<Over>,
    /// Checks and foreign keys.
    pub constraints: Vec<Proved>,
}

/// An index over the column.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Over {
    pub name: String,
    /// The same over the other column, by another name.
    pub create: CreateIndex,
    /// Whether it belongs to a unique constraint.
    pub is_constraint: bool,
}

/// A check or a foreign key of the column.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Proved {
    pub name: String,
    /// The same of the other column, by another name.
    pub new: String,
    /// `FOREIGN KEY .. REFERENCES ..`
    pub clause: String,
}

impl Exchange {
    /// How it can be done, or why not, as the end of a sentence.
    pub(super) fn of(model: &Model<'_>, table: &str, column: &str, catalog: &Catalog) -> Result<Self, String> {
        let Some((entry, known)) = catalog.table(table).zip(catalog.column(table, column)) else {
            return Err("what the table has is not known".to_owned());
        };
        let key = model.primary_key().and_then(|field| field.column());
        let Some(key) = key.as_ref().and_then(Identifier::known) else {
            return Err(
                "the model has no primary key of one column, by whose ranges rows could be converted".to_owned(),
            );
        };
        if Partitions::of(table, catalog) != Partitions::None || !catalog.descendants(table).is_empty() {
            return Err("the table has partitions, or others inherit from it".to_owned());
        }
        if known.identity || known.data_type.is_serial() || known.generated.is_some() || known.collation.is_some() {
            return Err("the database computes the column, or compares it by a collation of its own".to_owned());
        }
        if let Some(along) = catalog.along(table, column).iter().find(|along| !along.goes_unasked()) {
            return Err(format!("{along} depends on the column"));
        }
        if !catalog.is_whole(table) {
            return Err("what the table has is not known for certain".to_owned());
        }
        let default = match &known.default {
            Some(default) => match default.sql.known() {
                Some(sql) => Some(sql.to_owned()),
                None => return Err("its default in the database is not known".to_owned()),
            },
            None => None,
        };
        let new = new_name(column);
        if entry.columns.contains_key(&new) {
            return Err(format!("the table has a column `{new}`"));
        }
        Ok(Self {
            indexes: indexes(entry, table, column, &new)?,
            constraints: constraints(entry, column, &new)?,
            table: table.to_owned(),
            key: key.to_owned(),
            column: column.to_owned(),
            old_type: known.data_type.to_string(),
            not_null: known.not_null,
            default,
            new,
        })
    }

    /// The name of the trigger, and of its function.
    pub(super) fn trigger(&self) -> String {
        short_name(&format!("{}_{}", self.table, self.new))
    }
}

fn indexes(entry: &Table, table: &str, column: &str, new: &str) -> Result<Vec<Over>, String> {
    let over = entry.indexes.iter().filter(|(_, index)| index.mentions(column));
    over.map(|(name, index)| {
        let constraint = entry.constraints.get(name);
        let is_constraint = match constraint.map(|constraint| &constraint.kind) {
            None => false,
            Some(ConstraintKind::Unique(_)) if constraint.is_some_and(|constraint| !constraint.deferrable) => true,
            Some(ConstraintKind::Unique(_)) => return Err(format!("the unique constraint `{name}` is deferrable")),
            Some(_) => return Err(format!("it is part of `{name}`, which is no unique constraint")),
        };
        let is_plain = index.is_plain && !index.partial && index.expressions.is_empty() && !index.has_parameters;
        let create = is_plain.then(|| create(index, name, table, column, new)).flatten();
        let create = create.ok_or_else(|| format!("the index `{name}` is more than a list of columns"))?;
        Ok(Over {
            name: name.clone(),
            create,
            is_constraint,
        })
    })
    .collect()
}

fn create(index: &Index, name: &str, table: &str, column: &str, new: &str) -> Option<CreateIndex> {
    // To which of several columns an operator class belongs is not kept.
    if !index.classes.is_empty() && index.items.len() > 1 {
        return None;
    }
    let items = index.items.iter().enumerate().map(|(at, item)| {
        let name = item.as_deref()?;
        Some(IndexItem::Column {
            name: Identifier::Known(if name == column { new } else { name }.to_owned()),
            operator_class: index.classes.first().cloned(),
            suffix: index.orders.get(at).cloned().flatten(),
        })
    });
    let own = Name::Given(new_name(name));
    let mut create = CreateIndex::over(Identifier::Known(table.to_owned()), own, items.collect::<Option<_>>()?);
    create.unique = index.unique;
    create.using = (index.method != "btree").then(|| index.method.clone());
    Some(create)
}

fn constraints(entry: &Table, column: &str, new: &str) -> Result<Vec<Proved>, String> {
    let mut proved = Vec::new();
    for (name, constraint) in &entry.constraints {
        let is_over_it = constraint.columns().iter().any(|own| own == column);
        let clause = match &constraint.kind {
            _ if !is_over_it => continue,
            ConstraintKind::Unique(_) | ConstraintKind::PrimaryKey(_) | ConstraintKind::Exclude(_) => continue,
            ConstraintKind::Check(expression) => check(expression, column, new),
            ConstraintKind::ForeignKey { .. } => key(constraint, new),
        };
        let Some(clause) = clause.filter(|_| constraint.validated) else {
            return Err(format!(
                "what `{name}` demands is more than can be said of another column here"
            ));
        };
        proved.push(Proved {
            new: new_name(name),
            name: name.clone(),
            clause,
        });
    }
    Ok(proved)
}

/// The same check of the other column. Django quotes each column, and renames it likewise (`Statement.rename_column_references`).
fn check(expression: &SqlExpression, column: &str, new: &str) -> Option<String> {
    let sql = expression.sql.known()?;
    let [from, to] = [column, new].map(quote_name);
    let is_plain = sql.contains(&from) && !sql.contains('\'');
    is_plain.then(|| format!("CHECK ({})", sql.replace(&from, &to)))
}

fn key(constraint: &Constraint, column: &str) -> Option<String> {
    let ConstraintKind::ForeignKey {
        columns,
        to_table,
        to_columns,
        acts_on_delete: false,
    } = &constraint.kind
    else {
        return None;
    };
    let ([_], [to_column]) = (columns.as_slice(), to_columns.as_slice()) else {
        return None;
    };
    let [column, to_table, to_column] = [column, to_table, to_column].map(quote_name);
    let deferrable = deferrable(constraint.deferred);
    Some(format!(
        "FOREIGN KEY ({column}) REFERENCES {to_table} ({to_column}){deferrable}"
    ))
}
