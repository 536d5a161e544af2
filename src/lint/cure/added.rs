//! `AddField`: the column comes with what takes a moment; the rest follows in steps.

use crate::catalog::object_name;
use crate::migration::{Field, FieldKind, Operation};
use crate::plan::{Content, Declared, Plan, PlannedMigration, PlannedOperation, Step};
use crate::python::{WrittenCall, string_literal};
use crate::statement::{
    AlterTableAction, Column, ConstraintKind, DefaultValue, Name, Statement, TableConstraint, Volatility,
};
use crate::value::Value as PythonValue;
use crate::versions::DjangoVersion;

use super::altered::refusing_none;
use super::pieces::{Build, added_constraint, altered};
use super::rows::Fill;
use super::{Cure, Piece, in_state, model_line, of_release, step};

const NOW: &str = "from django.db.models.functions import Now";

/// How the old rows of the new column get their values.
enum Default {
    /// There is nothing to do: it may be NULL, or the database has the default.
    Settled,
    /// The database keeps it: the argument, and its import.
    Kept(String, Option<&'static str>),
    /// Django fills the rows with one constant as the column comes, which may be NULL for the while.
    Constant,
    /// The rows are filled afterwards.
    Later,
}

impl Cure<'_> {
    pub(super) fn added_field(&self) -> Option<Plan> {
        let Operation::AddField {
            name,
            field,
            preserve_default,
            ..
        } = &self.node.operation
        else {
            return None;
        };
        let (table, column) = self.added_column()?;
        let source = self.field()?;
        let model = if *preserve_default {
            source.clone()
        } else {
            source.clone().without(&["default"])
        };
        if column.primary_key || column.generated.is_some() || column.identity {
            return None;
        }
        let default = self.default_of(column, field, &source, *preserve_default);
        // A value of its own for each row, and a default in the database: only the project knows how these go together.
        if source.keyword("db_default").is_some() && matches!(default, Default::Later) {
            return None;
        }
        let lasting = match &default {
            Default::Kept(value, _) => lasting(&source, field, value),
            Default::Settled | Default::Constant | Default::Later => source.clone(),
        };
        let is_made_not_null = column.not_null;
        let is_nullable_first = matches!(default, Default::Constant | Default::Later);
        let in_models = if is_nullable_first {
            model.clone().with("null", "True")
        } else {
            lasting.clone()
        };
        let pieces = self.pieces()?;
        let first = if is_nullable_first {
            source.clone().with("null", "True")
        } else {
            lasting
        };
        let bare = self.bare(&first, column, &pieces, matches!(default, Default::Later))?;
        let mut steps = Vec::new();
        if in_models != source {
            steps.push(model_line(name, &in_models.print()));
        }
        let mut addition = self.addition(name, &bare, table, column, &default);
        let state = self.operation_on_field("AlterField", name, &in_models.print());
        let is_stated = bare == in_models || (!*preserve_default && matches!(default, Default::Constant));
        if pieces.is_empty() && !is_stated {
            addition.operations.push(in_state(&state, column.references.is_some()));
        }
        steps.push(step("adds the column, a moment", addition));
        if !pieces.is_empty() {
            steps.extend(self.composed(&pieces, Some(&state)));
        }
        if is_nullable_first && is_made_not_null {
            steps.extend(self.later_not_null(name, field, table, column, (&source, &model)));
        }
        if let Default::Kept(value, Some(import)) = &default {
            importing(&mut steps, value, import);
        }
        let is_worth_it = steps.len() > 1;
        let plan = is_worth_it.then(|| Plan::new(summary(&default, &pieces), steps))?;
        let plan = if is_nullable_first && is_made_not_null {
            refusing_none(plan)
        } else {
            plan
        };
        Some(match &default {
            Default::Kept(..) => plan.declaring(
                Declared::KeepsDefault,
                format!("The database keeps the default of `{name}`."),
            ),
            Default::Settled | Default::Constant | Default::Later => plan,
        })
    }

    fn added_column(&self) -> Option<(&str, &Column)> {
        self.statements.iter().find_map(|statement| match statement {
            Statement::AlterTable { table, actions, .. } => {
                let column = actions.iter().find_map(|action| match action {
                    AlterTableAction::AddColumn(column) => Some(column.as_ref()),
                    _ => None,
                });
                Some((table.known()?, column?))
            }
            _ => None,
        })
    }

    fn default_of(&self, column: &Column, field: &Field, source: &WrittenCall, is_kept: bool) -> Default {
        let is_dropped = self.statements.iter().any(|statement| {
            let Statement::AlterTable { actions, .. } = statement else {
                return false;
            };
            actions
                .iter()
                .any(|action| matches!(action, AlterTableAction::DropDefault { .. }))
        });
        let has_default = column.default.is_some();
        // Two rows must not share the one value that Django would put into all of them.
        if column.unique && has_default {
            return Default::Later;
        }
        if !column.not_null || (has_default && !is_dropped) {
            return Default::Settled;
        }
        if column.references.is_some() || !has_default {
            return Default::Later;
        }
        let is_constant = column
            .default
            .as_ref()
            .is_some_and(|default| default.sql.known().is_some());
        match kept_value(field, source) {
            Some((value, import)) if is_kept && self.django >= DjangoVersion::new(5, 0) => Default::Kept(value, import),
            _ if is_constant => Default::Constant,
            _ => Default::Later,
        }
    }

