//! What a statement wants to find in the database, and what it leaves there, as far as a second run of it is concerned.

use std::borrow::Cow;

use crate::catalog::table_key;
use crate::statement::{
    AlterTableAction, Command, ConstraintKind, CreateIndex, IndexItem, Name, Statement, TableChange,
};
use crate::unknown::Identifier;

/// Something with a name that is there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub kind: Kind,
    /// The table that it is part of, or whose index it is.
    pub table: Option<String>,
    pub name: String,
}

/// What it is, as people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    Index,
    Sequence,
    View,
    Column,
    Constraint,
    Trigger,
    Policy,
    Identity,
    Partition,
    Type,
    EnumValue,
    Collation,
}

/// What is done to objects. `wanted` is refused where the object is not as it has to be.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// It wants none of that name.
    Make { object: Object, wanted: Wanted },
    /// It wants one.
    Take { object: Object, wanted: Wanted },
    /// It wants one, and none of the new name.
    Rename { from: Object, to: String, wanted: Wanted },
    /// It wants one, and leaves it as it is.
    Use(Object),
    /// It adds rows to a table, each time that it runs.
    AddRows { table: String },
    /// It may have done anything.
    Anything,
}

/// What happens to a statement that does not find what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Strictly,
    /// `IF EXISTS`, `IF NOT EXISTS`, `OR REPLACE`
    IfPossible,
    /// The name of a constraint or index that Django may have asked the database for: then it does not send the statement.
    UnlessLookedUp,
}

impl Kind {
    /// Whether they share one space of names.
    fn is_relation(self) -> bool {
        match self {
            Kind::Table | Kind::Index | Kind::Sequence | Kind::View => true,
            Kind::Column
            | Kind::Constraint
            | Kind::Trigger
            | Kind::Policy
            | Kind::Identity
            | Kind::Partition
            | Kind::Type
            | Kind::EnumValue
            | Kind::Collation => false,
        }
    }
}

