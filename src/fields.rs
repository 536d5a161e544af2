//! A field's column in the database: type, check, collation, by class and Django version.
//!
//! See `Field.db_parameters` in django/db/models/fields and `data_types` in django/db/backends/postgresql/base.py.

use std::borrow::Cow;

use crate::migration::{Field, FieldKind, InternalType, ModelRef, Pattern, Relation};
use crate::models::{ModelField, ModelKey, Related};
use crate::unknown::{Identifier, Sql, Unknown, sql};
use crate::versions::DjangoVersion;

/// What a foreign key points to.
#[derive(Clone, Debug)]
pub enum Target<'a> {
    /// A field of a model that is declared or known.
    Field(ModelField<'a>),
    /// The model, or the field in it, is not known; the names are what Django would make of them.
    Missing {
        /// The table.
        table: Identifier,
        /// The column.
        column: Identifier,
        /// The key's type.
        key_type: Unknown,
    },
}

impl Target<'_> {
    /// The table, and the column in it.
    #[must_use]
    pub fn place(&self) -> (Identifier, Identifier) {
        match self {
            Target::Field(field) => {
                let column = field.column().unwrap_or_else(|| (*field.name).into());
                (field.model.db_table(), column)
            }
            Target::Missing { table, column, .. } => (table.clone(), column.clone()),
        }
    }
}

impl<'a> ModelField<'a> {
    /// Its column; nothing for a field without one.
    #[must_use]
    pub fn column(&self) -> Option<Identifier> {
        match &self.field.kind {
            FieldKind::ManyToMany(_) | FieldKind::NoColumn | FieldKind::CompositePrimaryKey(_) => None,
            FieldKind::Plain(_)
            | FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::ForeignKey(_)
            | FieldKind::OneToOne(_)
            | FieldKind::Database { .. }
            | FieldKind::Unknown(_) => Some(self.column_name()),
        }
    }

    fn column_name(&self) -> Identifier {
        let unread = self.field.unknown.iter().find(|(name, _)| name == "db_column");
        match unread {
            Some((_, reason)) => Identifier::Unknown(unknown_parameter(&self.field, "db_column", reason)),
            None => Identifier::Known(self.field.column(&self.name)),
        }
    }

