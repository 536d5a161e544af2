//! What the package calls unsafe: it warns, or with `RAISE_FOR_UNSAFE` raises `UnsafeOperationException`.

use crate::migration::FieldKind;
use crate::models::ModelField;
use crate::statement::{AlterTableAction, ConstraintKind, Statement, TableConstraint};
use crate::unknown::Sql;
use crate::versions::DjangoVersion;

use super::super::RefusedBy;
use super::super::run::Run;

/// The constants of the package's class `Unsafe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unsafe {
    AddColumnNotNull,
    AddColumnGeneratedStored,
    AlterColumnType,
    AddConstraintExclude,
    RenameTable,
    RenameColumn,
}

impl Unsafe {
    fn in_words(self) -> &'static str {
        match self {
            Unsafe::AddColumnNotNull => "ADD COLUMN NOT NULL without a database default",
            Unsafe::AddColumnGeneratedStored => "ADD COLUMN of a stored generated column",
            Unsafe::AlterColumnType => "ALTER COLUMN TYPE",
            Unsafe::AddConstraintExclude => "ADD CONSTRAINT EXCLUDE",
            Unsafe::RenameTable => "ALTER TABLE RENAME",
            Unsafe::RenameColumn => "ALTER TABLE RENAME COLUMN",
        }
    }
}

impl Run<'_> {
    fn call_unsafe(&mut self, what: Unsafe) {
        let raises = self.zero_downtime().is_some_and(|backend| backend.raise_for_unsafe);
        if raises && !self.editor.is_stopped {
            self.refuse_by(RefusedBy::Backend, format!("{} is unsafe", what.in_words()));
            self.editor.is_stopped = true;
        }
    }

    /// `AddConstraintNotValid` makes one string of the two statements that the backend has for it: a `TypeError`.
    pub(in super::super) fn refuse_not_valid(&mut self) {
        self.crash("AddConstraintNotValid");
    }

    fn crash(&mut self, what: &str) {
        let crashes = self.zero_downtime().is_some_and(|backend| backend.derived.is_none());
        if crashes && !self.editor.is_stopped {
            self.refuse_by(RefusedBy::Backend, format!("{what} raises a TypeError under it"));
            self.editor.is_stopped = true;
        }
    }

    /// What is unsafe whatever the models say.
    pub(super) fn refuse_unsafe_statements(&mut self, string: &[Statement]) {
        for statement in string {
            match statement {
                // `sql_create_table` is an object to which Django adds the text of the tablespace.
                Statement::CreateTable(create) if create.tablespace.is_some() => {
                    self.crash("a table with a tablespace");
                }
                Statement::RenameTable { .. } => self.call_unsafe(Unsafe::RenameTable),
                Statement::AlterTable { actions, .. } => {
                    for action in actions {
                        match action {
                            AlterTableAction::RenameColumn { .. } => self.call_unsafe(Unsafe::RenameColumn),
                            AlterTableAction::AddConstraint(TableConstraint {
                                kind: ConstraintKind::Exclude { .. },
                                ..
                            }) => self.call_unsafe(Unsafe::AddConstraintExclude),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// `add_field` and `_add_column_not_null`; a default of the model's counts where the column keeps it.
    pub(in super::super) fn refuse_unsafe_column(&mut self, field: &ModelField<'_>) {
        let Some(backend) = self.zero_downtime() else {
            return;
        };
        let declared = &field.field;
        match declared.kind {
            FieldKind::Generated { stored: true, .. } if backend.knows_generated() => {
                self.call_unsafe(Unsafe::AddColumnGeneratedStored);
            }
            FieldKind::Generated { .. } => {}
            _ => {
                let keeps = backend.keeps_default(field.django()) && declared.default.is_some();
                let has_default = declared.db_default.is_some() && field.django() >= DjangoVersion::new(5, 0);
                if !declared.null && !keeps && !has_default {
                    self.call_unsafe(Unsafe::AddColumnNotNull);
                }
            }
        }
    }

    /// `_alter_column_type_sql`
    pub(in super::super) fn refuse_unsafe_type(&mut self, old: &Sql, new: &Sql) {
        let Some(backend) = self.zero_downtime() else {
            return;
        };
        let is_safe = match (old.known(), new.known()) {
            (Some(old), Some(new)) => is_immediate(old, new, backend.knows_plain_numeric()),
            // It is said already that the type is not known.
            _ => true,
        };
        if !is_safe {
            self.call_unsafe(Unsafe::AlterColumnType);
        }
    }
}

/// `_immediate_type_cast`
fn is_immediate(old: &str, new: &str, takes_plain_numeric: bool) -> bool {
    let serials = [
        ("integer", "serial"),
        ("bigint", "bigserial"),
        ("smallint", "smallserial"),
    ];
    let is_same = |(plain, serial): (&str, &str)| old == plain && new == serial || old == serial && new == plain;
    if old == new || serials.into_iter().any(is_same) {
        return true;
    }
    if let Some([length]) = numbers(old, "varchar") {
        return new == "text" || numbers(new, "varchar").is_some_and(|[wider]| wider >= length);
    }
    if let Some([precision, scale]) = numbers(old, "numeric") {
        let is_wider = |[wider, same]: [u64; 2]| wider >= precision && same == scale;
        return takes_plain_numeric && new == "numeric" || numbers(new, "numeric").is_some_and(is_wider);
    }
    false
}

/// The parameters of a type: `[6, 2]` of `numeric(6, 2)`.
fn numbers<const COUNT: usize>(data_type: &str, name: &str) -> Option<[u64; COUNT]> {
    let inner = data_type.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
    let numbers: Option<Vec<u64>> = inner.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::is_immediate;

    #[test]
    fn a_type_changes_at_once_where_it_only_gets_wider() {
        for (old, new) in [
            ("varchar(20)", "varchar(20)"),
            ("varchar(20)", "varchar(40)"),
            ("varchar(20)", "text"),
            ("numeric(6, 2)", "numeric(8, 2)"),
            ("bigint", "bigserial"),
        ] {
            assert!(is_immediate(old, new, false), "{old} to {new}");
        }
        for (old, new) in [
            ("varchar(40)", "varchar(20)"),
            ("text", "varchar(20)"),
            ("varchar", "text"),
            ("numeric(6, 2)", "numeric(8, 3)"),
            ("numeric(6, 2)", "numeric"),
            ("integer", "bigint"),
        ] {
            assert!(!is_immediate(old, new, false), "{old} to {new}");
        }
        assert!(is_immediate("numeric(6, 2)", "numeric", true));
    }
}
