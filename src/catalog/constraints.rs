//! Constraints and indexes: added, dropped, named.

use crate::statement::{ConstraintKind as Declared, CreateIndex, IndexItem, Name, SqlExpression, TableConstraint};
use crate::unknown::{Identifier, Unknown};

use super::names::{compared, stored, stored_all, stored_names};
use super::{Catalog, Cause, Constraint, ConstraintKind, Index, NAMELESS, NamelessKey, Scope, object_name, table_key};

impl Catalog {
    pub(super) fn add_constraint(&mut self, table: &str, constraint: &TableConstraint) {
        if let Some(unknown) = constraint.name.as_ref().and_then(Name::unknown) {
            self.add_nameless(table, unknown, constraint);
            return;
        }
        let name = constraint.name.as_ref().and_then(Name::known);
        let name = name.map(|name| stored(&name).to_owned());
        match &constraint.kind {
            Declared::Check(expression) => {
                let column = (expression.columns.len() == 1).then(|| stored(&expression.columns[0]).to_owned());
                let name = name.unwrap_or_else(|| self.constraint_name(table, column.as_deref(), "check"));
                self.insert_constraint(table, name, stored_check(expression), !constraint.not_valid);
            }
            Declared::Unique {
                columns,
                deferrable,
                nulls_distinct,
            } => {
                let name = self.add_keyed(table, ConstraintKind::Unique(stored_names(columns)), name, true);
                if let Some(entry) = self.tables.get_mut(table)
                    && let Some(name) = name
                {
                    if let Some(unique) = entry.constraints.get_mut(&name) {
                        unique.deferrable = deferrable.is_some();
                    }
                    if let Some(index) = entry.indexes.get_mut(&name) {
                        index.is_plain = *nulls_distinct != Some(false);
                    }
                }
            }
            Declared::PrimaryKey { columns } => {
                for column in columns {
                    self.change_column(table, column, |column| column.not_null = true);
                }
                self.add_keyed(table, ConstraintKind::PrimaryKey(stored_names(columns)), name, true);
            }
            Declared::Exclude { definition } => {
                self.add_keyed(
                    table,
                    ConstraintKind::Exclude(stored_all(&definition.columns)),
                    name,
                    false,
                );
            }
            Declared::ForeignKey(key) => {
                // A key to a table that is not known has a name that is not known either.
                let Some(to_table) = key.to_table.known() else { return };
                let to_table = stored(to_table).to_owned();
                if let Some(parent) = self.tables.get_mut(&to_table) {
                    parent.referenced_by.insert(table.to_owned());
                }
                let name = name.unwrap_or_else(|| stored(&key.name.shown()).to_owned());
                let columns = stored_names(&key.columns);
                let to_columns = if key.to_columns.is_empty() {
                    self.primary_key(&to_table)
                } else {
                    stored_names(&key.to_columns)
                };
                let kind = ConstraintKind::ForeignKey {
                    columns,
                    to_table,
                    to_columns,
                    acts_on_delete: key.acts_on_delete(),
                };
                self.insert_constraint(table, name.clone(), kind, !constraint.not_valid);
                let inserted = self
                    .tables
                    .get_mut(table)
                    .and_then(|entry| entry.constraints.get_mut(&name));
                if let Some(inserted) = inserted {
                    inserted.deferred = key.deferrable;
                }
                if self.is_partitioned(table) {
                    for partition in self.descendants(table) {
                        self.inherit_foreign_keys(&partition, table);
                    }
                }
            }
        }
    }

    /// A constraint that only the one can speak of who knows its name.
    fn add_nameless(&mut self, table: &str, name: Unknown, constraint: &TableConstraint) {
        if let (Declared::ForeignKey(key), Some(entry)) = (&constraint.kind, self.tables.get_mut(table)) {
            let columns = stored_names(&key.columns);
            entry.nameless_keys.push(NamelessKey { name, columns });
        } else {
            self.doubt(&Scope::Tables(vec![table.to_owned()]), Cause::Undecided);
        }
    }

