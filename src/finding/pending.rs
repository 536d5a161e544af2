//! What is left to do of changes that take more than one release. Plain data.

use crate::migration::MigrationKey;
use crate::statement::quote_name;

/// What is left to do of a change that takes more than one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it is.
    pub kind: PendingKind,
    /// The table that it is part of, or is.
    pub table: String,
    /// The column, table or constraint.
    pub name: String,
    /// The app of the model that has the table, or had it.
    pub app: Option<String>,
    /// That model, where one has the table.
    pub model: Option<String>,
    /// The type of a column, where that is known.
    pub data_type: Option<String>,
    /// The migration that left it, where that is known.
    pub since: Option<MigrationKey>,
    /// Whether the running release has that migration; none where nobody has said what is deployed.
    pub is_released: Option<bool>,
    /// How many migrations of the project come behind that one.
    pub migrations_since: usize,
}

/// What is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingKind {
    /// A column that no field has any more is to be dropped.
    Column,
    /// A table that no model has any more is to be dropped.
    Table,
    /// A constraint is to be validated.
    NotValid,
    /// A check that only proves that a column holds no NULL is to be dropped, when the column is NOT NULL.
    Check,
}

impl Pending {
    /// What ends it.
    #[must_use]
    pub fn statement(&self) -> String {
        let (table, name) = (quote_name(&self.table), quote_name(&self.name));
        match self.kind {
            PendingKind::Column => format!("ALTER TABLE {table} DROP COLUMN IF EXISTS {name}"),
            PendingKind::Table => format!("DROP TABLE IF EXISTS {table}"),
            PendingKind::NotValid => format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
            PendingKind::Check => format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"),
        }
    }

    /// What brings a column back, without its values; none where its type is not known.
    #[must_use]
    pub fn added_again(&self) -> Option<String> {
        let data_type = self.data_type.as_ref()?;
        let (table, name) = (quote_name(&self.table), quote_name(&self.name));
        Some(format!("ALTER TABLE {table} ADD COLUMN {name} {data_type}"))
    }

    /// `shop_order.note`, as it is listed; a table by its name.
    #[must_use]
    pub fn label(&self) -> String {
        match self.kind {
            PendingKind::Table => self.table.clone(),
            PendingKind::Column | PendingKind::NotValid | PendingKind::Check => format!("{}.{}", self.table, self.name),
        }
    }

    /// Whether somebody means it: as it is listed, or by the model, `shop.Order.note`.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let by_model = self.model.as_ref().map(|model| format!("{model}.{}", self.name));
        let by_field = by_model.as_ref().map(|name| name.trim_end_matches("_id").to_owned());
        self.label() == name
            || by_model
                .iter()
                .chain(&by_field)
                .any(|own| own.eq_ignore_ascii_case(name))
    }
}

impl PendingKind {
    /// As JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PendingKind::Column => "column-without-field",
            PendingKind::Table => "table-without-model",
            PendingKind::NotValid => "constraint-not-valid",
            PendingKind::Check => "check-of-not-null",
        }
    }
}
