//! What the commands of one's own SQL do to the catalog.

use crate::statement::{Command, Conflict, Name, SequenceChange, TableChange, TableForm};

use super::names::{object_name, stored};
use super::{
    Catalog, Cause, Constraint, ConstraintKind, Function, Moment, OnConflict, Scope, Sequence, Table, Trigger,
    TypeKind, UserType, View,
};

impl Catalog {
    #[allow(clippy::too_many_lines, reason = "one short arm for each command")]
    pub(super) fn apply_command(&mut self, command: &Command) {
        match command {
            Command::CreateTableAs { table, .. } => {
                let entry = Table {
                    created_in: self.migration,
                    since: self.now(),
                    ..Table::default()
                };
                self.tables.entry(table.clone()).or_insert(entry);
            }
            Command::AlterSequence { sequence, change } => self.alter_sequence(sequence, change),
            Command::CreateView {
                view,
                kind,
                reads,
                query,
                replaces,
                ..
            } => {
                let known = self.views.get(view).filter(|_| *replaces);
                let entry = View {
                    kind: *kind,
                    reads: reads.clone(),
                    shows: self.shown_by(query),
                    created_in: known.map_or(self.migration, |known| known.created_in),
                    since: self.now(),
                };
                self.views.insert(view.clone(), entry);
            }
            Command::DropView { view, cascade, .. } => {
                if *cascade {
                    self.drop_dependent_views(view, None);
                }
                self.views.remove(view);
                self.note_gone(view, None);
            }
            Command::AlterView { view, new_name, .. } => {
                if let (Some(to), Some(entry)) = (new_name, self.views.remove(view)) {
                    self.views.insert(to.clone(), entry);
                    self.note_gone(view, None);
                    self.rename_in_views(view, to);
                }
            }
            Command::CreateTrigger {
                table,
                name,
                columns,
                function,
                ..
            } => {
                let trigger = Trigger {
                    columns: columns.clone(),
                    function: function.clone(),
                };
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.triggers.insert(name.clone(), trigger);
                } else if let Some(view) = self.views.get_mut(table) {
                    // Views have none but INSTEAD OF.
                    view.shows.written_by_trigger = true;
                }
            }
            Command::DropTrigger { table, name, .. } => {
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.triggers.remove(name);
                }
            }
            Command::CreatePolicy {
                table, name, columns, ..
            } => {
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.policies.insert(name.clone(), columns.clone());
                }
            }
            Command::DropPolicy { table, name, .. } => {
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.policies.remove(name);
                }
            }
            Command::CreateType { name, values } => {
                let kind = if values.is_some() {
                    TypeKind::Enum
                } else {
                    TypeKind::Other
                };
                self.add_type(name, kind);
            }
            Command::CreateDomain {
                name,
                base,
                constrained,
                default,
            } => self.add_type(
                name,
                TypeKind::Domain {
                    base: base.clone(),
                    constrained: *constrained,
                    default: default.clone(),
                },
            ),
            Command::AlterDomain { name, change } => {
                use crate::statement::DomainChange;
                if let Some(UserType {
                    kind: TypeKind::Domain { constrained, .. },
                    ..
                }) = self.types.get_mut(&name.to_lowercase())
                {
                    *constrained |= *change != DomainChange::Other;
                }
            }
            Command::DropType { name, cascade, .. } => {
                if *cascade {
                    for (table, column) in self.type_users(&name.to_lowercase()) {
                        self.drop_column(&table, &column);
                    }
                }
                self.types.remove(&name.to_lowercase());
            }
            Command::CreateFunction {
                name,
                volatility,
                is_trigger,
                body,
            } => {
                let known = self.functions.remove(name);
                let created_in = known.as_ref().map_or(self.migration, |known| known.created_in);
                let mut bodies = known.map(|known| known.bodies).unwrap_or_default();
                if let Some(body) = body {
                    bodies.retain(|known| !known.is_replaced_by(body));
                    bodies.push(body.clone());
                }
                let entry = Function {
                    volatility: *volatility,
                    is_trigger: *is_trigger,
                    bodies,
                    created_in,
                    since: self.now(),
                };
                self.functions.insert(name.clone(), entry);
            }
            Command::DropFunction { name, cascade, .. } => {
                if *cascade {
                    self.drop_triggers_of(name);
                }
                // Which of several by the same name it is about hangs on the types of its parameters.
                let is_one = self.functions.get(name).is_some_and(|known| known.bodies.len() <= 1);
                if is_one {
                    self.functions.remove(name);
                } else if let Some(known) = self.functions.get_mut(name) {
                    known.bodies.clear();
                    known.since = Moment::default();
                }
            }
            Command::DropObject { kind, name, .. } => {
                if kind == "extension" {
                    self.extensions.remove(name);
                }
            }
            Command::Several(statements) => statements.iter().for_each(|statement| self.apply(statement)),
            Command::Block(block) => block.iter().for_each(|inner| self.apply(&inner.statement)),
            Command::Update {
                table,
                columns,
                values,
                rows,
                ..
            } => {
                let written = columns.iter().map(String::as_str).zip(values);
                self.write_columns(table, written, rows);
                // MERGE
                if columns.is_empty() {
                    self.delete_rows(table);
                    self.doubt(&Scope::Tables(vec![table.clone()]), Cause::Rows);
                }
            }
            Command::Insert {
                table, conflict, rows, ..
            } => {
                self.note_contents(table, rows);
                let conflict = match conflict {
                    None | Some(Conflict::Any) => OnConflict::Keeps,
                    // `DO NOTHING` as well: it is not told from `DO UPDATE`.
                    Some(
                        Conflict::Columns { .. } | Conflict::Constraint(_) | Conflict::Expressions | Conflict::Missing,
                    ) => OnConflict::Writes,
                };
                self.insert_rows(table, conflict);
            }
            Command::Delete { table, .. } => self.delete_dependent_rows(std::slice::from_ref(table)),
            Command::Truncate { tables, .. } => self.delete_dependent_rows(tables),
            Command::RefreshView { .. }
            | Command::Comment { .. }
            | Command::ChangeTable { .. }
            | Command::LockTable { .. }
            | Command::Vacuum { .. }
            | Command::Analyze { .. }
            | Command::Cluster { .. }
            | Command::Reindex { .. }
            | Command::MoveIndex { .. }
            | Command::AttachIndex { .. }
            | Command::ChangeIndex { .. }
            | Command::AddEnumValue { .. }
            | Command::RenameEnumValue { .. }
            | Command::Revoke { .. }
            | Command::TouchNothing
            | Command::ChangeServer
            | Command::Session(_)
            | Command::Transaction(_)
            | Command::RefusedInBody { .. }
            | Command::DeferConstraints
            | Command::Select { .. } => {}
        }
    }

    /// Drops the triggers that run a function.
    fn drop_triggers_of(&mut self, function: &str) {
        for entry in self.tables.values_mut() {
            let triggers = &mut entry.attached.triggers;
            triggers.retain(|_, trigger| trigger.function.as_deref() != Some(function));
        }
    }

    fn add_type(&mut self, name: &str, kind: TypeKind) {
        let entry = UserType {
            kind,
            created_in: self.migration,
            since: self.now(),
        };
        self.types.insert(name.to_lowercase(), entry);
    }

    fn alter_sequence(&mut self, name: &str, change: &SequenceChange) {
        match change {
            SequenceChange::Owner(owner) => {
                let (created_in, since) = (self.migration, self.now());
                let unknown = || Sequence {
                    owner: None,
                    created_in: created_in.saturating_sub(1),
                    since,
                };
                self.sequences
                    .entry(name.to_owned())
                    .or_insert_with(unknown)
                    .owner
                    .clone_from(owner);
            }
            SequenceChange::Rename(to) => {
                if let Some(sequence) = self.sequences.remove(name) {
                    self.sequences.insert(to.clone(), sequence);
                    self.note_gone(name, None);
                }
            }
            SequenceChange::Other => {}
        }
    }

    pub(super) fn change_table(&mut self, table: &str, change: &TableChange) {
        match change {
            TableChange::AddKeyUsingIndex { name, primary, index } => {
                self.add_key_using_index(table, name.as_ref(), *primary, index);
            }
            TableChange::AddNotNull {
                name,
                column,
                not_valid,
            } => {
                if *not_valid {
                    let derived = || object_name(table, Some(column), "not_null", |_| false);
                    let name = name.as_ref().map_or_else(derived, |name| name.shown().into_owned());
                    let check = crate::statement::SqlExpression {
                        sql: format!("\"{column}\" IS NOT NULL").into(),
                        columns: vec![column.clone()],
                    };
                    self.insert_constraint(table, name, ConstraintKind::Check(check), false);
                } else {
                    self.change_known_column(table, column, |column| column.not_null = true);
                }
            }
            TableChange::RenameConstraint { from, to } => {
                self.rename_index(from, to);
                if let Some(entry) = self.tables.get_mut(table)
                    && let Some(constraint) = entry.constraints.shift_remove(from)
                {
                    entry.constraints.insert(to.clone(), constraint);
                }
            }
            TableChange::SetExpression { column, expression } => {
                self.change_known_column(table, column, |column| column.generated = Some(expression.clone()));
            }
            TableChange::DropExpression { column } => {
                self.change_known_column(table, column, |column| column.generated = None);
            }
            TableChange::AttachPartition {
                partition, is_default, ..
            } => self.attach_to(partition, table, *is_default),
            TableChange::DetachPartition { partition, .. } => self.detach(table, partition),
            TableChange::Inherit { parent } => {
                if let Some(entry) = self.tables.get_mut(parent) {
                    entry.attached.children.insert(table.to_owned());
                }
            }
            TableChange::Disinherit { parent } => {
                if let Some(entry) = self.tables.get_mut(parent) {
                    entry.attached.children.remove(table);
                }
            }
            TableChange::AlterConstraint { name, enforced } => {
                let constraint = self
                    .tables
                    .get_mut(table)
                    .and_then(|entry| entry.constraints.get_mut(name));
                if let (Some(constraint), Some(enforced)) = (constraint, enforced) {
                    constraint.validated = *enforced;
                }
            }
            TableChange::SetSchema { schema } => {
                let bare = table.rsplit("\".\"").next().unwrap_or(table);
                let to = match schema.as_str() {
                    "public" => bare.to_owned(),
                    _ => format!("{schema}\".\"{bare}"),
                };
                self.rename_table(table, &to);
                let scope = Scope::Tables(vec![stored(&to).to_owned()]);
                self.doubt(&scope, Cause::Undecided);
            }
            TableChange::ForceRowSecurity
            | TableChange::DisableRowSecurity
            | TableChange::Rewrite
            | TableChange::SwitchTrigger { .. }
            | TableChange::Catalog { .. }
            | TableChange::Unread { .. } => {}
        }
    }

    fn add_key_using_index(&mut self, table: &str, name: Option<&Name>, primary: bool, index: &str) {
        let known = self.tables.get(table).and_then(|entry| entry.indexes.get(index));
        let columns: Vec<String> = known
            .into_iter()
            .flat_map(|index| index.items.iter().flatten().cloned())
            .collect();
        if primary {
            for column in &columns {
                self.change_known_column(table, column, |column| column.not_null = true);
            }
        }
        let name = name.map_or_else(|| index.to_owned(), |name| stored(&name.shown()).to_owned());
        if name != index {
            self.rename_index(index, &name);
        }
        let kind = if primary {
            ConstraintKind::PrimaryKey(columns)
        } else {
            ConstraintKind::Unique(columns)
        };
        self.insert_constraint(table, name, kind, true);
    }

    /// Ties a new table to those that it was made from.
    pub(super) fn attach(&mut self, table: &str, form: &TableForm) {
        match form {
            TableForm::Plain | TableForm::Temporary => {}
            TableForm::Partitioned => {
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.partitioned = true;
                }
            }
            TableForm::Partition {
                parent,
                is_default,
                partitioned,
                ..
            } => {
                self.inherit(table, parent);
                if let Some(entry) = self.tables.get_mut(table) {
                    entry.attached.partitioned = *partitioned;
                }
                self.attach_to(table, parent, *is_default);
            }
            TableForm::Child { parents } => {
                for parent in parents {
                    self.inherit(table, parent);
                    if let Some(entry) = self.tables.get_mut(parent) {
                        entry.attached.children.insert(table.to_owned());
                    }
                }
            }
            TableForm::Copy { of, including } => self.copy(table, of, *including),
        }
    }

    /// The columns and checks of the parent.
    fn inherit(&mut self, table: &str, parent: &str) {
        let Some(parent) = self.tables.get(parent) else { return };
        let columns = parent.columns.clone();
        let checks: Vec<(String, Constraint)> = parent
            .constraints
            .iter()
            .filter(|(_, constraint)| matches!(constraint.kind, ConstraintKind::Check(_)))
            .map(|(name, constraint)| (name.clone(), constraint.clone()))
            .collect();
        if let Some(entry) = self.tables.get_mut(table) {
            let own = std::mem::replace(&mut entry.columns, columns);
            entry.columns.extend(own);
            entry.constraints.extend(checks);
        }
    }

    pub(super) fn drop_dependent_views(&mut self, table: &str, column: Option<&str>) {
        if self.views.is_empty() {
            return;
        }
        for view in self.dependent_views(table, column) {
            self.views.remove(&view);
            self.note_gone(&view, None);
        }
    }

    pub(super) fn rename_in_views(&mut self, from: &str, to: &str) {
        for view in self.views.values_mut() {
            let relations = view.reads.relations.iter_mut().filter(|relation| *relation == from);
            relations.for_each(|relation| to.clone_into(relation));
            let columns = view
                .reads
                .columns
                .iter_mut()
                .filter_map(|(relation, _)| relation.as_mut());
            let stars = view.reads.stars.iter_mut().flatten();
            columns
                .chain(stars)
                .filter(|relation| *relation == from)
                .for_each(|relation| to.clone_into(relation));
            view.shows.rename_table(from, to);
        }
        for table in self.tables.values_mut() {
            if table.attached.children.remove(from) {
                table.attached.children.insert(to.to_owned());
            }
        }
    }

    pub(super) fn rename_column_in_views(&mut self, table: &str, from: &str, to: &str) {
        for view in self.views.values_mut() {
            view.shows.rename_column(table, from, to);
            if !view.reads.reads_column(table, from) {
                continue;
            }
            let columns = view.reads.columns.iter_mut().filter(|(_, name)| name == from);
            columns.for_each(|(_, name)| to.clone_into(name));
        }
    }
}
