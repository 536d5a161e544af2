//! The aspects of the actions of `ALTER TABLE`.

use crate::catalog::{Catalog, Constraint, ConstraintKind as Existing, Presence, TypeKind, object_name};
use crate::lock::LockMode;
use crate::standing::GivenUp;
use crate::statement::{AlterTableAction, Column, ConstraintKind, Name, SqlExpression, TableConstraint, Volatility};

use crate::unknown::{Identifier, known_names, shown_names};

use super::usage::InUse;
use super::{Aspect, Context, FactName, Observation, Role, command::change_catalog, foreign_key, refer};

impl Context<'_> {
    pub(super) fn alter_table(
        &self,
        table: &str,
        action: &AlterTableAction,
        all: &[AlterTableAction],
    ) -> Vec<Observation> {
        if action.column().is_some_and(|column| column.known().is_none()) {
            // Nothing is known of such a column, whatever it is shown as.
            let catalog = &Catalog::default();
            return Context { catalog, ..*self }.alter(table, action, all);
        }
        self.alter(table, action, all)
    }

    fn alter(&self, table: &str, action: &AlterTableAction, all: &[AlterTableAction]) -> Vec<Observation> {
        let column = action.column().map(Identifier::shown).unwrap_or_default();
        let column = &*column;
        let about = |aspect: Aspect| Observation::new(aspect, table).named("column", column);
        match action {
            AlterTableAction::AddColumn(column) if self.is_there(table, column) => {
                vec![change_catalog(table, LockMode::AccessExclusive)]
            }
            AlterTableAction::AddColumn(column) => self.add_column(table, column),
            AlterTableAction::DropColumn { cascade, .. } => self.drop_column(table, column, *cascade),
            AlterTableAction::RenameColumn { to, .. } => {
                // Hand-written SQL made it, so that it may take the place of another.
                let in_use = if self.usage.has_no_field(table, column) {
                    InUse::Never
                } else {
                    self.use_of_column(table, column)
                };
                vec![
                    about(Aspect::RenameColumn)
                        .fact(FactName::StandIn, in_use.stand_in())
                        .named("but", "")
                        .named("new_column", to.shown()),
                ]
            }
            AlterTableAction::AlterType {
                data_type,
                collation,
                using,
                ..
            } => self.alter_type(table, column, data_type, collation.as_deref(), using.as_ref()),
            AlterTableAction::SetDefault { .. } => vec![about(Aspect::SetDefault)],
            AlterTableAction::DropDefault { .. } => vec![self.drop_default(table, column)],
            AlterTableAction::SetNotNull { .. } => {
                let proof = self.not_null_proof(table, column, all);
                vec![about(Aspect::SetNotNull).fact(FactName::Proof, proof)]
            }
            AlterTableAction::DropNotNull { .. } => vec![about(Aspect::DropNotNull)],
            AlterTableAction::AddIdentity { .. } => vec![about(Aspect::AddIdentity)],
            AlterTableAction::DropIdentity { .. } => vec![about(Aspect::DropIdentity)],
            AlterTableAction::AddConstraint(constraint) => vec![self.add_constraint(table, constraint)],
            AlterTableAction::Change { change, .. } => self.change_table(table, change),
            AlterTableAction::DropConstraint { name, cascade, .. } => self.drop_constraint(table, name, *cascade),
            AlterTableAction::ValidateConstraint { name } => vec![self.validate(table, name)],
            AlterTableAction::SetTablespace { .. } => vec![Observation::new(Aspect::SetTablespace, table)],
        }
    }

    /// Whether `ADD COLUMN IF NOT EXISTS` finds the column.
    fn is_there(&self, table: &str, column: &Column) -> bool {
        column.if_not_exists && self.catalog.presence_of_column(table, &column.name) == Presence::There
    }

    fn add_column(&self, table: &str, column: &Column) -> Vec<Observation> {
        let about = |aspect| {
            Observation::new(aspect, table)
                .named("column", column.name.shown())
                .named("type", column.data_type.to_string())
        };
        let value = self.added_value(column);
        let default = if value == "none" { "none" } else { "present" };
        let mut observations = vec![about(Aspect::AddColumnValue).fact(FactName::Value, value)];
        if matches!(value, "volatile" | "stored" | "identity" | "checked") {
            let indexes = self
                .catalog
                .table(table)
                .into_iter()
                .flat_map(|table| table.indexes.keys().cloned());
            observations[0].builds.extend(indexes);
        }
        // Of a field class that nobody knows, nobody knows what it has for a default.
        let is_known = default == "present" || column.data_type.parts().is_some();
        if column.not_null && is_known {
            observations.push(about(Aspect::AddColumnNotNull).fact(FactName::Default, default));
        }
        if column.primary_key || column.unique {
            let key = if column.primary_key { "primary" } else { "unique" };
            let shown = column.name.shown();
            let label = if column.primary_key { None } else { Some(&*shown) };
            let suffix = if column.primary_key { "pkey" } else { "key" };
            let name = object_name(table, label, suffix, |_| false);
            observations.push(about(Aspect::AddColumnKey).fact(FactName::Key, key).building([name]));
        }
        if let Some(check) = &column.check {
            observations.push(about(Aspect::AddColumnCheck).named("check", check.sql.shown()));
        }
        if let Some(key) = &column.references {
            let reference = about(Aspect::AddColumnReference)
                .fact(FactName::Default, default)
                .fact(FactName::Age, self.age(table))
                .named("constraint", key.name.shown());
            let to_itself = key.to_table.known() == Some(table);
            observations.push(if to_itself {
                reference
            } else {
                refer(reference, &key.to_table)
            });
        }
        observations
    }

    fn drop_column(&self, table: &str, column: &str, cascade: bool) -> Vec<Observation> {
        let used = self.use_of_column(table, column);
        let about = |aspect| Observation::new(aspect, table).named("column", column);
        let along = self.along(table, column, cascade);
        let mut observations = vec![
            used.tell(about(Aspect::DropColumn))
                .named("but", "")
                .named("drop_keys", self.drop_keys(table, Some(column)))
                .named("along", along)
                .named("dropped", format!("`{column}` of `{table}`")),
        ];
        let partners = self.partners(table, Some(column));
        observations.extend(partners.iter().map(|partner| {
            about(Aspect::DropReference)
                .fact(FactName::Use, used.value())
                .role(Role::Partner, partner)
        }));
        observations.extend(self.column_dependents(table, column, cascade));
        observations
    }

    fn drop_default(&self, table: &str, column: &str) -> Observation {
        let origin = if self.transaction.added_column(table, column) {
            "column-new"
        } else if self.transaction.set_default(table, column) {
            "default-new"
        } else {
            "existing"
        };
        let not_null = self.catalog.column(table, column).is_some_and(|column| column.not_null);
        Observation::new(Aspect::DropDefault, table)
            .fact(FactName::Origin, origin)
            .fact(FactName::Nullability, if not_null { "not-null" } else { "nullable" })
            .named("column", column)
    }

    /// Whether a check proves that the column holds no NULL. One that the same ALTER TABLE drops is dropped first.
    pub(super) fn not_null_proof(&self, table: &str, column: &str, all: &[AlterTableAction]) -> &'static str {
        let Some(entry) = self.catalog.table(table) else {
            return "none";
        };
        let dropped = |name: &str| {
            all.iter().any(|action| matches!(action, AlterTableAction::DropConstraint { name: dropped, .. } if dropped.known().is_some_and(|dropped| dropped == *name)))
        };
        let proofs = entry.constraints.iter().filter(|(name, constraint)| {
            matches!(&constraint.kind, Existing::Check(check) if demands_not_null(check, column))
                && !dropped(name)
                && self.catalog.trusts_constraint(table, name)
        });
        match proofs.map(|(_, constraint)| constraint.validated).max() {
            Some(true) => "validated",
            Some(false) => "not-validated",
            None => "none",
        }
    }

    fn add_constraint(&self, table: &str, constraint: &TableConstraint) -> Observation {
        let validation = if constraint.not_valid { "not-valid" } else { "now" };
        let name = constraint.name.as_ref().map(|name| name.shown().into_owned());
        let derived = |columns: &[String], label| {
            let columns = (label != "pkey").then(|| columns.join("_"));
            object_name(table, columns.as_deref(), label, |_| false)
        };
        let about = |aspect, name: &str| Observation::new(aspect, table).named("constraint", name);
        let key = |key, nullability, name: String| {
            about(Aspect::AddKey, &name)
                .fact(FactName::Key, key)
                .fact(FactName::Nullability, nullability)
                .fact(FactName::Source, "built")
                .building([name])
        };
        match &constraint.kind {
            ConstraintKind::Check(check) => {
                let column = check.columns.first().filter(|_| check.columns.len() == 1);
                let name =
                    name.unwrap_or_else(|| self.catalog.constraint_name(table, column.map(String::as_str), "check"));
                about(Aspect::AddCheck, &name)
                    .fact(FactName::Validation, validation)
                    .named("check", check.sql.shown())
            }
            ConstraintKind::Unique { .. } | ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclude { .. }
                if constraint.not_valid =>
            {
                about(Aspect::NotValidKey, &name.unwrap_or_default())
            }
            ConstraintKind::Unique { columns, .. } => {
                let name = name.unwrap_or_else(|| derived(&known_names(columns).unwrap_or_default(), "key"));
                key("unique", "not-null", name).named("column", shown_names(columns))
            }
            ConstraintKind::PrimaryKey { columns } => {
                // Of a column without a name that is known it is not known whether it may be NULL.
                let known = known_names(columns);
                let nullability = known
                    .as_ref()
                    .map_or("nullable", |columns| self.nullability(table, columns));
                let name = name.unwrap_or_else(|| derived(&known.unwrap_or_default(), "pkey"));
                key("primary", nullability, name).named("column", shown_names(columns))
            }
            ConstraintKind::ForeignKey(key) => foreign_key(table, key, validation, self.age(table)),
            ConstraintKind::Exclude { definition } => {
                let name = name.unwrap_or_else(|| derived(&definition.columns, "excl"));
                key("exclude", "not-null", name)
            }
        }
    }

    /// Whether Postgres has to look for NULL in one of the columns before it makes them a primary key.
    pub(super) fn nullability(&self, table: &str, columns: &[String]) -> &'static str {
        let is_open = |column: &String| {
            let is_nullable = self
                .catalog
                .column(table, column)
                .is_some_and(|column| !column.not_null);
            is_nullable && self.not_null_proof(table, column, &[]) != "validated"
        };
        if columns.iter().any(is_open) {
            "nullable"
        } else {
            "not-null"
        }
    }

    fn drop_constraint(&self, table: &str, name: &Name, cascade: bool) -> Vec<Observation> {
        let about = |aspect| Observation::new(aspect, table).named("constraint", name.shown());
        let constraint = self.constraint(table, name);
        let Some(constraint) = constraint else {
            return vec![about(Aspect::DropUnknownConstraint)];
        };
        let key = |key| {
            let mut observations = vec![
                about(Aspect::DropKey)
                    .fact(FactName::Key, key)
                    .named("column", constraint.columns().join(", ")),
            ];
            observations.extend(self.key_dependents(table, constraint.columns(), cascade));
            observations
        };
        match &constraint.kind {
            Existing::Check(_) => vec![about(Aspect::DropCheck)],
            Existing::Unique(_) => key("unique"),
            Existing::PrimaryKey(_) => key("primary"),
            Existing::Exclude(_) => key("exclude"),
            Existing::ForeignKey { columns, to_table, .. } => {
                let used = self.use_of(table, columns);
                let observation = about(Aspect::DropForeignKey).fact(FactName::Use, used);
                vec![if to_table == table {
                    observation
                } else {
                    observation.role(Role::Partner, to_table)
                }]
            }
        }
    }

    /// Whether running code still knows one of the columns.
    fn use_of(&self, table: &str, columns: &[String]) -> &'static str {
        let meets_old_code = self.usage.deploy().phase.meets_old_code();
        let is_used = |column: &String| {
            let given_up = self.usage.column_given_up(table, column);
            meets_old_code && given_up.is_none_or(GivenUp::is_used)
        };
        if columns.iter().any(is_used) { "used" } else { "unused" }
    }

    /// What fills the new column in the rows that exist. See the PostgreSQL documentation, "ALTER TABLE", Notes.
    fn added_value(&self, column: &Column) -> &'static str {
        if column.identity || column.data_type.is_serial() {
            return "identity";
        }
        if let Some(generated) = &column.generated {
            return if generated.stored { "stored" } else { "virtual" };
        }
        if self.catalog.is_constrained(&column.data_type) {
            return "checked";
        }
        let of_domain = || match column
            .data_type
            .name()
            .and_then(|name| self.catalog.user_type(name))
            .map(|found| &found.kind)
        {
            Some(TypeKind::Domain { default, .. }) => default.as_ref(),
            Some(TypeKind::Enum | TypeKind::Other) | None => None,
        };
        match column
            .default
            .as_ref()
            .or_else(of_domain)
            .map(|default| default.volatility)
        {
            None => "none",
            Some(Volatility::Constant) => "constant",
            Some(Volatility::Stable) => "stable",
            Some(Volatility::Volatile) => "volatile",
            Some(Volatility::Unknown) => "unknown",
        }
    }

    /// The constraint, where its name is known and a migration made it.
    fn constraint(&self, table: &str, name: &Name) -> Option<&Constraint> {
        let name = name.known()?;
        self.catalog.table(table)?.constraints.get(&*name)
    }

    fn validate(&self, table: &str, name: &Name) -> Observation {
        let constraint = self.constraint(table, name);
        let held = self.held(table);
        let about = |aspect| {
            Observation::new(aspect, table)
                .fact(FactName::Held, held)
                .fact(FactName::Timeout, self.timeout(&["statement_timeout"]))
                .named("constraint", name.shown())
        };
        match constraint.map(|constraint| &constraint.kind) {
            Some(Existing::ForeignKey { columns, to_table, .. }) => {
                // Rows without a value are looked up nowhere; those of a column of this migration have none.
                let is_null = |column: &String| {
                    self.transaction.added_column(table, column) && self.catalog.is_all_null(table, column)
                };
                let has_none = columns.iter().any(is_null);
                let pointers = if has_none { "none" } else { "some" };
                let observation = about(Aspect::ValidateForeignKey).fact(FactName::Pointers, pointers);
                if to_table == table {
                    observation
                } else {
                    observation.role(Role::Referenced, to_table)
                }
            }
            Some(Existing::Check(_) | Existing::Unique(_) | Existing::PrimaryKey(_) | Existing::Exclude(_)) | None => {
                about(Aspect::ValidateCheck)
            }
        }
    }
}

