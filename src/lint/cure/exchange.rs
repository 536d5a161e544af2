//! Whether columns can be exchanged for others of their values in another type, and what has to be made for those again.

use crate::catalog::{Along, Catalog, Column, Constraint, ConstraintKind, Index, Table, object_name};
use crate::models::{Model, ModelField};
use crate::schema_editor::{comment_text, keys_to};
use crate::statement::{CreateIndex, IndexItem, Name, SqlExpression, Statement, quote_name};
use crate::unknown::Identifier;

use super::before::deferrable;
use super::partitioned::Partitions;
use super::{new_name, short_name};

/// So many tables are locked together in a moment, and no more.
const MOST_TABLES: usize = 12;

/// The columns of one table with the others that take their places.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Exchange {
    /// The label of the model's app.
    pub app: String,
    pub model: String,
    pub table: String,
    /// The model's primary key: the rows are converted by ranges of it.
    pub key: String,
    pub columns: Vec<Beside>,
    /// Indexes, unique constraints and the primary key among them.
    pub indexes: Vec<Over>,
    /// Checks and foreign keys.
    pub constraints: Vec<Proved>,
}

/// A column, and the other one beside it.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Beside {
    pub name: String,
    /// The name of the other column, until it takes that of the first.
    pub new: String,
    /// The type as it is.
    pub old_type: String,
    pub not_null: bool,
    /// What the database puts into rows that leave it out.
    pub default: Option<String>,
    pub counter: Option<Counter>,
    /// What comments on it.
    pub comment: Option<String>,
    pub is_primary: bool,
    /// Its place among all: those that refer to it come later.
    pub place: usize,
}

/// What numbers the rows.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Counter {
    /// The sequence.
    pub name: String,
    /// What an identity of the other column brings along; of a serial column the sequence itself changes its owner.
    pub new: Option<String>,
}

/// An index over one of the columns.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Over {
    pub name: String,
    /// The same over the other columns, by another name.
    pub create: CreateIndex,
    pub kind: OverKind,
}

/// What an index belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum OverKind {
    /// Itself.
    Index,
    /// A unique constraint.
    Unique,
    PrimaryKey,
}

/// A check or a foreign key of one of the columns.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Proved {
    pub name: String,
    /// The same of the other column, by another name.
    pub new: String,
    /// `FOREIGN KEY .. REFERENCES ..`
    pub clause: String,
    /// The column of a foreign key.
    pub key: Option<String>,
}

/// Columns of a table that are exchanged together with those of others.
struct Wanted<'a> {
    model: Model<'a>,
    table: String,
    /// Each with its field, and its place among all.
    columns: Vec<(String, ModelField<'a>, usize)>,
}

impl Wanted<'_> {
    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(own, ..)| own == column)
    }
}

impl Exchange {
    /// That of the field's column comes first, those of the columns that refer to it behind; or why it cannot be done, as the end of a
    /// sentence.
    pub(super) fn of(field: &ModelField<'_>, catalog: &Catalog) -> Result<Vec<Self>, String> {
        if field.field.primary_key && field.model.is_user() {
            return Err("packages refer to the model of users, by tables that are not at hand".to_owned());
        }
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        for (place, field) in std::iter::once(field.clone()).chain(keys_to(field)).enumerate() {
            let (table, column) = (field.model.db_table(), field.column());
            let (Some(table), Some(column)) = (table.known(), column.as_ref().and_then(Identifier::known)) else {
                return Err("a table that refers to it has a name that is not known".to_owned());
            };
            match wanted.iter_mut().find(|one| one.table == *table) {
                Some(one) if one.has(column) => {}
                Some(one) => one.columns.push((column.to_owned(), field.clone(), place)),
                None => wanted.push(Wanted {
                    model: field.model.clone(),
                    table: table.to_owned(),
                    columns: vec![(column.to_owned(), field.clone(), place)],
                }),
            }
        }
        if wanted.len() > MOST_TABLES {
            let count = wanted.len();
            return Err(format!(
                "{count} tables would have to be locked together, if only for a moment"
            ));
        }
        let exchanges = wanted.iter().enumerate().map(|(at, one)| {
            let referring = |why: String| format!("{why} (of `{}`, which refers to it)", one.table);
            Self::of_table(one, &wanted, catalog).map_err(|why| if at == 0 { why } else { referring(why) })
        });
        exchanges.collect()
    }

