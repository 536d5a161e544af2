//! Operations of well-known packages, which send statements of their own.

use crate::packages::Safer;
use crate::value::Value;

use super::operation::{Operation, SqlPiece};

/// An operation of a package that is known as Django's own are.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are the arguments of the class of the same name")]
pub enum Packaged {
    /// `pgtrigger.migrations.AddTrigger`, django-pgtrigger 4.17.
    AddTrigger { model_name: String, trigger: Trigger },
    /// `pgtrigger.migrations.RemoveTrigger`, django-pgtrigger 4.17.
    RemoveTrigger { model_name: String, name: String },
    /// `AddDefaultValue`, django-add-default-value 0.10.
    AddDefaultValue {
        model_name: String,
        name: String,
        value: Value,
    },
    /// `Safer...`, django-pg-migration-tools 0.1.26: the state changes as by this operation of Django, the database in
    /// small steps that nobody has to wait for.
    Safer {
        about: Safer,
        base: Box<Operation>,
        raise_if_exists: bool,
    },
    /// `PostgresCreatePartitionedModel`, django-postgres-extra 3.0.1; `base` is a CreateModel.
    PartitionedModel {
        base: Box<Operation>,
        /// `RANGE`, `LIST` or `HASH`.
        method: String,
        /// Names of fields.
        key: Vec<String>,
    },
    /// `PostgresAdd...Partition`, django-postgres-extra 3.0.1.
    AddPartition {
        model_name: String,
        name: String,
        /// What stands behind the name of the partitioned table, with placeholders for the values.
        bound: String,
        values: Value,
    },
    /// `PostgresDelete...Partition`, django-postgres-extra 3.0.1.
    DeletePartition { model_name: String, name: String },
    /// `PostgresCreateViewModel` and its kin, django-postgres-extra 3.0.1; `base` is a CreateModel.
    ViewModel {
        base: Box<Operation>,
        kind: ViewKind,
        query: SqlPiece,
    },
    /// `PostgresDeleteViewModel` and its kin, django-postgres-extra 3.0.1; `base` is a DeleteModel.
    DeleteViewModel { base: Box<Operation>, kind: ViewKind },
    /// `SafeRemoveField` and `SafeDeleteModel` of Sentry, which take two migrations for what `base` does in one.
    TwoPhaseRemoval { base: Box<Operation>, phase: RemovalPhase },
}

impl Packaged {
    /// What happens to the models, where that is what an operation of Django does.
    #[must_use]
    pub fn base(&self) -> Option<&Operation> {
        match self {
            Packaged::Safer { base, .. }
            | Packaged::PartitionedModel { base, .. }
            | Packaged::ViewModel { base, .. }
            | Packaged::DeleteViewModel { base, .. } => Some(base),
            Packaged::AddTrigger { .. }
            | Packaged::RemoveTrigger { .. }
            | Packaged::AddDefaultValue { .. }
            | Packaged::AddPartition { .. }
            | Packaged::DeletePartition { .. }
            | Packaged::TwoPhaseRemoval { .. } => None,
        }
    }
}

/// `DeletionAction`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalPhase {
    /// `MOVE_TO_PENDING`: the state loses it, which remembers what it was. Beside this stands what the state does.
    SetAside,
    /// `DELETE`: the database loses what was set aside.
    Drop,
}

/// What kind of view a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// `VIEW`
    Plain,
    /// `MATERIALIZED VIEW .. WITH DATA`
    Materialized,
    /// `MATERIALIZED VIEW .. WITH NO DATA`
    MaterializedWithoutData,
}

/// A compiled trigger: `pgtrigger.compiler.Trigger`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name on the model.
    pub name: String,
    /// Its name in the database.
    pub pgid: String,
    /// The table that it names, which may be another one than the model's by now.
    pub table: String,
    /// The SQL that installs it.
    pub install: String,
    /// What names the columns that it depends on.
    pub watches: String,
}

impl Trigger {
    /// What uninstalls it: `pgtrigger.compiler.DropTriggerSql`.
    #[must_use]
    pub fn uninstall(&self) -> String {
        let table = crate::statement::quote_name(&self.table);
        format!("DROP TRIGGER IF EXISTS {} ON {table};", self.pgid)
    }
}
