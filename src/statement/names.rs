//! The names that Django derives from tables and columns.

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::unknown::{Identifier, Unknown, shown_names};

use super::print::split_identifier;
use super::{AlterTableAction, ConstraintKind, DerivedName, Name, Statement, TableConstraint};

/// The longest name that Postgres keeps (`max_name_length` in django/db/backends/postgresql/operations.py).
const LONGEST_NAME: usize = 63;

impl Name {
    /// `_create_index_name`, fixed at once.
    #[must_use]
    pub fn derived(table: &Identifier, columns: &[Identifier], suffix: &str) -> Self {
        let derived = DerivedName {
            table: table.clone(),
            columns: columns.to_vec(),
            suffix: suffix.to_owned(),
            target: None,
        };
        match derived.resolve() {
            Ok(name) => Name::Given(name),
            Err(unknown) => Name::Unknown(unknown),
        }
    }

    /// The name as it stands now, without quotes, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<Cow<'_, str>> {
        match self {
            Name::Given(name) => Some(Cow::Borrowed(name)),
            Name::Derived(derived) => derived.resolve().ok().map(Cow::Owned),
            Name::Unknown(_) => None,
        }
    }

    /// The same for people, who also see what is not known.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Name::Given(name) => Cow::Borrowed(name),
            Name::Derived(derived) => Cow::Owned(derived.resolve().unwrap_or_else(|unknown| unknown.to_string())),
            Name::Unknown(unknown) => Cow::Owned(unknown.to_string()),
        }
    }

    /// What is not known of it.
    #[must_use]
    pub fn unknown(&self) -> Option<Unknown> {
        match self {
            Name::Given(_) => None,
            Name::Derived(derived) => derived.unknown(),
            Name::Unknown(unknown) => Some(unknown.clone()),
        }
    }

    /// Fixes the name: nothing is renamed in a statement that has been sent.
    pub(super) fn settle(&mut self) {
        if let Name::Derived(derived) = self {
            *self = match derived.resolve() {
                Ok(name) => Name::Given(name),
                Err(unknown) => Name::Unknown(unknown),
            };
        }
    }
}

impl From<Identifier> for Name {
    fn from(name: Identifier) -> Self {
        match name {
            Identifier::Known(name) => Name::Given(name),
            Identifier::Unknown(unknown) => Name::Unknown(unknown),
        }
    }
}

impl Statement {
    /// Derives the names in it once and for all, when it is sent: no rename reaches what has been sent.
    pub fn settle_names(&mut self) {
        match self {
            Statement::CreateIndex(create) => create.name.settle(),
            Statement::DropIndex { name, .. }
            | Statement::SetConstraintsImmediate {
                constraint: Some(name), ..
            } => name.settle(),
            Statement::RenameIndex { from, to, .. } => [from, to].into_iter().for_each(Name::settle),
            Statement::AlterTable { actions, .. } => actions.iter_mut().for_each(AlterTableAction::settle_names),
            Statement::CreateTable(create) => {
                let keys = create
                    .columns
                    .iter_mut()
                    .filter_map(|column| column.references.as_mut());
                keys.for_each(|key| key.name.settle());
                create.constraints.iter_mut().for_each(TableConstraint::settle_names);
            }
            Statement::SetConstraintsImmediate { constraint: None, .. }
            | Statement::DropTable { .. }
            | Statement::RenameTable { .. }
            | Statement::Comment { .. }
            | Statement::UpdateNulls { .. }
            | Statement::AlterSequenceType { .. }
            | Statement::CreateSequence { .. }
            | Statement::DropSequence { .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Command { .. }
            | Statement::Unread { .. } => {}
        }
    }
}

impl AlterTableAction {
    fn settle_names(&mut self) {
        match self {
            AlterTableAction::AddColumn(column) => {
                if let Some(key) = &mut column.references {
                    key.name.settle();
                }
            }
            AlterTableAction::AddConstraint(constraint) => constraint.settle_names(),
            AlterTableAction::DropConstraint { name, .. } | AlterTableAction::ValidateConstraint { name } => {
                name.settle();
            }
            AlterTableAction::DropColumn { .. }
            | AlterTableAction::RenameColumn { .. }
            | AlterTableAction::AlterType { .. }
            | AlterTableAction::SetDefault { .. }
            | AlterTableAction::DropDefault { .. }
            | AlterTableAction::SetNotNull { .. }
            | AlterTableAction::DropNotNull { .. }
            | AlterTableAction::AddIdentity { .. }
            | AlterTableAction::DropIdentity { .. }
            | AlterTableAction::SetTablespace { .. }
            | AlterTableAction::Change { .. } => {}
        }
    }
}

impl TableConstraint {
    fn settle_names(&mut self) {
        if let ConstraintKind::ForeignKey(key) = &mut self.kind {
            // A foreign key carries its constraint's name.
            let is_shared = self.name.as_ref() == Some(&key.name);
            key.name.settle();
            if is_shared {
                self.name = Some(key.name.clone());
            }
        }
        if let Some(name) = &mut self.name {
            name.settle();
        }
    }
}

impl DerivedName {
    /// `_create_index_name`, with the suffix of `ForeignKeyName` where it is a foreign key's name.
    ///
    /// # Errors
    /// The part that is not known: the name is derived from it.
    pub fn resolve(&self) -> Result<String, Unknown> {
        if let Some(unknown) = self.unknown() {
            return Err(unknown);
        }
        let target = self.target.as_ref();
        let suffix = target.map(|(table, column)| format!("{}_{}_{}", self.suffix, table.shown(), column.shown()));
        let suffix = suffix.as_ref().unwrap_or(&self.suffix);
        let columns: Vec<&str> = self.columns.iter().filter_map(Identifier::known).collect();
        let table = self.table.known().unwrap_or_default();
        Ok(create_index_name(table, &columns, suffix))
    }