    fn of_table(wanted: &Wanted<'_>, all: &[Wanted<'_>], catalog: &Catalog) -> Result<Self, String> {
        let Wanted { model, table, columns } = wanted;
        let Some(entry) = catalog.table(table) else {
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
        if !catalog.is_whole(table) {
            return Err("what the table has is not known for certain".to_owned());
        }
        let columns = columns.iter().map(|(name, field, place)| {
            refuse_dependents(table, name, all, catalog)?;
            let column = Beside::of(table, name, entry, catalog)?;
            Ok(Beside {
                comment: comment(table, name, field),
                place: *place,
                ..column
            })
        });
        let columns: Vec<Beside> = columns.collect::<Result<_, String>>()?;
        Ok(Self {
            app: model.key().app.clone(),
            model: model.state.identity.name.clone(),
            indexes: indexes(entry, table, &columns)?,
            constraints: constraints(entry, &columns, all)?,
            table: table.clone(),
            key: key.to_owned(),
            columns,
        })
    }

    /// The name of the trigger, and of its function.
    pub(super) fn trigger(&self) -> String {
        let of = self.columns.first().map_or("", |column| column.new.as_str());
        short_name(&format!("{}_{of}", self.table))
    }
}

/// Views and the like would not go with the column. Foreign keys of columns that are exchanged, too, do.
fn refuse_dependents(table: &str, column: &str, all: &[Wanted<'_>], catalog: &Catalog) -> Result<(), String> {
    let is_exchanged = |child: &str, own: &[String]| {
        let mut others = all.iter().filter(|one| one.table == child);
        others.any(|one| own.iter().all(|column| one.has(column)))
    };
    for (child, name, constraint) in catalog.incoming_foreign_keys(table) {
        let points_here = matches!(&constraint.kind, ConstraintKind::ForeignKey { to_columns, .. } if to_columns.iter().any(|to| to == column));
        if points_here && !is_exchanged(child, constraint.columns()) {
            return Err(format!("the foreign key `{name}` of `{child}` depends on the column"));
        }
    }
    let along = catalog.along(table, column);
    let in_the_way = along.iter().find(|along| match along {
        Along::Constraint { .. } => false,
        along => !along.goes_unasked(),
    });
    in_the_way.map_or(Ok(()), |along| Err(format!("{along} depends on the column")))
}

impl Beside {
    fn of(table: &str, name: &str, entry: &Table, catalog: &Catalog) -> Result<Self, String> {
        let Some(known) = catalog.column(table, name) else {
            return Err("what the table has is not known".to_owned());
        };
        if known.generated.is_some() || known.collation.is_some() {
            return Err("the database computes the column, or compares it by a collation of its own".to_owned());
        }
        let default = match &known.default {
            Some(default) => match default.sql.known() {
                Some(sql) => Some(sql.to_owned()),
                None => return Err("its default in the database is not known".to_owned()),
            },
            None => None,
        };
        let new = new_name(name);
        if entry.columns.contains_key(&new) {
            return Err(format!("the table has a column `{new}`"));
        }
        let mut keys = entry
            .constraints
            .values()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(columns) => Some(columns),
                _ => None,
            });
        Ok(Self {
            counter: Counter::of(table, name, &new, known, catalog)?,
            old_type: plain_type(known),
            not_null: known.not_null,
            is_primary: keys.any(|columns| *columns == [name]),
            name: name.to_owned(),
            comment: None,
            place: 0,
            default,
            new,
        })
    }
}

/// What Django says of the column in the database.
fn comment(table: &str, column: &str, field: &ModelField<'_>) -> Option<String> {
    let text = field.field.db_comment.as_deref().filter(|text| !text.is_empty())?;
    let statement = Statement::Comment {
        table: Identifier::Known(table.to_owned()),
        column: Some(Identifier::Known(column.to_owned())),
        text: comment_text(field.django(), text),
    };
    Some(statement.to_string())
}

/// The type without the sequence that comes with it.
fn plain_type(column: &Column) -> String {
    let text = column.data_type.to_string();
    match text.as_str() {
        "serial" => "integer".to_owned(),
        "bigserial" => "bigint".to_owned(),
        "smallserial" => "smallint".to_owned(),
        _ => text,
    }
}

impl Counter {
    fn of(table: &str, name: &str, new: &str, column: &Column, catalog: &Catalog) -> Result<Option<Self>, String> {
        let owned = catalog.owned_sequence(table, name).map(str::to_owned);
        let is_serial = column.data_type.is_serial();
        if !column.identity && !is_serial {
            return match owned {
                None => Ok(None),
                Some(sequence) => Err(format!("the sequence `{sequence}` belongs to the column")),
            };
        }
        let Some(sequence) = owned else {
            return Err("the sequence that numbers its rows is not known".to_owned());
        };
        let implied = || object_name(table, Some(new), "seq", |name| catalog.is_taken(name));
        Ok(Some(Self {
            name: sequence,
            new: column.identity.then(implied),
        }))
    }
}

