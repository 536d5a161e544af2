//! All aspects with the facts that each reads, and all facts with their possible values.

/// A fact's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "declared with their values in `FactName::values`")]
pub enum FactName {
    Value,
    Default,
    Age,
    Use,
    Nullability,
    Proof,
    Change,
    Validation,
    Building,
    Transaction,
    Existence,
    Held,
    Key,
    Cascade,
    Origin,
    Source,
    Timeout,
    Strength,
    Mode,
    Rows,
    Scope,
    Enforcement,
    Era,
    StandIn,
    Uniqueness,
    Filling,
    Likelihood,
    Pointers,
}

/// A fact with all values it can have.
pub type FactDeclaration = (FactName, &'static str, &'static [&'static str]);

const FACTS: &[FactDeclaration] = &[
    // What fills an added column in the rows that exist.
    (
        FactName::Value,
        "value",
        &[
            "none", "constant", "stable", "volatile", "unknown", "identity", "stored", "virtual", "checked",
        ],
    ),
    // Whether an added column has any value for the rows that exist.
    (FactName::Default, "default", &["none", "present"]),
    // Whether the running migration itself made the column or table.
    (FactName::Age, "age", &["new", "existing"]),
    // Whether the models still had it when the migration began.
    (FactName::Use, "use", &["used", "unused"]),
    (FactName::Nullability, "nullability", &["nullable", "not-null"]),
    // What proves to Postgres that a column holds no NULL.
    (FactName::Proof, "proof", &["validated", "not-validated", "none"]),
    // What a type change does to the rows.
    (
        FactName::Change,
        "change",
        &["same", "kept", "indexes-rebuilt", "rewrite", "error", "unknown"],
    ),
    (FactName::Validation, "validation", &["now", "not-valid"]),
    (FactName::Building, "building", &["blocking", "concurrently"]),
    (FactName::Transaction, "transaction", &["inside", "outside"]),
    (FactName::Existence, "existence", &["known", "missing"]),
    // Whether the transaction holds a lock already that queries wait for, on whatever table.
    (FactName::Held, "held", &["free", "blocking"]),
    (FactName::Key, "key", &["unique", "primary", "exclude"]),
    // Whether a statement that recreates foreign keys checks their rows anew.
    (FactName::Cascade, "revalidated", &["yes", "no"]),
    // Whether the running migration itself added the column, or set the default that is dropped.
    (FactName::Origin, "origin", &["column-new", "default-new", "existing"]),
    // Whether a key builds its index or takes one that is there; `unknown` where no migration made that one.
    (FactName::Source, "source", &["built", "attached", "unknown"]),
    // Whether a timeout that the migration sets can cut long work short.
    (FactName::Timeout, "timeout", &["none", "set"]),
    // The lock of a change that is no work.
    (
        FactName::Strength,
        "strength",
        &["share-update-exclusive", "share-row-exclusive", "access-exclusive"],
    ),
    // The mode that LOCK TABLE asks for.
    (
        FactName::Mode,
        "mode",
        &[
            "access-share",
            "row-share",
            "row-exclusive",
            "share-update-exclusive",
            "share",
            "share-row-exclusive",
            "exclusive",
            "access-exclusive",
        ],
    ),
    // How many rows are written: all, those for which a condition holds, or those that a key names.
    (FactName::Rows, "rows", &["all", "some", "few"]),
    // How long a setting lasts.
    (FactName::Scope, "scope", &["session", "transaction"]),
    // Whether a constraint becomes enforced, or no longer is.
    (FactName::Enforcement, "enforcement", &["same", "on", "off"]),
    // PostgreSQL 14 locks a partition that is detached.
    (FactName::Era, "era", &["before-14", "since-14"]),
    // Whether the same transaction puts a view under the old name; whether running code needs none, because something else has
    // that name or because it does not know it.
    (FactName::StandIn, "stand-in", &["none", "view", "not-needed"]),
    // Whether an index refuses values that are there already.
    (FactName::Uniqueness, "uniqueness", &["unique", "plain"]),
    // In how many rows the history has filled a column that came without a value.
    (FactName::Filling, "filling", &["none", "partly"]),
    // Whether rows were written for certain, or by code that may not run, or not for them.
    (FactName::Likelihood, "likelihood", &["certain", "possible"]),
    // Whether any row has a value for a foreign key.
    (FactName::Pointers, "pointers", &["some", "none"]),
];

impl FactName {
    /// As rows spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.declaration().1
    }

    /// All values it can have.
    #[must_use]
    pub fn values(self) -> &'static [&'static str] {
        self.declaration().2
    }

    fn declaration(self) -> &'static FactDeclaration {
        // The order is tested.
        &FACTS[self as usize]
    }
}

