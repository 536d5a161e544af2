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
}

/// A fact with all values it can have.
pub type FactDeclaration = (FactName, &'static str, &'static [&'static str]);

const FACTS: &[FactDeclaration] = &[
    // What fills an added column in the rows that exist.
    (
        FactName::Value,
        "value",
        &[
            "none", "constant", "stable", "volatile", "unknown", "identity", "stored", "virtual",
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
    // The strongest lock that the transaction holds on the table already.
    (FactName::Held, "held", &["free", "access-exclusive"]),
    (FactName::Key, "key", &["unique", "primary", "exclude"]),
    // Whether a statement that recreates foreign keys checks their rows anew.
    (FactName::Cascade, "revalidated", &["yes", "no"]),
    // Whether the running migration itself added the column, or set the default that is dropped.
    (FactName::Origin, "origin", &["column-new", "default-new", "existing"]),
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
        FACTS.iter().find(|(name, ..)| *name == self).unwrap_or(&FACTS[0])
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
}

/// An aspect's name in rows, and the facts it reads.
pub type AspectDeclaration = (Aspect, &'static str, &'static [FactName]);

/// All aspects.
pub const ASPECTS: &[AspectDeclaration] = &[
    (Aspect::CreateTable, "create-table", &[]),
    (Aspect::DropTable, "drop-table", &[FactName::Use]),
    (Aspect::DropReference, "drop-reference", &[]),
    (Aspect::RenameTable, "rename-table", &[]),
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
    (Aspect::RenameColumn, "rename-column", &[]),
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
    (Aspect::AddKey, "add-key", &[FactName::Key, FactName::Nullability]),
    (
        Aspect::AddForeignKey,
        "add-foreign-key",
        &[FactName::Validation, FactName::Age],
    ),
    (Aspect::DropCheck, "drop-check", &[]),
    (Aspect::DropKey, "drop-key", &[FactName::Key]),
    (Aspect::DropForeignKey, "drop-foreign-key", &[]),
    (Aspect::DropUnknownConstraint, "drop-unknown-constraint", &[]),
    (Aspect::ValidateCheck, "validate-check", &[FactName::Held]),
    (Aspect::ValidateForeignKey, "validate-foreign-key", &[FactName::Held]),
    (
        Aspect::CreateIndex,
        "create-index",
        &[FactName::Building, FactName::Transaction],
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
        ASPECTS
            .iter()
            .find(|(aspect, ..)| *aspect == self)
            .unwrap_or(&ASPECTS[0])
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