    /// The field that a foreign key points to. See `ForeignKey.target_field`.
    #[must_use]
    pub fn target(&self) -> Option<Target<'a>> {
        self.field.relation().map(|relation| self.target_of(relation))
    }

    fn target_of(&self, relation: &Relation) -> Target<'a> {
        let column = || Identifier::Known(relation.to_field.clone().unwrap_or_else(|| "id".to_owned()));
        let key_type = |label: &str| {
            let subject = format!("key {:?} of {}", relation.to_field, label.to_lowercase());
            Unknown::named(&subject, &format!("key type of {label}"))
        };
        match self.model.view.related(&relation.to, self.model.key()) {
            Related::Model(model) => {
                let found = match &relation.to_field {
                    Some(name) => model.field(name),
                    None => model.primary_key(),
                };
                found.map_or_else(
                    || Target::Missing {
                        table: model.db_table(),
                        column: column(),
                        key_type: key_type(&model.state.label()),
                    },
                    Target::Field,
                )
            }
            Related::Missing(key) => Target::Missing {
                table: self.model.view.undeclared_table(&key),
                column: column(),
                key_type: key_type(&self.written_target(relation, &key.to_string())),
            },
            Related::Unreadable(reason) => {
                let target = self.unreadable_target(&relation.to, &reason);
                let column = relation.to_field.clone().map(Identifier::Known);
                Target::Missing {
                    table: Identifier::Unknown(target.clone()),
                    column: column.unwrap_or_else(|| Identifier::Unknown(target.clone())),
                    key_type: target,
                }
            }
        }
    }

    /// The key of the model that a relation points to; one that cannot be read is the same where the same setting names it, or the
    /// same declaration.
    pub(crate) fn target_or_reason(&self, reference: &ModelRef) -> Result<ModelKey, Unknown> {
        let key = self.model.view.key_of(reference, self.model.key());
        key.map_err(|reason| self.unreadable_target(reference, &reason))
    }

    fn unreadable_target(&self, reference: &ModelRef, reason: &str) -> Unknown {
        let subject = match reference {
            ModelRef::Setting(setting) => format!("settings.{setting}"),
            ModelRef::Named { .. } | ModelRef::SelfReference | ModelRef::Unknown(_) => {
                format!("{reason} at {:?}", self.field.range)
            }
        };
        Unknown::named(&subject, reason)
    }

    /// The target's label as the migration writes it, for people.
    fn written_target(&self, relation: &Relation, key: &str) -> String {
        match &relation.to {
            ModelRef::Named { app, name } => format!("{app}.{name}"),
            ModelRef::SelfReference => self.model.state.label(),
            ModelRef::Setting(_) | ModelRef::Unknown(_) => key.to_owned(),
        }
    }

    /// `Field.db_type`; nothing for a field without a column.
    #[must_use]
    pub fn db_type(&self) -> Option<Sql> {
        self.db_type_within(0)
    }

    fn db_type_within(&self, depth: u8) -> Option<Sql> {
        let own = self.field.own.as_ref().and_then(|own| own.db_type.as_deref());
        match self.field.relation() {
            Some(_) if own.is_some() => own.map(Sql::from),
            Some(relation) => Some(self.foreign_key_type(relation, depth)),
            None => column_type(&self.field, self.django()),
        }
    }

    /// `ForeignKey.db_type`: the `rel_db_type` of what it points to. Keys that point in a circle have none.
    fn foreign_key_type(&self, relation: &Relation, depth: u8) -> Sql {
        const LONGEST_CHAIN: u8 = 32;
        match self.target_of(relation) {
            Target::Field(_) if depth > LONGEST_CHAIN => {
                let circle = "foreign keys that point in a circle";
                Unknown::named(circle, circle).into()
            }
            Target::Field(target) => {
                let own = format!("type of {}.{}", target.model.state.label(), target.name);
                let own_class = target.field.own.as_ref().and_then(|own| own.rel_db_type.as_ref());
                let rel_db_type = match (own_class, &target.field.kind) {
                    (Some(Ok(rel_db_type)), _) => Some(rel_db_type.as_str().into()),
                    (Some(Err(reason)), _) => Some(Unknown::named(&own, reason).into()),
                    (None, FieldKind::Database { rel_db_type, .. }) => rel_db_type.as_deref().map(Sql::from),
                    (None, _) => None,
                };
                rel_db_type
                    .or_else(|| target.db_type_within(depth + 1))
                    .unwrap_or_else(|| Unknown::named(&own, &own).into())
            }
            Target::Missing { key_type, .. } => key_type.into(),
        }
    }

    /// `Field.db_check`, for this column name.
    #[must_use]
    pub fn db_check(&self, column: &Identifier) -> Option<Sql> {
        if let Some(check) = self.field.own.as_ref().and_then(|own| own.check.as_ref()) {
            return check.value().map(|check| with_column(check, column));
        }
        self.check_of_internal_type(column)
    }

    /// The check that the backend has for the internal type (`data_type_check_constraints`), whatever the class says.
    #[must_use]
    pub fn check_of_internal_type(&self, column: &Identifier) -> Option<Sql> {
        let checked = match &self.field.kind {
            FieldKind::Plain(internal_type) => internal_type.is_positive(),
            FieldKind::Database { internal_type, .. } => {
                internal_type.starts_with("Positive") && internal_type.ends_with("IntegerField")
            }
            FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::ForeignKey(_)
            | FieldKind::OneToOne(_)
            | FieldKind::ManyToMany(_)
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => false,
        };
        checked.then(|| sql!("\"{}\" >= 0", column))
    }

    /// Whether `db_type_suffix` makes it an identity column.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        if let Some(identity) = self.field.own.as_ref().and_then(|own| own.identity) {
            return identity;
        }
        matches!(&*self.internal_type(), "AutoField" | "BigAutoField" | "SmallAutoField")
    }

    /// `db_parameters()["collation"]`; a foreign key takes its target's.
    #[must_use]
    pub fn collation(&self) -> Option<String> {
        self.collation_within(0)
    }

    fn collation_within(&self, depth: u8) -> Option<String> {
        if let Some(collation) = self.field.own.as_ref().and_then(|own| own.collation.as_ref()) {
            return collation.value().cloned();
        }
        match &self.field.kind {
            FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => match self.target_of(relation) {
                Target::Field(target) if depth < 32 => target.collation_within(depth + 1),
                Target::Field(_) | Target::Missing { .. } => None,
            },
            FieldKind::Array { base, .. } => base.db_collation.clone(),
            FieldKind::Generated { output, .. } => output.db_collation.clone(),
            FieldKind::Plain(_)
            | FieldKind::ManyToMany(_)
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::Database { .. }
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => self.field.db_collation.clone(),
        }
    }

    /// `Field.get_internal_type()`.
    #[must_use]
    pub fn internal_type(&self) -> Cow<'static, str> {
        internal_type(&self.field, self.django())
    }

    /// `Field.empty_strings_allowed`.
    #[must_use]
    pub fn empty_strings_allowed(&self) -> bool {
        empty_strings_allowed(&self.field)
    }

    /// `DatabaseSchemaEditor._field_data_type`: the type before its parameters are filled in, for comparison.
    #[must_use]
    pub fn data_type_template(&self) -> Sql {
        match self.field.relation() {
            Some(_) => self.db_type().unwrap_or_default(),
            None => template(&self.field, self.django()),
        }
    }

    /// `DatabaseSchemaEditor._field_base_data_types`: the innermost element of an array field.
    #[must_use]
    pub fn base_data_type_template(&self) -> Option<Sql> {
        let mut element = &*self.field;
        while let FieldKind::Array { base, .. } = &element.kind
            && internal_type(element, self.django()) == ARRAY_FIELD
        {
            element = base;
        }
        let is_array = internal_type(&self.field, self.django()) == ARRAY_FIELD;
        is_array.then(|| template(element, self.django()))
    }

    /// Whether it is a `GeneratedField`.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        matches!(self.field.kind, FieldKind::Generated { .. })
    }

    pub(crate) fn django(&self) -> DjangoVersion {
        self.model.view.settings().django
    }
}