    /// What comes after the column: its indexes, its key, its check.
    pub(super) fn pieces_beside(&self) -> Option<Vec<Piece>> {
        let (table, column) = self.added_column()?;
        let mut pieces = Vec::new();
        let own = column.name.known()?;
        let named = |label: &str| object_name(table, Some(own), label, |_| false);
        let mut add = |kind: ConstraintKind, label: &str| {
            let constraint = TableConstraint {
                name: Some(Name::Given(named(label))),
                kind,
                not_valid: false,
            };
            pieces.extend(added_constraint(table, &constraint)?);
            Some(())
        };
        if column.unique {
            let columns = vec![column.name.clone()];
            add(
                ConstraintKind::Unique {
                    columns,
                    deferrable: None,
                    nulls_distinct: None,
                },
                "key",
            )?;
        }
        if let Some(check) = &column.check {
            add(ConstraintKind::Check(check.clone()), "check")?;
        }
        for statement in &self.statements {
            if let Statement::CreateIndex(create) = statement {
                pieces.push(Piece::Build(Build::of(create)?));
            }
        }
        Some(pieces)
    }

    /// The field without what the pieces bring.
    fn bare(
        &self,
        field: &WrittenCall,
        column: &Column,
        pieces: &[Piece],
        is_filled_later: bool,
    ) -> Option<WrittenCall> {
        let mut bare = field.clone();
        if column.unique {
            bare = match bare.class_name() {
                "OneToOneField" => bare.of_class("ForeignKey"),
                _ => bare.without(&["unique"]),
            };
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Build(_))) {
            // A class of its own may be indexed as the one is that it derives from.
            let is_indexed = matches!(&self.node.operation, Operation::AddField { field, .. } if field.db_index);
            let is_said = field.keyword("db_index").is_some();
            let is_indexed_by_class =
                matches!(bare.class_name(), "ForeignKey" | "SlugField") || is_indexed && (!is_said || self.adds_key());
            bare = bare.without(&["db_index"]);
            if is_indexed_by_class {
                bare = bare.with("db_index", "False");
            }
        }
        if column.check.is_some() {
            let unchecked = match bare.class_name() {
                "PositiveBigIntegerField" => "BigIntegerField",
                "PositiveSmallIntegerField" => "SmallIntegerField",
                "PositiveIntegerField" => "IntegerField",
                _ => return None,
            };
            bare = bare.of_class(unchecked);
        }
        if is_filled_later {
            bare = bare.without(&["default", "db_default"]);
        }
        Some(bare)
    }

    fn adds_array(&self) -> bool {
        matches!(&self.node.operation, Operation::AddField { field, .. } if matches!(field.kind, FieldKind::Array { .. }))
    }

    fn adds_key(&self) -> bool {
        matches!(&self.node.operation, Operation::AddField { field, .. } if field.reference().is_some())
    }

    fn addition(
        &self,
        name: &str,
        bare: &WrittenCall,
        table: &str,
        column: &Column,
        default: &Default,
    ) -> PlannedMigration {
        let mut operation = self.operation_on_field("AddField", name, &bare.print());
        if self.argument("preserve_default").is_some() && !matches!(default, Default::Later) {
            operation = format!("{}    preserve_default=False,\n)", operation.trim_end_matches(')'));
        }
        let sent = self.sent(table, column, default);
        let operation = PlannedOperation::sending(operation, sent, Some(vec![dropped(table, column)]));
        self.briefly(vec![operation])
    }

    /// What the addition of the column sends, without what follows in other steps.
    fn sent(&self, table: &str, column: &Column, default: &Default) -> Vec<String> {
        let is_filled_later = matches!(default, Default::Later);
        let bare = Column {
            unique: false,
            check: None,
            not_null: column.not_null && !matches!(default, Default::Constant | Default::Later),
            default: match default {
                Default::Kept(_, Some(_)) => Some(now()),
                // As an expression of the database a list is written with its type.
                Default::Kept(_, None) if self.adds_array() => {
                    column.default.as_ref().map(|default| cast(default, column))
                }
                _ => column.default.clone().filter(|_| !is_filled_later),
            },
            ..column.clone()
        };
        let mut actions = vec![AlterTableAction::AddColumn(Box::new(bare))];
        if matches!(default, Default::Constant) {
            actions.push(AlterTableAction::DropDefault {
                column: column.name.clone(),
            });
        }
        let statements = actions.into_iter().map(|action| altered(table, action));
        let checks = self.statements.iter().filter(|_| column.references.is_some());
        let checks = checks.filter(|statement| matches!(statement, Statement::SetConstraintsImmediate { .. }));
        statements
            .chain(checks.map(|statement| statement.to_string()))
            .collect()
    }

    /// The next release: no row is left without a value, and the column is NOT NULL.
    fn later_not_null(
        &self,
        name: &str,
        field: &Field,
        table: &str,
        column: &Column,
        (source, model): (&WrittenCall, &WrittenCall),
    ) -> Vec<Step> {
        let is_kept = model.keyword("default").is_some();
        let value = self.value_of(field.default.as_ref(), source, is_kept);
        let fill = Fill {
            app: self.app,
            model: self.model(),
            field: name,
            value: if column.unique { value.for_each() } else { value },
        };
        let state = self.operation_on_field("AlterField", name, &model.print());
        let own = column.name.known().unwrap_or(name);
        let mut steps = vec![of_release(2, model_line(name, &model.print()))];
        steps.extend(self.made_not_null(2, table, own, &fill, &state));
        steps
    }
}