/// One thing that a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "declared with their names and facts in `ASPECTS`")]
pub enum Aspect {
    CreateTable,
    DropTable,
    DropReference,
    RenameTable,
    SetTablespace,
    AddColumnValue,
    AddColumnNotNull,
    AddColumnKey,
    AddColumnCheck,
    AddColumnReference,
    DropColumn,
    RenameColumn,
    AlterType,
    AlterTypeCheck,
    AlterTypeReference,
    SetDefault,
    DropDefault,
    SetNotNull,
    DropNotNull,
    AddIdentity,
    DropIdentity,
    AddCheck,
    AddKey,
    AddForeignKey,
    DropCheck,
    DropKey,
    DropForeignKey,
    DropUnknownConstraint,
    ValidateCheck,
    ValidateForeignKey,
    CreateIndex,
    DropIndex,
    RenameIndex,
    Comment,
    SetConstraints,
    UpdateRows,
    CreateSequence,
    AlterSequence,
    DropSequence,
    CreateExtension,
    CreateCollation,
    DropCollation,
    ChangeCatalog,
    RewriteTable,
    Vacuum,
    Analyze,
    Reindex,
    MoveIndex,
    ChangeIndex,
    AttachIndex,
    Truncate,
    TruncateReferenced,
    LockTable,
    RefreshView,
    CreateView,
    ChangeView,
    DropView,
    ReadRows,
    CreatePartition,
    CreateChild,
    AttachPartition,
    MoveForeignKeys,
    ScanDefaultPartition,
    DropPartition,
    DetachPartition,
    Inherit,
    WriteRows,
    InsertRows,
    ChangeSetting,
    EndTransaction,
    TouchNothing,
    AlterDomain,
    DependentsRefuse,
    TakeView,
    TakeColumn,
    TakeTrigger,
    DropPolicy,
    DisableRowSecurity,
    TakeDefault,
    AlterTypeDependents,
    NotValidKey,
    AddNotNull,
    AlterConstraint,
    PartitionedConcurrently,
    ExistingIndex,
    HollowIndex,
    PendingEvents,
    NewEnumValue,
    NameTaken,
    NameMissing,
    NotInVersion,
    TakeFromRunningCode,
    SetSchema,
    RenameSequence,
    ReindexAll,
    ChangeServer,
    LeftoverIndex,
    RepeatedValue,
    EndInBody,
    RefusedInBody,
    RefuseOldRows,
    RefuseNulls,
    KeyMissing,
    RefusedByDefinition,
}

/// An aspect's name in rows, and the facts it reads.
pub type AspectDeclaration = (Aspect, &'static str, &'static [FactName]);