/// A check that the field's own class writes.
fn with_column(check: &Pattern, column: &Identifier) -> Sql {
    let mut pieces = check.pieces();
    let first = Sql::from(pieces.next().unwrap_or_default());
    pieces.fold(first, |sql, piece| sql!("{}{}{}", sql, column, piece))
}

/// The type of a field that is no relation.
fn column_type(field: &Field, django: DjangoVersion) -> Option<Sql> {
    match &field.kind {
        FieldKind::Plain(internal_type) => Some(plain_type(*internal_type, field, django)),
        FieldKind::Array { base, size } => {
            let size = size.map_or_else(String::new, |size| size.to_string());
            column_type(base, django).map(|element| sql!("{}[{size}]", element))
        }
        FieldKind::Generated { output, .. } => column_type(output, django),
        FieldKind::Database { db_type, .. } => Some(db_type.as_str().into()),
        FieldKind::Unknown(reason) => Some(unknown_type(field, reason).into()),
        FieldKind::ForeignKey(_)
        | FieldKind::OneToOne(_)
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::NoColumn => None,
    }
}

/// `Field.cast_db_type`: the type of a field that is no column, after `::`.
#[must_use]
pub(crate) fn cast_type(field: &Field, django: DjangoVersion) -> Option<Sql> {
    match &field.kind {
        FieldKind::Array { base, size } => {
            let size = size.map_or_else(String::new, |size| size.to_string());
            cast_type(base, django).map(|element| sql!("{}[{size}]", element))
        }
        FieldKind::Plain(InternalType::Decimal) if field.max_digits.is_none() && !may_lack_digits(django) => {
            Some(NUMERIC_OF_NOTHING.into())
        }
        _ => column_type(field, django),
    }
}

/// The type of a class whose columns are all alike.
pub(crate) fn type_without_arguments(internal_type: InternalType) -> Option<&'static str> {
    let has_arguments = |template: &&str| matches!(*template, VARCHAR | VARCHAR_TEMPLATE | NUMERIC_TEMPLATE);
    Some(data_type(internal_type, DjangoVersion::DEFAULT)).filter(|template| !has_arguments(template))
}