    fn unknown(&self) -> Option<Unknown> {
        let target = self.target.iter().flat_map(|(table, column)| [table, column]);
        let mut parts = self.columns.iter().chain(target).chain([&self.table]);
        let unknown = parts.find_map(Identifier::unknown)?;
        let (table, columns) = (self.table.shown(), shown_names(&self.columns));
        Some(unknown.derived(&format!("{table}({columns}){}", self.suffix)))
    }
}

/// `BaseDatabaseSchemaEditor._create_index_name`: table, columns, and a digest of both with a suffix. Lengths count
/// characters, as Python does.
#[must_use]
pub fn create_index_name(table: &str, columns: &[&str], suffix: &str) -> String {
    let (_, table) = split_identifier(table);
    let joined = joined(columns);
    let parts = std::iter::once(table).chain(columns.iter().copied());
    let mut ending = names_digest(parts, 8);
    ending.push_str(suffix);
    let name = [table, &joined, &ending].join("_");
    if characters(&name) <= LONGEST_NAME {
        return name;
    }
    let ending = first(&ending, LONGEST_NAME / 3);
    let each = (LONGEST_NAME - characters(ending)) / 2 - 1;
    let mut name = [first(table, each), first(&joined, each), ending].join("_");
    if name.starts_with(|letter: char| letter == '_' || letter.is_numeric()) {
        name.pop();
        name.insert(0, 'D');
    }
    name
}

/// `truncate_name` in django/db/backends/utils.py: a longer name ends in four digits of its digest.
#[must_use]
pub fn truncate_name(identifier: &str) -> String {
    let (namespace, name) = split_identifier(identifier);
    if characters(name) <= LONGEST_NAME {
        return identifier.to_owned();
    }
    let digest = names_digest([name], 4);
    let namespace = if namespace.is_empty() {
        String::new()
    } else {
        format!("{namespace}\".\"")
    };
    format!("{namespace}{}{digest}", first(name, LONGEST_NAME - 4))
}

/// The name of an index that was declared without one. See `Index.set_name_with_model` in django/db/models/indexes.py.
///
/// `columns` are the columns with `-` before descending ones, `suffix` is `idx`, `gin`, ...
#[must_use]
pub fn index_name(table: &str, columns: &[String], suffix: &str) -> String {
    let (_, table) = split_identifier(table);
    let parts = std::iter::once(table)
        .chain(columns.iter().map(String::as_str))
        .chain([suffix]);
    let digest = names_digest(parts, 6);
    let column = columns.first().map_or("", |column| column.trim_start_matches('-'));
    let name = format!("{}_{}_{digest}_{suffix}", first(table, 11), first(column, 7));
    match name.strip_prefix(|letter: char| letter == '_' || letter.is_numeric()) {
        Some(rest) => format!("D{rest}"),
        None => name,
    }
}

/// `names_digest` in django/db/backends/utils.py: the first hexadecimal digits of an MD5 sum.
#[must_use]
pub fn names_digest<'a>(parts: impl IntoIterator<Item = &'a str>, length: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let digits = hash
        .finalize()
        .into_iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]));
    digits.take(length).collect()
}

/// The columns with `_` between them.
fn joined<'c>(columns: &[&'c str]) -> Cow<'c, str> {
    match columns {
        [only] => Cow::Borrowed(only),
        columns => Cow::Owned(columns.join("_")),
    }
}

/// How many characters a text has.
fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// The first `count` characters.
fn first(text: &str, count: usize) -> &str {
    match text.char_indices().nth(count) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{create_index_name, index_name, truncate_name};

    #[test]
    fn an_index_is_named_after_table_and_columns_with_a_digest_of_both() {
        let columns = ["app_label", "model"];
        assert_eq!(
            create_index_name("django_content_type", &columns, "_uniq"),
            "django_content_type_app_label_model_76bd3d3b_uniq"
        );
    }

    #[test]
    fn a_long_name_keeps_a_part_of_table_columns_and_suffix() {
        let columns = ["content_type_id"];
        let name = create_index_name("auth_permission", &columns, "_fk_django_content_type_id");
        assert_eq!(name, "auth_permission_content_type_id_2f476e4b_fk_django_co");
    }

    #[test]
    fn a_long_table_name_ends_in_a_digest() {
        let name = truncate_name(&format!("app_{}", "x".repeat(80)));
        assert_eq!(name.len(), 63);
        assert!(name.starts_with("app_xxx"));
    }

    #[test]
    fn an_index_without_a_name_gets_thirty_characters() {
        let columns = ["-created_at".to_owned()];
        assert!(index_name("shop_order_line", &columns, "idx").starts_with("shop_order__created_"));
    }
}