impl Object {
    pub(super) fn new(kind: Kind, table: Option<&str>, name: &str) -> Self {
        Self {
            kind,
            table: table.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    /// Whether both are one: of relations the name says it.
    pub(super) fn is(&self, other: &Object) -> bool {
        let is_same_kind = self.kind == other.kind && self.table == other.table;
        self.name == other.name && (is_same_kind || self.kind.is_relation() && other.kind.is_relation())
    }

    pub(super) fn is_table(&self) -> bool {
        self.kind == Kind::Table
    }

    pub(super) fn is_column(&self) -> bool {
        self.kind == Kind::Column
    }

    /// In words: ``the column `size` of `shop_order` ``.
    pub(super) fn shown(&self) -> String {
        let (name, table) = (&self.name, self.table.as_deref().unwrap_or_default());
        match self.kind {
            Kind::Table => format!("the table `{name}`"),
            Kind::Index => format!("the index `{name}`"),
            Kind::Sequence => format!("the sequence `{name}`"),
            Kind::View => format!("the view `{name}`"),
            Kind::Column => format!("the column `{name}` of `{table}`"),
            Kind::Constraint => format!("the constraint `{name}` of `{table}`"),
            Kind::Trigger => format!("the trigger `{name}` of `{table}`"),
            Kind::Policy => format!("the policy `{name}` of `{table}`"),
            Kind::Identity => format!("the identity of `{name}` of `{table}`"),
            Kind::Partition => format!("the partition `{name}` of `{table}`"),
            Kind::Type => format!("the type `{name}`"),
            Kind::EnumValue => format!("the value `{name}` of `{table}`"),
            Kind::Collation => format!("the collation `{name}`"),
        }
    }
}

fn wanted(if_possible: bool) -> Wanted {
    if if_possible {
        Wanted::IfPossible
    } else {
        Wanted::Strictly
    }
}

fn make(kind: Kind, table: Option<&str>, name: &str, wanted: Wanted) -> Change {
    let object = Object::new(kind, table, name);
    Change::Make { object, wanted }
}

fn take(kind: Kind, table: Option<&str>, name: &str, wanted: Wanted) -> Change {
    let object = Object::new(kind, table, name);
    Change::Take { object, wanted }
}

fn rename(kind: Kind, table: Option<&str>, from: &str, to: &str, wanted: Wanted) -> Change {
    let from = Object::new(kind, table, from);
    let to = to.to_owned();
    Change::Rename { from, to, wanted }
}

fn use_columns<'c>(table: &str, columns: impl IntoIterator<Item = &'c str>) -> Vec<Change> {
    let columns = columns.into_iter();
    let columns = columns.map(|column| Change::Use(Object::new(Kind::Column, Some(table), column)));
    let table = Change::Use(Object::new(Kind::Table, None, table));
    [table].into_iter().chain(columns).collect()
}

/// What a statement does to objects with names, in order.
pub(super) fn changes(statement: &Statement) -> Vec<Change> {
    match statement {
        Statement::CreateTable(create) => {
            vec![make(
                Kind::Table,
                None,
                table_key(&create.table),
                wanted(create.if_not_exists),
            )]
        }
        Statement::DropTable {
            table,
            if_exists,
            along,
            ..
        } => {
            let tables = [table_key(table)].into_iter().chain(along.iter().map(String::as_str));
            tables
                .map(|table| take(Kind::Table, None, table, wanted(*if_exists)))
                .collect()
        }
        Statement::RenameTable { from, to, if_exists } => {
            vec![rename(
                Kind::Table,
                None,
                table_key(from),
                table_key(to),
                wanted(*if_exists),
            )]
        }
        Statement::AlterTable {
            table,
            if_exists,
            actions,
        } => {
            let table = table_key(table);
            let own = (!if_exists).then(|| Change::Use(Object::new(Kind::Table, None, table)));
            let of_actions = actions.iter().flat_map(|action| action_changes(table, action));
            own.into_iter().chain(of_actions).collect()
        }
        Statement::CreateIndex(create) => index_changes(create),
        Statement::DropIndex { name, if_exists, .. } => name
            .known()
            .map(|name| take(Kind::Index, None, &name, wanted(*if_exists)))
            .into_iter()
            .collect(),
        Statement::RenameIndex {
            from, to, if_exists, ..
        } => match (from.known(), to.known()) {
            (Some(from), Some(to)) => vec![rename(Kind::Index, None, &from, &to, wanted(*if_exists))],
            _ => Vec::new(),
        },
        Statement::UpdateNulls { table, column, .. } => use_columns(table_key(table), column.known()),
        Statement::CreateSequence {
            sequence,
            if_not_exists,
        } => vec![make(Kind::Sequence, None, table_key(sequence), wanted(*if_not_exists))],
        Statement::DropSequence {
            sequence, if_exists, ..
        } => vec![take(Kind::Sequence, None, table_key(sequence), wanted(*if_exists))],
        Statement::CreateCollation { name, .. } => vec![make(Kind::Collation, None, name, Wanted::Strictly)],
        Statement::DropCollation { name } => vec![take(Kind::Collation, None, name, Wanted::Strictly)],
        Statement::Command { command, .. } => command_changes(command),
        Statement::Unread { .. } => vec![Change::Anything],
        // It runs again as it ran before.
        Statement::Comment { .. }
        | Statement::SetConstraintsImmediate { .. }
        | Statement::AlterSequenceType { .. }
        | Statement::CreateExtension { .. } => Vec::new(),
    }
}

fn index_changes(create: &CreateIndex) -> Vec<Change> {
    let table = table_key(&create.table);
    let columns = create.items.iter().flat_map(|item| match item {
        IndexItem::Column { name, .. } => name.known().into_iter().collect::<Vec<_>>(),
        IndexItem::Expression(expression) => expression.columns.iter().map(String::as_str).collect(),
    });
    let mut changes = use_columns(table, columns);
    let name = create.name.known().filter(|_| !create.is_unnamed);
    changes.extend(name.map(|name| make(Kind::Index, None, &name, wanted(create.if_not_exists))));
    // It is gone when its table is.
    if let Some(Change::Make { object, .. }) = changes.last_mut() {
        object.table = Some(table.to_owned());
    }
    changes
}

fn action_changes(table: &str, action: &AlterTableAction) -> Vec<Change> {
    let column_used = |column: &Identifier| {
        let column = column.known();
        column.map(|column| Change::Use(Object::new(Kind::Column, Some(table), column)))
    };
    let change = match action {
        AlterTableAction::AddColumn(column) => {
            let name = column.name.known();
            name.map(|name| make(Kind::Column, Some(table), name, wanted(column.if_not_exists)))
        }
        AlterTableAction::DropColumn { column, if_exists, .. } => {
            let name = column.known();
            name.map(|name| take(Kind::Column, Some(table), name, wanted(*if_exists)))
        }
        AlterTableAction::RenameColumn { from, to } => match (from.known(), to.known()) {
            (Some(from), Some(to)) => Some(rename(Kind::Column, Some(table), from, to, Wanted::Strictly)),
            _ => None,
        },
        AlterTableAction::AlterType { column, .. }
        | AlterTableAction::SetDefault { column, .. }
        | AlterTableAction::DropDefault { column }
        | AlterTableAction::SetNotNull { column }
        | AlterTableAction::DropNotNull { column } => column_used(column),
        AlterTableAction::AddIdentity { column } => {
            let name = column.known();
            name.map(|name| make(Kind::Identity, Some(table), name, Wanted::Strictly))
        }
        AlterTableAction::DropIdentity { column } => {
            let name = column.known();
            name.map(|name| take(Kind::Identity, Some(table), name, Wanted::IfPossible))
        }
        AlterTableAction::AddConstraint(constraint) => {
            let name = match &constraint.kind {
                ConstraintKind::ForeignKey(key) => Some(&key.name),
                ConstraintKind::Check(_)
                | ConstraintKind::Unique { .. }
                | ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Exclude { .. } => constraint.name.as_ref(),
            };
            let name = name.and_then(Name::known);
            name.map(|name| make(Kind::Constraint, Some(table), &name, Wanted::Strictly))
        }
        AlterTableAction::DropConstraint { name, if_exists, .. } => {
            let wanted = if *if_exists {
                Wanted::IfPossible
            } else {
                Wanted::UnlessLookedUp
            };
            name.known()
                .map(|name| take(Kind::Constraint, Some(table), &name, wanted))
        }
        AlterTableAction::ValidateConstraint { name } => name
            .known()
            .map(|name| Change::Use(Object::new(Kind::Constraint, Some(table), &name))),
        AlterTableAction::SetTablespace { .. } => None,
        AlterTableAction::Change { change, .. } => return table_changes(table, change),
    };
    change.into_iter().collect()
}

fn table_changes(table: &str, change: &TableChange) -> Vec<Change> {
    match change {
        // The index takes the name of the constraint.
        TableChange::AddKeyUsingIndex { name, index, .. } => {
            let name = name.as_ref().map_or(Some(Cow::Borrowed(index.as_str())), Name::known);
            let Some(name) = name else {
                return vec![Change::Anything];
            };
            let key = make(Kind::Constraint, Some(table), &name, Wanted::Strictly);
            let index = if name == *index {
                Change::Use(Object::new(Kind::Index, None, index))
            } else {
                take(Kind::Index, None, index, Wanted::Strictly)
            };
            vec![index, key]
        }
        TableChange::AddNotNull { column, .. } => vec![Change::Use(Object::new(Kind::Column, Some(table), column))],
        TableChange::RenameConstraint { from, to } => {
            vec![rename(Kind::Constraint, Some(table), from, to, Wanted::Strictly)]
        }
        TableChange::AttachPartition { partition, .. } => {
            vec![make(Kind::Partition, Some(table), partition, Wanted::Strictly)]
        }
        TableChange::DetachPartition { partition, .. } => {
            vec![take(Kind::Partition, Some(table), partition, Wanted::Strictly)]
        }
        TableChange::Unread { .. } => vec![Change::Anything],
        TableChange::SetExpression { .. }
        | TableChange::DropExpression { .. }
        | TableChange::SwitchTrigger { .. }
        | TableChange::Rewrite
        | TableChange::Inherit { .. }
        | TableChange::Disinherit { .. }
        | TableChange::AlterConstraint { .. }
        | TableChange::SetSchema { .. }
        | TableChange::ForceRowSecurity
        | TableChange::DisableRowSecurity
        | TableChange::Catalog { .. } => Vec::new(),
    }
}

fn command_changes(command: &Command) -> Vec<Change> {
    match command {
        Command::CreateTableAs {
            table, if_not_exists, ..
        } => vec![make(Kind::Table, None, table, wanted(*if_not_exists))],
        Command::CreateView {
            view,
            replaces,
            if_not_exists,
            ..
        } => vec![make(Kind::View, None, view, wanted(*replaces || *if_not_exists))],
        Command::DropView {
            view, if_exists, along, ..
        } => {
            let views = [view].into_iter().chain(along);
            views
                .map(|view| take(Kind::View, None, view, wanted(*if_exists)))
                .collect()
        }
        Command::AlterView {
            view,
            new_name: Some(to),
            ..
        } => vec![rename(Kind::View, None, view, to, Wanted::Strictly)],
        Command::CreateTrigger {
            table, name, replaces, ..
        } => vec![make(Kind::Trigger, Some(table), name, wanted(*replaces))],
        Command::DropTrigger { table, name, if_exists } => {
            vec![take(Kind::Trigger, Some(table), name, wanted(*if_exists))]
        }
        Command::CreatePolicy { table, name, .. } => vec![make(Kind::Policy, Some(table), name, Wanted::Strictly)],
        Command::DropPolicy { table, name, if_exists } => {
            vec![take(Kind::Policy, Some(table), name, wanted(*if_exists))]
        }
        Command::CreateType { name, .. } | Command::CreateDomain { name, .. } => {
            vec![make(Kind::Type, None, name, Wanted::Strictly)]
        }
        Command::DropType { name, if_exists, .. } => vec![take(Kind::Type, None, name, wanted(*if_exists))],
        Command::AddEnumValue {
            name,
            value,
            if_not_exists,
        } => vec![make(Kind::EnumValue, Some(name), value, wanted(*if_not_exists))],
        Command::RenameEnumValue { name, value } => vec![take(Kind::EnumValue, Some(name), value, Wanted::Strictly)],
        Command::Update { table, columns, .. } => use_columns(table, columns.iter().map(String::as_str)),
        Command::Delete { table, .. } => use_columns(table, []),
        Command::Truncate { tables, .. } => tables.iter().flat_map(|table| use_columns(table, [])).collect(),
        Command::Insert {
            table,
            columns,
            reads,
            conflict,
            ..
        } => {
            let mut changes = use_columns(table, columns.iter().map(String::as_str));
            // `.. WHERE NOT EXISTS (SELECT .. the same table)` looks whether they are there.
            if conflict.is_none() && !reads.relations.contains(table) {
                changes.push(Change::AddRows { table: table.clone() });
            }
            changes
        }
        Command::Several(_) | Command::Block(_) => Vec::new(), // They come one by one.
        Command::AlterView { new_name: None, .. }
        | Command::AlterSequence { .. }
        | Command::RefreshView { .. }
        | Command::ChangeTable { .. }
        | Command::Comment { .. }
        | Command::LockTable { .. }
        | Command::Vacuum { .. }
        | Command::Analyze { .. }
        | Command::Cluster { .. }
        | Command::Reindex { .. }
        | Command::MoveIndex { .. }
        | Command::AttachIndex { .. }
        | Command::ChangeIndex { .. }
        | Command::Revoke { .. }
        | Command::AlterDomain { .. }
        | Command::CreateFunction { .. }
        | Command::DropFunction { .. }
        | Command::DropObject { .. }
        | Command::TouchNothing
        | Command::ChangeServer
        | Command::Session(_)
        | Command::Transaction(_)
        | Command::RefusedInBody { .. }
        | Command::DeferConstraints
        | Command::Select { .. } => Vec::new(),
    }
}