    /// The names of the foreign keys on these columns that are there, but not by a name that is known.
    #[must_use]
    pub fn nameless_foreign_keys(&self, table: &Identifier, columns: &[String]) -> Vec<Unknown> {
        let entry = match table {
            Identifier::Known(table) => self.tables.get(compared(table)),
            Identifier::Unknown(_) => self.identified(table),
        };
        let keys = entry.map(|entry| entry.nameless_keys.as_slice());
        let keys = keys.unwrap_or_default().iter().filter(|key| key.columns == columns);
        keys.map(|key| key.name.clone()).collect()
    }

    pub(super) fn drop_nameless(&mut self, table: &str, name: &Unknown) {
        if let Some(entry) = self.tables.get_mut(table) {
            entry.nameless_keys.retain(|key| key.name != *name);
        }
    }

    /// The columns of the primary key: what `REFERENCES table` without columns means.
    fn primary_key(&self, table: &str) -> Vec<String> {
        let constraints = self
            .tables
            .get(table)
            .into_iter()
            .flat_map(|entry| entry.constraints.values());
        let mut keys = constraints.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => Some(columns.clone()),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey { .. }
            | ConstraintKind::Exclude(_) => None,
        });
        keys.next().unwrap_or_default()
    }

    /// Adds a constraint that is kept by an index of the same name.
    ///
    /// Gives back its name.
    pub(super) fn add_keyed(
        &mut self,
        table: &str,
        kind: ConstraintKind,
        name: Option<String>,
        unique: bool,
    ) -> Option<String> {
        // Postgres names it after its table, whatever that is called.
        if table == NAMELESS && name.is_none() {
            return None;
        }
        let (columns, label) = match &kind {
            ConstraintKind::PrimaryKey(columns) => (columns.clone(), "pkey"),
            ConstraintKind::Exclude(columns) => (columns.clone(), "excl"),
            ConstraintKind::Unique(columns) | ConstraintKind::ForeignKey { columns, .. } => (columns.clone(), "key"),
            ConstraintKind::Check(expression) => (expression.columns.clone(), "check"),
        };
        // See ChooseIndexName in src/backend/commands/indexcmds.c: a primary key is named without its columns.
        let parts = (label != "pkey").then(|| columns.join("_"));
        let name = name.unwrap_or_else(|| self.constraint_name(table, parts.as_deref(), label));
        let items: Vec<_> = columns.into_iter().map(Some).collect();
        let method = if unique { "btree" } else { "gist" };
        let index = Index {
            unique,
            method: method.to_owned(),
            keys: items.len(),
            items,
            expressions: Vec::new(),
            classes: Vec::new(),
            mentioned: Vec::new(),
            partial: false,
            has_parameters: false,
            orders: Vec::new(),
            is_plain: true,
            since: self.now(),
        };
        self.insert_index(table, &name, index);
        self.insert_constraint(table, name.clone(), kind, true);
        Some(name)
    }

    pub(super) fn insert_constraint(&mut self, table: &str, name: String, kind: ConstraintKind, validated: bool) {
        let constraint = Constraint {
            kind,
            validated,
            deferred: false,
            deferrable: false,
            since: self.now(),
        };
        if let Some(entry) = self.tables.get_mut(table) {
            entry.constraints.insert(name, constraint);
        }
    }

    pub(super) fn drop_constraint(&mut self, table: &str, name: &str) {
        if self.is_partitioned(table) {
            for partition in self.descendants(table) {
                let entry = self.tables.get_mut(&partition);
                entry.and_then(|entry| entry.constraints.shift_remove(name));
            }
        }
        let Some(entry) = self.tables.get_mut(table) else {
            return;
        };
        if entry.constraints.shift_remove(name).is_some() && entry.indexes.shift_remove(name).is_some() {
            self.index_tables.remove(name);
            self.note_gone(name, Some(table));
        }
    }

    pub(super) fn create_index(&mut self, create: &CreateIndex) {
        let Some(name) = create.name.known() else {
            let table = stored(table_key(&create.table)).to_owned();
            self.doubt(&Scope::Tables(vec![table]), Cause::Undecided);
            return;
        };
        let mut name = stored(&name).to_owned();
        if create.is_unnamed {
            name = self.free_index_name(stored(table_key(&create.table)), create);
        } else if create.if_not_exists && self.index_tables.contains_key(&name) || self.is_taken(&name) {
            return;
        }
        self.note_foreign(&create.table);
        let mut items = Vec::new();
        let mut mentioned = Vec::new();
        let mut expressions = Vec::new();
        let mut classes = Vec::new();
        for item in &create.items {
            match item {
                IndexItem::Column {
                    name, operator_class, ..
                } => {
                    items.push(name.known().map(|name| stored(name).to_owned()));
                    classes.extend(operator_class.clone());
                }
                IndexItem::Expression(expression) => {
                    items.push(None);
                    expressions.push(expression.sql.clone());
                    mentioned.extend(stored_all(&expression.columns));
                }
            }
        }
        // Django reads `indkey`, which holds the INCLUDE columns too.
        let keys = items.len();
        let include = create.include.iter();
        items.extend(include.map(|name| name.known().map(|name| stored(name).to_owned())));
        if let Some(condition) = &create.condition {
            mentioned.extend(stored_all(&condition.columns));
            expressions.push(condition.sql.clone());
        }
        let index = Index {
            unique: create.unique,
            method: create.using.clone().unwrap_or_else(|| "btree".to_owned()),
            items,
            keys,
            expressions,
            classes,
            mentioned,
            partial: create.condition.is_some(),
            has_parameters: create.with.is_some(),
            orders: orders(create),
            is_plain: is_plain(create),
            since: self.now(),
        };
        self.insert_index(stored(table_key(&create.table)), &name, index);
    }

    pub(super) fn insert_index(&mut self, table: &str, name: &str, index: Index) {
        if let Some(entry) = self.tables.get_mut(table) {
            entry.indexes.insert(name.to_owned(), index);
            self.index_tables.insert(name.to_owned(), table.to_owned());
        }
    }

    /// The name that Postgres gives to an index that has none of its own.
    fn free_index_name(&self, table: &str, create: &CreateIndex) -> String {
        let columns = create.items.iter().map(|item| match item {
            IndexItem::Column { name, .. } => name.known().unwrap_or_default(),
            IndexItem::Expression(_) => "expr",
        });
        let columns = columns.collect::<Vec<_>>().join("_");
        object_name(table, Some(&columns), "idx", |name| self.has_relation(name))
    }

    pub(super) fn drop_index(&mut self, name: &str) {
        let Some(table) = self.index_tables.remove(name) else {
            return;
        };
        self.note_gone(name, Some(&table));
        if let Some(entry) = self.tables.get_mut(&table) {
            entry.indexes.shift_remove(name);
        }
    }

    /// The name that Postgres gives a constraint of this kind (`check`, `not_null`) on this column, or on the table.
    #[must_use]
    pub fn constraint_name(&self, table: &str, column: Option<&str>, label: &str) -> String {
        let constraints = self.tables.get(table).map(|table| &table.constraints);
        object_name(table, column, label, |name| {
            constraints.is_some_and(|constraints| constraints.contains_key(name))
                || self.index_tables.contains_key(name)
                || self.tables.contains_key(name)
        })
    }
}

pub(super) fn stored_check(expression: &SqlExpression) -> ConstraintKind {
    ConstraintKind::Check(SqlExpression {
        sql: expression.sql.clone(),
        columns: stored_all(&expression.columns),
    })
}

impl Index {
    /// Whether the column is in it, as an item, in an expression or in the predicate.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        self.items
            .iter()
            .flatten()
            .chain(&self.mentioned)
            .any(|name| name == column)
    }
}

/// What follows each key of an index; empty where nothing follows any.
fn orders(create: &CreateIndex) -> Vec<Option<String>> {
    let order = |item: &IndexItem| match item {
        IndexItem::Column { suffix, .. } => suffix.clone().filter(|suffix| !suffix.is_empty()),
        IndexItem::Expression(_) => None,
    };
    if create.items.iter().all(|item| order(item).is_none()) {
        return Vec::new();
    }
    create.items.iter().map(order).collect()
}

/// Whether its columns, their operator classes and orders say all of an index, but for its expressions and its predicate.
fn is_plain(create: &CreateIndex) -> bool {
    create.include.is_empty() && create.nulls_distinct.is_none() && create.tablespace.is_none() && !create.only
}
