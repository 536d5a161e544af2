//! A model field as a migration declares it, constructor defaults of its class already applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::InternalType;
use crate::source::Place;
use crate::value::Value;

/// A field: its class, and the attributes that decide its column.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The class path as `Field.deconstruct()` gives it: `django.db.models.CharField`, `shop.fields.MoneyField`.
    pub path: String,
    /// What it is to the database.
    pub kind: FieldKind,
    /// `null`.
    pub null: bool,
    /// `blank`; decides the implicit default `''`.
    pub blank: bool,
    /// `primary_key`.
    pub primary_key: bool,
    /// `unique` as given, or as the class sets it; a primary key and a `OneToOneField` are unique too, see [`Field::unique`].
    pub explicit_unique: bool,
    /// `db_index` as given, or as the class sets it (true for `SlugField` and `ForeignKey`).
    pub db_index: bool,
    /// `default`, if there is one. `None` as a value is `Some(Value::None)`.
    pub default: Option<Value>,
    /// `db_default`.
    pub db_default: Option<Value>,
    /// `db_column`.
    pub db_column: Option<String>,
    /// `db_comment`.
    pub db_comment: Option<String>,
    /// `db_collation`.
    pub db_collation: Option<String>,
    /// `db_tablespace`.
    pub db_tablespace: Option<String>,
    /// `max_length`, with the class's own default (`EmailField`: 254).
    pub max_length: Option<i64>,
    /// `max_digits` of a `DecimalField`.
    pub max_digits: Option<i64>,
    /// `decimal_places` of a `DecimalField`.
    pub decimal_places: Option<i64>,
    /// `auto_now` or `auto_now_add`: an implicit default for existing rows.
    pub auto_now: bool,
    /// The keyword arguments that `deconstruct()` returns, without `non_db_attrs` and without `to`: two fields that
    /// differ in nothing here, nor in path, column and target table, are not altered.
    /// See `BaseDatabaseSchemaEditor._field_should_be_altered`.
    pub compared: BTreeMap<String, Value>,
    /// What methods of the field's own class make of `None`, `''` and the default on the way to the database, where it
    /// has such methods: given and made, `Unknown` where that was not followed.
    pub own_values: Vec<(Value, Value)>,
    /// What methods and properties of the field's own class say of the column, where it overrides those of Django.
    pub own: Option<Box<OwnColumn>>,
    /// Attributes that could not be evaluated (name and reason); the column is then uncertain.
    pub unknown: Vec<(String, String)>,
    /// The constructor call.
    pub range: Place,
}

/// What a class of the project says of its column. Where it says nothing (`None`), Django's class decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnColumn {
    /// The column, by the field's name: `get_attname_column`, `get_attname`, `set_attributes_from_name`.
    pub name: Option<Pattern>,
    /// The automatic table, by the name that Django would give it: `_get_m2m_db_table`.
    pub table: Option<Pattern>,
    /// The check, by the column's name: `db_check`, `db_parameters`.
    pub check: Option<Returned<Pattern>>,
    /// `db_parameters()["collation"]`.
    pub collation: Option<Returned<String>>,
    /// Whether `db_type_suffix` makes it an identity column.
    pub identity: Option<bool>,
    /// The type of a foreign key's column: `db_type`, `db_parameters`.
    pub db_type: Option<String>,
    /// The type that a foreign key to it gets, or why that is not known: `rel_db_type`.
    pub rel_db_type: Option<Result<String, String>>,
    /// `unique`, as a property or an attribute of the class.
    pub unique: Option<bool>,
    /// `empty_strings_allowed`.
    pub empty_strings_allowed: Option<bool>,
    /// Fields that it adds to its model, by its own name: `contribute_to_class`.
    pub adds: Vec<(Pattern, Arc<Field>)>,
}

/// What a method of Python returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned<T> {
    /// Python's `None`.
    None,
    /// A value.
    Value(T),
}

impl<T> Returned<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Returned::None => None,
            Returned::Value(value) => Some(value),
        }
    }
}

/// A text with a name in it, any number of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What stands before, between and after the name.
    pieces: Vec<String>,
}

impl Pattern {
    /// The pattern that gives both texts, each with its name.
    #[must_use]
    pub fn of(texts: [(&str, &str); 2]) -> Option<Self> {
        let [(text, name), (other_text, other_name)] = texts;
        let pieces = text.split(name).map(str::to_owned).collect();
        let pattern = Self { pieces };
        (pattern.with(other_name) == other_text).then_some(pattern)
    }

    /// The text for this name.
    #[must_use]
    pub fn with(&self, name: &str) -> String {
        self.pieces.join(name)
    }

    /// What stands around the name.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().map(String::as_str)
    }
}