fn plain_type(internal_type: InternalType, field: &Field, django: DjangoVersion) -> Sql {
    let template = data_type(internal_type, django);
    match template {
        VARCHAR if field.max_length.is_none() && !is_unread(field, "max_length") => "varchar".into(),
        VARCHAR | VARCHAR_TEMPLATE => {
            let length = parameter(field, "max_length", field.max_length);
            sql!("varchar({})", length)
        }
        NUMERIC_TEMPLATE if field.max_digits.is_none() && !is_unread(field, "max_digits") => {
            let numeric = if may_lack_digits(django) {
                "numeric"
            } else {
                NUMERIC_OF_NOTHING
            };
            numeric.into()
        }
        NUMERIC_TEMPLATE => {
            let digits = parameter(field, "max_digits", field.max_digits);
            let places = parameter(field, "decimal_places", field.decimal_places);
            sql!("numeric({}, {})", digits, places)
        }
        fixed => fixed.into(),
    }
}

/// What `DatabaseSchemaEditor._using_sql` compares the elements of: a subclass has another name.
const ARRAY_FIELD: &str = "ArrayField";

/// `_get_varchar_column`: a function, and as such different from the template of the same type.
const VARCHAR: &str = "_get_varchar_column";
const VARCHAR_TEMPLATE: &str = "varchar(%(max_length)s)";
const NUMERIC_TEMPLATE: &str = "numeric(%(max_digits)s, %(decimal_places)s)";

/// What Django made of a `DecimalField()` before 6.1; Postgres refuses it.
const NUMERIC_OF_NOTHING: &str = "numeric(None, None)";

/// `_get_decimal_column` of Django 6.1
fn may_lack_digits(django: DjangoVersion) -> bool {
    django >= DjangoVersion::new(6, 1)
}

fn parameter(field: &Field, name: &str, value: Option<i64>) -> Sql {
    let unread = field.unknown.iter().find(|(unknown, _)| unknown == name);
    match (value, unread) {
        (_, Some((_, reason))) => unknown_parameter(field, name, reason).into(),
        (Some(value), None) => value.to_string().into(),
        (None, None) => "None".into(),
    }
}

/// A parameter of a type, the same where it is written alike, of what is not evaluated at the same place.
pub(crate) fn unknown_parameter(field: &Field, name: &str, reason: &str) -> Unknown {
    let written = field.compared.get(name);
    let place = written
        .is_none_or(|value| value.unknown().is_some())
        .then_some(field.range);
    Unknown::named(&format!("{name} {written:?} {place:?}"), reason)
}

/// The type of a field class that is not known: the same for the same class with the same arguments, as far as a type may depend
/// on them.
fn unknown_type(field: &Field, reason: &str) -> Unknown {
    const OF_NO_TYPE: [&str; 8] = [
        "db_column",
        "db_comment",
        "db_default",
        "db_index",
        "db_tablespace",
        "null",
        "primary_key",
        "unique",
    ];
    let compared = field.compared.iter();
    let arguments: Vec<_> = compared
        .filter(|(name, _)| !OF_NO_TYPE.contains(&name.as_str()))
        .collect();
    let is_read = !field.path.is_empty() && arguments.iter().all(|(_, value)| value.unknown().is_none());
    let place = (!is_read).then_some(field.range);
    Unknown::named(&format!("{} {arguments:?} {place:?}", field.path), reason)
}

fn is_unread(field: &Field, name: &str) -> bool {
    field.unknown.iter().any(|(unknown, _)| unknown == name)
}

/// `data_types` of the PostgreSQL backend, and `db_type` of django.contrib.postgres's fields.
fn data_type(internal_type: InternalType, django: DjangoVersion) -> &'static str {
    match internal_type {
        InternalType::Auto | InternalType::Integer | InternalType::PositiveInteger => "integer",
        InternalType::BigAuto | InternalType::BigInteger | InternalType::PositiveBigInteger => "bigint",
        InternalType::SmallAuto | InternalType::SmallInteger | InternalType::PositiveSmallInteger => "smallint",
        InternalType::Binary => "bytea",
        InternalType::Boolean => "boolean",
        InternalType::Char => VARCHAR,
        InternalType::Date => "date",
        InternalType::DateTime => "timestamp with time zone",
        InternalType::Decimal => NUMERIC_TEMPLATE,
        InternalType::Duration => "interval",
        InternalType::File | InternalType::FilePath | InternalType::Slug => VARCHAR_TEMPLATE,
        InternalType::Float => "double precision",
        InternalType::GenericIPAddress | InternalType::IPAddress => "inet",
        InternalType::Json => "jsonb",
        InternalType::Text => "text",
        InternalType::Time => "time",
        InternalType::Uuid => "uuid",
        InternalType::CICharField | InternalType::CIEmailField if has_citext(django) => "citext",
        InternalType::CITextField if has_citext(django) => "citext",
        InternalType::CICharField | InternalType::CIEmailField => VARCHAR,
        InternalType::CITextField => "text",
        InternalType::HStore => "hstore",
        InternalType::SearchVector => "tsvector",
        InternalType::SearchQuery => "tsquery",
        InternalType::IntegerRange => "int4range",
        InternalType::BigIntegerRange => "int8range",
        InternalType::DecimalRange => "numrange",
        InternalType::DateTimeRange => "tstzrange",
        InternalType::DateRange => "daterange",
    }
}