/// All aspects.
pub const ASPECTS: &[AspectDeclaration] = &[
    (Aspect::CreateTable, "create-table", &[]),
    (Aspect::DropTable, "drop-table", &[FactName::Use]),
    (Aspect::DropReference, "drop-reference", &[FactName::Use]),
    (Aspect::RenameTable, "rename-table", &[FactName::StandIn]),
    (Aspect::SetTablespace, "set-tablespace", &[]),
    (Aspect::AddColumnValue, "add-column-value", &[FactName::Value]),
    (Aspect::AddColumnNotNull, "add-column-not-null", &[FactName::Default]),
    (Aspect::AddColumnKey, "add-column-key", &[FactName::Key]),
    (Aspect::AddColumnCheck, "add-column-check", &[]),
    (
        Aspect::AddColumnReference,
        "add-column-reference",
        &[FactName::Default, FactName::Age],
    ),
    (Aspect::DropColumn, "drop-column", &[FactName::Use]),
    (Aspect::RenameColumn, "rename-column", &[FactName::StandIn]),
    (Aspect::AlterType, "alter-type", &[FactName::Change]),
    (Aspect::AlterTypeCheck, "alter-type-check", &[]),
    (Aspect::AlterTypeReference, "alter-type-reference", &[FactName::Cascade]),
    (Aspect::SetDefault, "set-default", &[]),
    (
        Aspect::DropDefault,
        "drop-default",
        &[FactName::Origin, FactName::Nullability],
    ),
    (Aspect::SetNotNull, "set-not-null", &[FactName::Proof]),
    (Aspect::DropNotNull, "drop-not-null", &[]),
    (Aspect::AddIdentity, "add-identity", &[]),
    (Aspect::DropIdentity, "drop-identity", &[]),
    (Aspect::AddCheck, "add-check", &[FactName::Validation]),
    (
        Aspect::AddKey,
        "add-key",
        &[FactName::Key, FactName::Nullability, FactName::Source],
    ),
    (
        Aspect::AddForeignKey,
        "add-foreign-key",
        &[FactName::Validation, FactName::Age],
    ),
    (Aspect::DropCheck, "drop-check", &[]),
    (Aspect::DropKey, "drop-key", &[FactName::Key]),
    (Aspect::DropForeignKey, "drop-foreign-key", &[FactName::Use]),
    (Aspect::DropUnknownConstraint, "drop-unknown-constraint", &[]),
    (
        Aspect::ValidateCheck,
        "validate-check",
        &[FactName::Held, FactName::Timeout],
    ),
    (
        Aspect::ValidateForeignKey,
        "validate-foreign-key",
        &[FactName::Held, FactName::Timeout, FactName::Pointers],
    ),
    (
        Aspect::CreateIndex,
        "create-index",
        &[FactName::Building, FactName::Transaction, FactName::Timeout],
    ),
    (
        Aspect::DropIndex,
        "drop-index",
        &[FactName::Building, FactName::Transaction, FactName::Existence],
    ),
    (Aspect::RenameIndex, "rename-index", &[]),
    (Aspect::Comment, "comment", &[]),
    (Aspect::SetConstraints, "set-constraints", &[]),
    (Aspect::UpdateRows, "update-rows", &[FactName::Held]),
    (Aspect::CreateSequence, "create-sequence", &[]),
    (Aspect::AlterSequence, "alter-sequence", &[]),
    (Aspect::DropSequence, "drop-sequence", &[]),
    (Aspect::CreateExtension, "create-extension", &[]),
    (Aspect::CreateCollation, "create-collation", &[]),
    (Aspect::DropCollation, "drop-collation", &[]),
    (Aspect::ChangeCatalog, "change-catalog", &[FactName::Strength]),
    (Aspect::RewriteTable, "rewrite-table", &[FactName::Transaction]),
    (Aspect::Vacuum, "vacuum", &[FactName::Transaction]),
    (Aspect::Analyze, "analyze", &[]),
    (Aspect::Reindex, "reindex", &[FactName::Building, FactName::Transaction]),
    (Aspect::MoveIndex, "move-index", &[]),
    (Aspect::ChangeIndex, "change-index", &[]),
    (Aspect::AttachIndex, "attach-index", &[]),
    (Aspect::Truncate, "truncate", &[]),
    (Aspect::TruncateReferenced, "truncate-referenced", &[]),
    (
        Aspect::LockTable,
        "lock-table",
        &[FactName::Mode, FactName::Transaction],
    ),
    (Aspect::RefreshView, "refresh-view", &[FactName::Building]),
    (Aspect::CreateView, "create-view", &[]),
    (Aspect::ChangeView, "change-view", &[]),
    (Aspect::DropView, "drop-view", &[]),
    (Aspect::ReadRows, "read-rows", &[FactName::Held]),
    (Aspect::CreatePartition, "create-partition", &[]),
    (Aspect::CreateChild, "create-child", &[]),
    (Aspect::AttachPartition, "attach-partition", &[FactName::Proof]),
    (Aspect::MoveForeignKeys, "move-foreign-keys", &[]),
    (
        Aspect::ScanDefaultPartition,
        "scan-default-partition",
        &[FactName::Proof],
    ),
    (Aspect::DropPartition, "drop-partition", &[]),
    (
        Aspect::DetachPartition,
        "detach-partition",
        &[FactName::Building, FactName::Transaction, FactName::Era],
    ),
    (Aspect::Inherit, "inherit", &[]),
    (Aspect::WriteRows, "write-rows", &[FactName::Rows, FactName::Held]),
    (Aspect::InsertRows, "insert-rows", &[]),
    (
        Aspect::ChangeSetting,
        "change-setting",
        &[FactName::Scope, FactName::Transaction],
    ),
    (Aspect::EndTransaction, "end-transaction", &[FactName::Transaction]),
    (Aspect::TouchNothing, "touch-nothing", &[]),
    (Aspect::AlterDomain, "alter-domain", &[FactName::Validation]),
    (Aspect::DependentsRefuse, "dependents-refuse", &[]),
    (Aspect::TakeView, "take-view", &[]),
    (Aspect::TakeColumn, "take-column", &[]),
    (Aspect::TakeTrigger, "take-trigger", &[]),
    (Aspect::DropPolicy, "drop-policy", &[]),
    (Aspect::DisableRowSecurity, "disable-row-security", &[]),
    (Aspect::TakeDefault, "take-default", &[]),
    (Aspect::AlterTypeDependents, "alter-type-dependents", &[]),
    (Aspect::NotValidKey, "not-valid-key", &[]),
    (
        Aspect::AddNotNull,
        "add-not-null",
        &[FactName::Validation, FactName::Proof],
    ),
    (Aspect::AlterConstraint, "alter-constraint", &[FactName::Enforcement]),
    (Aspect::PartitionedConcurrently, "partitioned-concurrently", &[]),
    (Aspect::ExistingIndex, "existing-index", &[FactName::Building]),
    (Aspect::HollowIndex, "hollow-index", &[]),
    (Aspect::PendingEvents, "pending-events", &[FactName::Likelihood]),
    (Aspect::NewEnumValue, "new-enum-value", &[]),
    (Aspect::NameTaken, "name-taken", &[]),
    (Aspect::NameMissing, "name-missing", &[]),
    (Aspect::NotInVersion, "not-in-version", &[]),
    (Aspect::TakeFromRunningCode, "take-from-running-code", &[]),
    (Aspect::SetSchema, "set-schema", &[]),
    (Aspect::RenameSequence, "rename-sequence", &[]),
    (
        Aspect::ReindexAll,
        "reindex-all",
        &[FactName::Building, FactName::Transaction],
    ),
    (Aspect::ChangeServer, "change-server", &[FactName::Transaction]),
    (Aspect::LeftoverIndex, "leftover-index", &[FactName::Uniqueness]),
    (Aspect::RepeatedValue, "repeated-value", &[FactName::Age]),
    (Aspect::EndInBody, "end-in-body", &[FactName::Transaction]),
    (Aspect::RefusedInBody, "refused-in-body", &[]),
    (Aspect::RefuseOldRows, "refuse-old-rows", &[]),
    (Aspect::RefuseNulls, "refuse-nulls", &[FactName::Filling, FactName::Age]),
    (Aspect::KeyMissing, "key-missing", &[]),
    (Aspect::RefusedByDefinition, "refused-by-definition", &[]),
];