/// Whether a check implies `column IS NOT NULL`: it says so, alone or joined to others by AND.
pub(super) fn demands_not_null(check: &SqlExpression, column: &str) -> bool {
    let quoted = format!("\"{column}\"");
    conjuncts(check.sql.known().unwrap_or_default()).iter().any(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let is_column = |word: &str| word == column || word == quoted;
        match words.as_slice() {
            [negation, rest @ ..] if negation.eq_ignore_ascii_case("not") => {
                let inner = rest.join(" ");
                let inner: Vec<&str> = without_parentheses(&inner).split_whitespace().collect();
                matches!(inner[..], [name, is, null] if is_column(name) && [is, null].join(" ").eq_ignore_ascii_case("is null"))
            }
            [name, rest @ ..] => is_column(name) && rest.join(" ").eq_ignore_ascii_case("is not null"),
            [] => false,
        }
    })
}

/// The parts of a condition that AND joins at the top, without the parentheses around each.
fn conjuncts(condition: &str) -> Vec<&str> {
    let condition = without_parentheses(condition);
    let mut depth = 0usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, letter) in condition.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if depth == 0
                && condition
                    .get(index..index + 5)
                    .is_some_and(|word| word.eq_ignore_ascii_case(" and ")) =>
            {
                parts.push(&condition[start..index]);
                start = index + 5;
            }
            _ => {}
        }
    }
    if parts.is_empty() {
        return vec![condition];
    }
    parts.push(&condition[start..]);
    parts.into_iter().flat_map(conjuncts).collect()
}

/// Takes pairs of parentheses away that enclose the whole text.
fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return text;
    };
    let mut depth = 1usize;
    for letter in inner.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text;
        }
    }
    without_parentheses(inner)
}

#[cfg(test)]
mod tests {
    use super::demands_not_null;
    use crate::statement::SqlExpression;

    fn proves(sql: &str) -> bool {
        demands_not_null(
            &SqlExpression {
                sql: sql.into(),
                columns: vec!["chef".to_owned()],
            },
            "chef",
        )
    }

    #[test]
    fn a_check_proves_not_null_where_it_says_so_and_nowhere_else() {
        assert!(proves("\"chef\" IS NOT NULL"));
        assert!(proves("((\"chef\" IS NOT NULL) AND (\"age\" > 0))"));
        assert!(proves("NOT (\"chef\" IS NULL)"));
        assert!(!proves("NOT (\"chef\" = '' AND \"chef\" IS NOT NULL)"));
        assert!(!proves("(\"chef\" IS NOT NULL OR \"age\" > 0)"));
        assert!(!proves("\"chef\" > ''"));
    }
}
