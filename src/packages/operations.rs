//! Operation classes of packages, described by data: the class of Django below them, and what they do instead.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scalar;

/// One operation class. Without `code` it does what its base does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownOperation {
    /// The class of Django that it derives from: the state changes as by that.
    pub base: Option<String>,
    /// What is done by code of ours.
    pub code: Option<OperationCode>,
    /// Keyword arguments that it gives its base.
    #[serde(default)]
    pub always: BTreeMap<String, Scalar>,
    /// Parameters by position, where they are not those of the base.
    pub positional: Option<Vec<String>>,
    /// Parameters of its own, which its base does not take.
    #[serde(default)]
    pub own: Vec<String>,
    /// Whether a tool that runs migrations in phases runs it after the deploy, unless something says otherwise.
    #[serde(default)]
    pub after_deploy: bool,
    /// Other paths of the same class.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// The operations that take code: to be read, to be sent, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationCode {
    /// `pgtrigger.migrations.AddTrigger`
    AddTrigger,
    /// `pgtrigger.migrations.RemoveTrigger`
    RemoveTrigger,
    /// `AddDefaultValue` of django-add-default-value
    AddDefaultValue,
    /// An operation of django-pg-migration-tools, which sends its base in small steps.
    Safer(Safer),
    /// An operation of django-postgres-extra.
    Psqlextra(Psqlextra),
    /// An operation of django-syzygy around a field.
    Syzygy(DefaultChange),
    /// A removal of Sentry's, half of it in each of two migrations.
    TwoPhaseRemoval,
}

/// What an operation of django-syzygy does to the default that a column has in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultChange {
    /// The column comes with its default in the database.
    Come,
    /// It loses that.
    Settle,
    /// It gets one, or may be NULL.
    MakeReady,
}

/// What an operation of django-postgres-extra makes or takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Psqlextra {
    /// A partitioned table.
    PartitionedModel,
    /// A partition for a range.
    RangePartition,
    /// A partition for some values.
    ListPartition,
    /// A partition by remainder.
    HashPartition,
    /// A partition for the rest.
    DefaultPartition,
    /// A partition of any kind goes.
    DeletePartition,
    /// A view.
    ViewModel,
    /// A materialized view.
    MaterializedViewModel,
    /// A view goes.
    DeleteViewModel,
    /// A materialized view goes.
    DeleteMaterializedViewModel,
    /// Another operation, of which the database sees nothing.
    ApplyState,
}

/// What an operation of django-pg-migration-tools is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safer {
    /// An index.
    Index,
    /// A `UniqueConstraint`, and no other.
    UniqueConstraint,
    /// A `CheckConstraint`, and no other.
    CheckConstraint,
    /// NOT NULL, and nothing else of the field.
    NotNull,
    /// A field with a foreign key.
    ForeignKey,
    /// A field with a foreign key, unique whatever the field is.
    OneToOne,
}