/// What a field is to the database.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// A column whose type follows from `Field.get_internal_type()`.
    Plain(InternalType),
    /// `django.contrib.postgres.fields.ArrayField`.
    Array {
        /// The element field.
        base: Box<Field>,
        /// `size`.
        size: Option<i64>,
    },
    /// `GeneratedField` (Django 5.0).
    Generated {
        /// `expression`.
        expression: Value,
        /// `output_field`; decides the column type.
        output: Box<Field>,
        /// `db_persist`: STORED, else VIRTUAL.
        stored: bool,
    },
    /// A `ForeignKey`.
    ForeignKey(Relation),
    /// A `OneToOneField`.
    OneToOne(Relation),
    /// A `ManyToManyField`: no column, perhaps a table.
    ManyToMany(ManyToMany),
    /// `CompositePrimaryKey` (Django 5.2) over these fields.
    CompositePrimaryKey(Vec<String>),
    /// A custom field whose column type is known: by its `db_type`, a data file, or the configuration.
    Database {
        /// The SQL type, `varchar(20)`.
        db_type: String,
        /// What a foreign key to it has, where that differs.
        rel_db_type: Option<String>,
        /// What `get_internal_type()` returns, by default the class name.
        internal_type: String,
        /// `empty_strings_allowed`.
        empty_strings_allowed: bool,
        /// What is special about a column of PostGIS.
        spatial: Option<Spatial>,
    },
    /// No column at all: `GenericForeignKey`, `GenericRelation`, taggit's `TaggableManager`.
    NoColumn,
    /// A class we know nothing about; the reason says what to add.
    Unknown(String),
}

/// A column of PostGIS: see django/contrib/gis/db/backends/postgis/schema.py.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spatial {
    /// `spatial_index`
    pub indexed: bool,
    /// What is stored, which decides how it is indexed.
    pub shape: Shape,
}

/// What a column of PostGIS stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Shapes in a plane of so many dimensions.
    Geometry {
        /// `dim`
        dimensions: i64,
    },
    /// Shapes on the globe.
    Geography {
        /// `dim`
        dimensions: i64,
    },
    /// Pictures.
    Raster,
}

/// The forward side of a `ForeignKey` or `OneToOneField`.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// `to`.
    pub to: ModelRef,
    /// `to_field`, else the target's primary key.
    pub to_field: Option<String>,
    /// `db_constraint`.
    pub db_constraint: bool,
    /// `on_delete` as a dotted path's last part: `CASCADE`, `DB_CASCADE` (Django 6.1), ...
    pub on_delete: Option<String>,
    /// `parent_link`.
    pub parent_link: bool,
    /// `related_name`; one that ends in `+` hides the reverse side, which `RenameModel` then does not alter.
    pub related_name: Option<String>,
    /// `related_query_name`; with `related_name` it orders the keys that a change of a primary key touches.
    pub related_query_name: Option<String>,
}

/// A `ManyToManyField`'s own attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct ManyToMany {
    /// `to`.
    pub to: ModelRef,
    /// `through`, if it is explicit.
    pub through: Option<ModelRef>,
    /// `db_table` of the automatic table.
    pub db_table: Option<String>,
    /// `db_constraint`.
    pub db_constraint: bool,
    /// `related_name`.
    pub related_name: Option<String>,
}

/// How a migration names a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModelRef {
    /// `"shop.Order"`, or `"Order"` in the migration's own app.
    Named {
        /// The app label; the migration's own where none was written.
        app: String,
        /// The model name as written; models compare without case.
        name: String,
    },
    /// `"self"`.
    SelfReference,
    /// `settings.AUTH_USER_MODEL` or another swappable setting.
    Setting(String),
    /// Not readable, and why.
    Unknown(String),
}

impl Field {
    /// Whether the column is unique: `unique=True`, a primary key, or one-to-one.
    #[must_use]
    pub fn unique(&self) -> bool {
        let own = self.own.as_ref().and_then(|own| own.unique);
        own.unwrap_or(self.explicit_unique || self.primary_key || matches!(self.kind, FieldKind::OneToOne(_)))
    }

    /// The forward relation of a foreign key or one-to-one field.
    #[must_use]
    pub fn relation(&self) -> Option<&Relation> {
        match &self.kind {
            FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => Some(relation),
            FieldKind::Plain(_)
            | FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::ManyToMany(_)
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::Database { .. }
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => None,
        }
    }

    /// The model that a relational field points to.
    #[must_use]
    pub fn reference(&self) -> Option<&ModelRef> {
        match &self.kind {
            FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => Some(&relation.to),
            FieldKind::ManyToMany(many_to_many) => Some(&many_to_many.to),
            FieldKind::Plain(_)
            | FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::Database { .. }
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => None,
        }
    }

    /// The forward relation, to be changed when a model or field is renamed.
    pub fn relation_mut(&mut self) -> Option<&mut Relation> {
        match &mut self.kind {
            FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => Some(relation),
            FieldKind::Plain(_)
            | FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::ManyToMany(_)
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::Database { .. }
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => None,
        }
    }

    /// The many-to-many part, if it is one.
    #[must_use]
    pub fn many_to_many(&self) -> Option<&ManyToMany> {
        if let FieldKind::ManyToMany(many_to_many) = &self.kind {
            Some(many_to_many)
        } else {
            None
        }
    }

    /// The column's name for a field called `name`; see `Field.get_attname_column`.
    #[must_use]
    pub fn column(&self, name: &str) -> String {
        if let Some(pattern) = self.own.as_ref().and_then(|own| own.name.as_ref()) {
            return pattern.with(name);
        }
        match &self.db_column {
            Some(column) => column.clone(),
            None if self.relation().is_some() => format!("{name}_id"),
            None => name.to_owned(),
        }
    }
}