/// `Now()`, the one default that needs an import, as Django writes it.
fn now() -> DefaultValue {
    DefaultValue {
        sql: "(STATEMENT_TIMESTAMP())".into(),
        volatility: Volatility::Stable,
    }
}

/// Each migration that names what the operation's own file does not import gets the import.
fn importing(steps: &mut [Step], value: &str, import: &str) {
    for step in steps {
        if let Content::Migration(migration) = &mut step.content
            && migration
                .operations
                .iter()
                .any(|operation| operation.code.contains(value))
        {
            migration.imports.push(import.to_owned());
        }
    }
}

/// A class of the project's own may make another value of what is written: the value that it makes, as Python.
fn made_by_class(field: &Field, value: &PythonValue) -> Option<String> {
    let mut own = field.own_values.iter();
    let made = own.find(|(given, _)| given == value).map_or(value, |(_, made)| made);
    match made {
        PythonValue::Bool(true) => Some("True".to_owned()),
        PythonValue::Bool(false) => Some("False".to_owned()),
        PythonValue::Int(number) => Some(number.to_string()),
        PythonValue::Str(text) => Some(string_literal(text)),
        _ => None,
    }
}

/// As `RemoveField` sends it (Django's `sql_delete_column` on PostgreSQL).
fn dropped(table: &str, column: &Column) -> String {
    let drop = AlterTableAction::DropColumn {
        column: column.name.clone(),
        if_exists: false,
        cascade: true,
    };
    altered(table, drop)
}

/// The field with its default in the database, and in Python as before.
fn lasting(source: &WrittenCall, field: &Field, value: &str) -> WrittenCall {
    let with = source.clone().with("db_default", value);
    if source.keyword("default").is_some() || field.auto_now {
        return with;
    }
    with.with("default", value)
}

/// The default as an argument of `db_default`, and what it imports, where it is one value for all rows.
fn kept_value(field: &Field, source: &WrittenCall) -> Option<(String, Option<&'static str>)> {
    let Some(default) = &field.default else {
        let is_moment = matches!(&field.kind, FieldKind::Plain(crate::migration::InternalType::DateTime));
        return match (field.auto_now, is_moment) {
            (true, true) => Some(("Now()".to_owned(), Some(NOW))),
            (true, false) => None,
            (false, _) => Some(("\"\"".to_owned(), None)),
        };
    };
    let written = source.keyword("default")?.to_owned();
    match default {
        PythonValue::Name(path) => match path.as_str() {
            "builtins.dict" => Some(("{}".to_owned(), None)),
            "builtins.list" => Some(("[]".to_owned(), None)),
            "django.utils.timezone.now" => Some(("Now()".to_owned(), Some(NOW))),
            _ => None,
        },
        PythonValue::Function(_) | PythonValue::Unknown(_) | PythonValue::Setting(_) | PythonValue::None => None,
        value if !field.path.starts_with("django.") => Some((made_by_class(field, value)?, None)),
        _ => Some((written, None)),
    }
}

fn summary(default: &Default, pieces: &[Piece]) -> &'static str {
    match default {
        Default::Kept(..) if pieces.is_empty() => {
            "keep the default in the database as well, so that the running code's inserts get it"
        }
        Default::Kept(..) => "keep the default in the database as well, and add the rest in steps",
        Default::Constant | Default::Later => {
            "add the column as one that may be NULL, and make it NOT NULL with the next release, when all code that runs writes it"
        }
        Default::Settled => "add the column first, and what reads the table in steps after it",
    }
}

/// A default with the type of its column: `'{}'::varchar(9)[]`.
fn cast(default: &DefaultValue, column: &Column) -> DefaultValue {
    let data_type = column.data_type.text();
    DefaultValue {
        sql: crate::unknown::sql!("{}::{}", default.sql, data_type),
        volatility: default.volatility,
    }
}