impl Aspect {
    /// As rows spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.declaration().1
    }

    /// The facts that it reads.
    #[must_use]
    pub fn facts(self) -> &'static [FactName] {
        self.declaration().2
    }

    /// The aspect with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ASPECTS
            .iter()
            .find(|(_, name, _)| *name == text)
            .map(|(aspect, ..)| *aspect)
    }

    /// Every combination of the values of its facts.
    #[must_use]
    pub fn combinations(self) -> Vec<Vec<(FactName, &'static str)>> {
        self.facts().iter().fold(vec![Vec::new()], |combinations, fact| {
            let longer = |combination: &Vec<_>, value: &&'static str| {
                let mut combination = combination.clone();
                combination.push((*fact, *value));
                combination
            };
            combinations
                .iter()
                .flat_map(|combination| fact.values().iter().map(move |value| longer(combination, value)))
                .collect()
        })
    }

    fn declaration(self) -> &'static AspectDeclaration {
        // The order is tested.
        &ASPECTS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::{ASPECTS, FACTS};

    #[test]
    fn every_aspect_and_every_fact_is_declared_once() {
        for (index, (aspect, name, facts)) in ASPECTS.iter().enumerate() {
            assert_eq!(*aspect as usize, index, "{name} stands out of order");
            assert!(
                facts
                    .iter()
                    .all(|fact| FACTS.iter().filter(|(other, ..)| other == fact).count() == 1)
            );
        }
        for (index, (fact, name, values)) in FACTS.iter().enumerate() {
            assert_eq!(*fact as usize, index, "{name} stands out of order");
            assert!(values.len() > 1);
        }
    }
}