/// Django 5.1 turned the CI fields into plain ones for historical migrations.
fn has_citext(django: DjangoVersion) -> bool {
    django < DjangoVersion::new(5, 1)
}

fn template(field: &Field, django: DjangoVersion) -> Sql {
    let by_internal_type = match &field.kind {
        FieldKind::Plain(internal_type) => Some(data_type(*internal_type, django)),
        FieldKind::Generated { output, .. } => return template(output, django),
        FieldKind::Database { internal_type, .. } => {
            // Only the backend's own `data_types` count here, not the types of django.contrib.postgres.
            InternalType::of_backend(internal_type).map(|own| data_type(own, django))
        }
        FieldKind::Array { .. }
        | FieldKind::ForeignKey(_)
        | FieldKind::OneToOne(_)
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => None,
    };
    match by_internal_type {
        Some(template) => template.into(),
        None => column_type(field, django).unwrap_or_default(),
    }
}

fn internal_type(field: &Field, django: DjangoVersion) -> Cow<'static, str> {
    match &field.kind {
        FieldKind::Plain(plain) => Cow::Borrowed(plain_internal_type(*plain, django)),
        FieldKind::Array { .. } if field.path.is_empty() => Cow::Borrowed(ARRAY_FIELD),
        FieldKind::Generated { output, .. } => internal_type(output, django),
        FieldKind::ForeignKey(_) => Cow::Borrowed("ForeignKey"),
        FieldKind::OneToOne(_) => Cow::Borrowed("OneToOneField"),
        FieldKind::ManyToMany(_) => Cow::Borrowed("ManyToManyField"),
        FieldKind::CompositePrimaryKey(_) => Cow::Borrowed("CompositePrimaryKey"),
        FieldKind::Database { internal_type, .. } => Cow::Owned(internal_type.clone()),
        // `Field.get_internal_type` gives the name of the class, and `ArrayField` leaves it at that.
        FieldKind::Array { .. } | FieldKind::NoColumn | FieldKind::Unknown(_) => {
            Cow::Owned(field.path.rsplit('.').next().unwrap_or_default().to_owned())
        }
    }
}

fn plain_internal_type(plain: InternalType, django: DjangoVersion) -> &'static str {
    match plain {
        InternalType::CICharField | InternalType::CIEmailField if !has_citext(django) => "CharField",
        InternalType::CITextField if !has_citext(django) => "TextField",
        _ => plain.name(),
    }
}

fn empty_strings_allowed(field: &Field) -> bool {
    if let Some(allowed) = field.own.as_ref().and_then(|own| own.empty_strings_allowed) {
        return allowed;
    }
    match &field.kind {
        FieldKind::Plain(internal_type) => matches!(
            internal_type,
            InternalType::Binary
                | InternalType::Char
                | InternalType::File
                | InternalType::FilePath
                | InternalType::Slug
                | InternalType::Text
                | InternalType::CICharField
                | InternalType::CIEmailField
                | InternalType::CITextField
                | InternalType::SearchVector
                | InternalType::SearchQuery
        ),
        FieldKind::Database {
            empty_strings_allowed, ..
        } => *empty_strings_allowed,
        FieldKind::Unknown(_) | FieldKind::Generated { .. } => true,
        FieldKind::Array { .. }
        | FieldKind::ForeignKey(_)
        | FieldKind::OneToOne(_)
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::NoColumn => false,
    }
}