/// The name of the column's other one; of a column that is none of them, its own.
fn renamed<'c>(columns: &'c [Beside], name: &'c str) -> &'c str {
    let found = columns.iter().find(|column| column.name == name);
    found.map_or(name, |column| column.new.as_str())
}

fn indexes(entry: &Table, table: &str, columns: &[Beside]) -> Result<Vec<Over>, String> {
    let is_over = |index: &Index| columns.iter().any(|column| index.mentions(&column.name));
    let over = entry.indexes.iter().filter(|(_, index)| is_over(index));
    over.map(|(name, index)| {
        let constraint = entry.constraints.get(name);
        let kind = match constraint.map(|constraint| &constraint.kind) {
            None => OverKind::Index,
            Some(ConstraintKind::Unique(_)) if constraint.is_some_and(|constraint| !constraint.deferrable) => {
                OverKind::Unique
            }
            Some(ConstraintKind::Unique(_)) => return Err(format!("the unique constraint `{name}` is deferrable")),
            Some(ConstraintKind::PrimaryKey(over)) if over.len() == 1 => OverKind::PrimaryKey,
            Some(_) => return Err(format!("it is part of `{name}`, which is no unique constraint")),
        };
        let is_plain = index.is_plain && !index.partial && index.expressions.is_empty() && !index.has_parameters;
        let create = is_plain.then(|| create(index, name, table, columns)).flatten();
        let create = create.ok_or_else(|| format!("the index `{name}` is more than a list of columns"))?;
        Ok(Over {
            name: name.clone(),
            create,
            kind,
        })
    })
    .collect()
}

fn create(index: &Index, name: &str, table: &str, columns: &[Beside]) -> Option<CreateIndex> {
    // To which of several columns an operator class belongs is not kept.
    if !index.classes.is_empty() && index.items.len() > 1 {
        return None;
    }
    let items = index.items.iter().enumerate().map(|(at, item)| {
        Some(IndexItem::Column {
            name: Identifier::Known(renamed(columns, item.as_deref()?).to_owned()),
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

fn constraints(entry: &Table, columns: &[Beside], all: &[Wanted<'_>]) -> Result<Vec<Proved>, String> {
    let mut proved = Vec::new();
    for (name, constraint) in &entry.constraints {
        let over = constraint.columns();
        let own: Vec<&Beside> = columns.iter().filter(|column| over.contains(&column.name)).collect();
        let clause = match &constraint.kind {
            _ if own.is_empty() => continue,
            ConstraintKind::Unique(_) | ConstraintKind::PrimaryKey(_) | ConstraintKind::Exclude(_) => continue,
            ConstraintKind::Check(expression) => check(expression, &own),
            ConstraintKind::ForeignKey { .. } => key(constraint, &own, all),
        };
        let Some(clause) = clause.filter(|_| constraint.validated) else {
            return Err(format!(
                "what `{name}` demands is more than can be said of another column here"
            ));
        };
        let is_key = matches!(constraint.kind, ConstraintKind::ForeignKey { .. });
        proved.push(Proved {
            new: new_name(name),
            name: name.clone(),
            clause,
            key: own.first().filter(|_| is_key).map(|column| column.name.clone()),
        });
    }
    Ok(proved)
}

/// The same check of the other column. Django quotes each column, and renames it likewise (`Statement.rename_column_references`).
fn check(expression: &SqlExpression, columns: &[&Beside]) -> Option<String> {
    let mut sql = expression.sql.known()?.to_owned();
    for column in columns {
        let [from, to] = [&column.name, &column.new].map(|name| quote_name(name));
        if !sql.contains(&from) || sql.contains('\'') {
            return None;
        }
        sql = sql.replace(&from, &to);
    }
    Some(format!("CHECK ({sql})"))
}

fn key(constraint: &Constraint, columns: &[&Beside], all: &[Wanted<'_>]) -> Option<String> {
    let ConstraintKind::ForeignKey {
        columns: over,
        to_table,
        to_columns,
        acts_on_delete: false,
    } = &constraint.kind
    else {
        return None;
    };
    let ([_], [to_column], [column]) = (over.as_slice(), to_columns.as_slice(), columns) else {
        return None;
    };
    // One to a column that is exchanged, too, points to that which takes its place.
    let mut others = all.iter().filter(|one| one.table == *to_table);
    let is_exchanged = others.any(|one| one.has(to_column));
    let to_column = if is_exchanged {
        new_name(to_column)
    } else {
        to_column.clone()
    };
    let [column, to_table, to_column] = [&column.new, to_table, &to_column].map(|name| quote_name(name));
    let deferrable = deferrable(constraint.deferred);
    Some(format!(
        "FOREIGN KEY ({column}) REFERENCES {to_table} ({to_column}){deferrable}"
    ))
}
