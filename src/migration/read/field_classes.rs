//! Django's field classes: what each constructor takes, sets by itself, and leaves out again in `deconstruct()`.
//!
//! Read from django/db/models/fields/ and django/contrib/postgres/fields/ of 4.2, 5.2 and 6.0, which agree.

use crate::migration::InternalType;
use crate::suggestion::nearest;

/// One field class of Django.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldClass {
    pub(super) kind: ClassKind,
    /// Parameters that can be given by position, in order.
    pub(super) positional: &'static [&'static str],
    /// What the constructor does about `max_length`.
    pub(super) max_length: MaxLength,
    /// `db_index` defaults to true.
    pub(super) indexed: bool,
    /// Keyword arguments of the class itself, and when `deconstruct()` leaves them out.
    pub(super) own: &'static [(&'static str, LeftOut)],
}

/// What a field class is to the database, before its arguments are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClassKind {
    Plain(InternalType),
    /// `NullBooleanField`: always null, which `deconstruct()` does not say.
    NullBoolean,
    Array,
    Generated,
    ForeignKey,
    OneToOne,
    ManyToMany,
    CompositePrimaryKey,
    /// A field of GeoDjango, by its `geom_type`.
    Spatial(&'static str),
    NoColumn,
    /// `models.Field` itself: only a subclass says what the column is.
    Abstract,
}

/// What a constructor does about `max_length`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaxLength {
    /// Takes what is given.
    Given,
    /// Has a default that `deconstruct()` leaves out.
    Default(i64),
    /// Has a default that `deconstruct()` keeps: `EmailField`.
    Kept(i64),
    /// Always this, and never in `deconstruct()`.
    Fixed(i64),
}

/// When `deconstruct()` leaves a keyword argument out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftOut {
    Never,
    IfFalsy,
    IfNone,
    IfFalse,
    IfTrue,
    IfEmpty,
    IfText(&'static str),
    IfInt(i128),
}

#[rustfmt::skip]
const BASE: &[&str] = &[
    "verbose_name", "name", "primary_key", "max_length", "unique", "blank", "null", "db_index", "rel", "default",
    "editable", "serialize", "unique_for_date", "unique_for_month", "unique_for_year", "choices", "help_text",
    "db_column", "db_tablespace", "auto_created", "validators", "error_messages", "db_comment", "db_default",
];
const DATE: &[&str] = &["verbose_name", "name", "auto_now", "auto_now_add"];
const DECIMAL: &[&str] = &["verbose_name", "name", "max_digits", "decimal_places"];
const FILE: &[&str] = &["verbose_name", "name", "upload_to", "storage"];
const IMAGE: &[&str] = &["verbose_name", "name", "width_field", "height_field"];
const IP: &[&str] = &["verbose_name", "name", "protocol", "unpack_ipv4"];
const JSON: &[&str] = &["verbose_name", "name", "encoder", "decoder"];
const NAMED: &[&str] = &["verbose_name", "name"];
#[rustfmt::skip]
const PATH: &[&str] = &["verbose_name", "name", "path", "match", "recursive", "allow_files", "allow_folders"];
#[rustfmt::skip]
const FOREIGN_KEY: &[&str] = &[
    "to", "on_delete", "related_name", "related_query_name", "limit_choices_to", "parent_link", "to_field",
    "db_constraint",
];
#[rustfmt::skip]
const MANY_TO_MANY: &[&str] = &[
    "to", "related_name", "related_query_name", "limit_choices_to", "symmetrical", "through", "through_fields",
    "db_constraint", "db_table", "swappable",
];

const AUTO_NOW: &[(&str, LeftOut)] = &[("auto_now", LeftOut::IfFalsy), ("auto_now_add", LeftOut::IfFalsy)];
const COLLATION: &[(&str, LeftOut)] = &[("db_collation", LeftOut::IfFalsy)];
const UPLOAD: &[(&str, LeftOut)] = &[("upload_to", LeftOut::Never), ("storage", LeftOut::IfNone)];
const RELATION: &[(&str, LeftOut)] = &[
    ("parent_link", LeftOut::IfFalsy),
    ("db_constraint", LeftOut::IfTrue),
    ("to_field", LeftOut::IfFalsy),
];
const GEOMETRY: &[&str] = &["verbose_name", "dim", "geography"];
const RASTER: &[&str] = &["verbose_name", "srid", "spatial_index"];
const SPATIAL: &[(&str, LeftOut)] = &[
    ("srid", LeftOut::Never),
    ("spatial_index", LeftOut::IfTrue),
    ("dim", LeftOut::IfInt(2)),
    ("geography", LeftOut::IfFalse),
];
const BOUNDS: &[(&str, LeftOut)] = &[("default_bounds", LeftOut::IfText("[)"))];

const fn plain(internal_type: InternalType) -> FieldClass {
    FieldClass {
        kind: ClassKind::Plain(internal_type),
        positional: BASE,
        max_length: MaxLength::Given,
        indexed: false,
        own: &[],
    }
}

const fn kind(kind: ClassKind, positional: &'static [&'static str]) -> FieldClass {
    FieldClass {
        kind,
        positional,
        ..plain(InternalType::Char)
    }
}

impl FieldClass {
    /// `django.db.models.Field`.
    pub(super) const ANY: Self = kind(ClassKind::Abstract, BASE);

    const fn takes(self, positional: &'static [&'static str]) -> Self {
        Self { positional, ..self }
    }

    const fn own(self, own: &'static [(&'static str, LeftOut)]) -> Self {
        Self { own, ..self }
    }

    const fn max_length(self, max_length: MaxLength) -> Self {
        Self { max_length, ..self }
    }

    const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    /// The class of Django with this path.
    pub(super) fn of(path: &str) -> Option<Self> {
        if let Some(name) = path.strip_prefix("django.db.models.") {
            return core(name).or_else(|| text(name)).or_else(|| relation(name));
        }
        if let Some(name) = path.strip_prefix("django.contrib.postgres.fields.") {
            return postgres(name);
        }
        if let Some(name) = path.strip_prefix("django.contrib.gis.db.models.") {
            return spatial(name);
        }
        match path {
            "django.contrib.postgres.search.SearchVectorField" => Some(plain(InternalType::SearchVector)),
            "django.contrib.postgres.search.SearchQueryField" => Some(plain(InternalType::SearchQuery)),
            "django.contrib.contenttypes.fields.GenericForeignKey" => Some(kind(
                ClassKind::NoColumn,
                &["ct_field", "fk_field", "for_concrete_model"],
            )),
            "django.contrib.contenttypes.fields.GenericRelation" => Some(kind(
                ClassKind::NoColumn,
                &["to", "object_id_field", "content_type_field", "for_concrete_model"],
            )),
            _ => None,
        }
    }
}

fn core(name: &str) -> Option<FieldClass> {
    use InternalType as T;
    Some(match name {
        "AutoField" => plain(T::Auto),
        "BigAutoField" => plain(T::BigAuto),
        "SmallAutoField" => plain(T::SmallAuto),
        "BigIntegerField" => plain(T::BigInteger),
        "BinaryField" => plain(T::Binary),
        "BooleanField" => plain(T::Boolean),
        "NullBooleanField" => kind(ClassKind::NullBoolean, BASE),
        "DateField" => plain(T::Date).takes(DATE).own(AUTO_NOW),
        "DateTimeField" => plain(T::DateTime).takes(DATE).own(AUTO_NOW),
        "TimeField" => plain(T::Time).takes(DATE).own(AUTO_NOW),
        "DecimalField" => plain(T::Decimal)
            .takes(DECIMAL)
            .own(&[("max_digits", LeftOut::IfNone), ("decimal_places", LeftOut::IfNone)]),
        "DurationField" => plain(T::Duration),
        "FloatField" => plain(T::Float),
        "GenericIPAddressField" => plain(T::GenericIPAddress)
            .takes(IP)
            .max_length(MaxLength::Fixed(39))
            .own(&[("unpack_ipv4", LeftOut::IfFalse), ("protocol", LeftOut::IfText("both"))]),
        "IPAddressField" => plain(T::IPAddress).max_length(MaxLength::Fixed(15)),
        "IntegerField" => plain(T::Integer),
        "JSONField" => plain(T::Json)
            .takes(JSON)
            .own(&[("encoder", LeftOut::IfNone), ("decoder", LeftOut::IfNone)]),
        "PositiveBigIntegerField" => plain(T::PositiveBigInteger),
        "PositiveIntegerField" => plain(T::PositiveInteger),
        "PositiveSmallIntegerField" => plain(T::PositiveSmallInteger),
        "SmallIntegerField" => plain(T::SmallInteger),
        "UUIDField" => plain(T::Uuid).takes(NAMED).max_length(MaxLength::Fixed(32)),
        "GeneratedField" => kind(ClassKind::Generated, &[]).own(&[
            ("db_persist", LeftOut::Never),
            ("expression", LeftOut::Never),
            ("output_field", LeftOut::Never),
        ]),
        // The integer that `order_with_respect_to` adds.
        "OrderWrt" => plain(T::Integer),
        _ => return None,
    })
}

fn text(name: &str) -> Option<FieldClass> {
    use InternalType as T;
    Some(match name {
        "CharField" | "CommaSeparatedIntegerField" => plain(T::Char).own(COLLATION),
        "EmailField" => plain(T::Char).max_length(MaxLength::Kept(254)).own(COLLATION),
        "URLField" => plain(T::Char)
            .takes(NAMED)
            .max_length(MaxLength::Default(200))
            .own(COLLATION),
        "SlugField" => plain(T::Slug)
            .max_length(MaxLength::Default(50))
            .indexed()
            .own(&[("db_collation", LeftOut::IfFalsy), ("allow_unicode", LeftOut::IfFalse)]),
        "TextField" => plain(T::Text).own(COLLATION),
        "FileField" => plain(T::File)
            .takes(FILE)
            .max_length(MaxLength::Default(100))
            .own(UPLOAD),
        "ImageField" => plain(T::File).takes(IMAGE).max_length(MaxLength::Default(100)).own(&[
            ("upload_to", LeftOut::Never),
            ("storage", LeftOut::IfNone),
            ("width_field", LeftOut::IfFalsy),
            ("height_field", LeftOut::IfFalsy),
        ]),
        "FilePathField" => plain(T::FilePath)
            .takes(PATH)
            .max_length(MaxLength::Default(100))
            .own(&[
                ("path", LeftOut::IfEmpty),
                ("match", LeftOut::IfNone),
                ("recursive", LeftOut::IfFalse),
                ("allow_files", LeftOut::IfTrue),
                ("allow_folders", LeftOut::IfFalse),
            ]),
        _ => return None,
    })
}

fn relation(name: &str) -> Option<FieldClass> {
    Some(match name {
        "ForeignKey" => kind(ClassKind::ForeignKey, FOREIGN_KEY).indexed().own(RELATION),
        "OneToOneField" => kind(ClassKind::OneToOne, &["to", "on_delete", "to_field"])
            .indexed()
            .own(RELATION),
        "ManyToManyField" => kind(ClassKind::ManyToMany, MANY_TO_MANY).own(&[
            ("db_table", LeftOut::IfNone),
            ("db_constraint", LeftOut::IfTrue),
            ("through", LeftOut::IfNone),
            ("through_fields", LeftOut::IfFalsy),
        ]),
        // Joins columns that other fields have.
        "ForeignObject" => kind(ClassKind::NoColumn, &["to", "on_delete", "from_fields", "to_fields"]),
        "CompositePrimaryKey" => kind(ClassKind::CompositePrimaryKey, &[]),
        _ => return None,
    })
}

fn postgres(name: &str) -> Option<FieldClass> {
    use InternalType as T;
    Some(match name {
        "ArrayField" => kind(ClassKind::Array, &["base_field", "size"])
            .own(&[("base_field", LeftOut::Never), ("size", LeftOut::Never)]),
        "CICharField" => plain(T::CICharField).own(COLLATION),
        "CIEmailField" => plain(T::CIEmailField).max_length(MaxLength::Kept(254)).own(COLLATION),
        "CITextField" => plain(T::CITextField).own(COLLATION),
        "HStoreField" => plain(T::HStore),
        // Kept for old migrations only; its own `encoder` is not that of django.db.models.
        "JSONField" => plain(T::Json)
            .takes(JSON)
            .own(&[("encoder", LeftOut::IfNone), ("decoder", LeftOut::IfNone)]),
        "IntegerRangeField" => plain(T::IntegerRange),
        "BigIntegerRangeField" => plain(T::BigIntegerRange),
        "DecimalRangeField" => plain(T::DecimalRange).own(BOUNDS),
        "FloatRangeField" => plain(T::DecimalRange).own(BOUNDS),
        "DateTimeRangeField" => plain(T::DateTimeRange).own(BOUNDS),
        "DateRangeField" => plain(T::DateRange),
        _ => return None,
    })
}

/// See django/contrib/gis/db/models/fields.py.
fn spatial(name: &str) -> Option<FieldClass> {
    let geometry = match name {
        "GeometryField" => "GEOMETRY",
        "PointField" => "POINT",
        "LineStringField" => "LINESTRING",
        "PolygonField" => "POLYGON",
        "MultiPointField" => "MULTIPOINT",
        "MultiLineStringField" => "MULTILINESTRING",
        "MultiPolygonField" => "MULTIPOLYGON",
        "GeometryCollectionField" => "GEOMETRYCOLLECTION",
        "RasterField" => {
            return Some(kind(ClassKind::Spatial("RASTER"), RASTER).own(SPATIAL));
        }
        _ => return None,
    };
    Some(kind(ClassKind::Spatial(geometry), GEOMETRY).own(SPATIAL))
}

/// The field classes that `[fields]` may derive one from, by the module that has them.
#[rustfmt::skip]
const OF_DJANGO: &[(&str, &[&str])] = &[
    ("django.db.models", &[
        "AutoField", "BigAutoField", "BigIntegerField", "BinaryField", "BooleanField", "CharField", "CommaSeparatedIntegerField",
        "CompositePrimaryKey", "DateField", "DateTimeField", "DecimalField", "DurationField", "EmailField", "FileField",
        "FilePathField", "FloatField", "ForeignKey", "ForeignObject", "GeneratedField", "GenericIPAddressField",
        "IPAddressField", "ImageField", "IntegerField", "JSONField", "ManyToManyField", "NullBooleanField", "OneToOneField",
        "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SlugField", "SmallAutoField",
        "SmallIntegerField", "TextField", "TimeField", "URLField", "UUIDField",
    ]),
    ("django.contrib.postgres.fields", &[
        "ArrayField", "BigIntegerRangeField", "CICharField", "CIEmailField", "CITextField", "DateRangeField",
        "DateTimeRangeField", "DecimalRangeField", "FloatRangeField", "HStoreField", "IntegerRangeField", "JSONField",
    ]),
    ("django.contrib.gis.db.models", &[
        "GeometryCollectionField", "GeometryField", "LineStringField", "MultiLineStringField", "MultiPointField",
        "MultiPolygonField", "PointField", "PolygonField", "RasterField",
    ]),
    ("django.contrib.postgres.search", &["SearchQueryField", "SearchVectorField"]),
    ("django.contrib.contenttypes.fields", &["GenericForeignKey", "GenericRelation"]),
];

/// Of a path that is said to be a field class of Django and is none: the one that was probably meant, if there is one.
#[must_use]
pub fn missing_in_django(path: &str) -> Option<Option<String>> {
    let is_of_django = path.starts_with("django.") || path.starts_with("models.");
    let is_there = FieldClass::of(&crate::python::canonical(path)).is_some() || path == "django.db.models.Field";
    if !is_of_django || is_there {
        return None;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    let classes = || {
        OF_DJANGO
            .iter()
            .flat_map(|(module, names)| names.iter().map(move |name| (*module, *name)))
    };
    let near = nearest(name, classes().map(|(_, name)| name));
    let mut found = classes().filter(|(_, name)| near == Some(*name));
    Some(found.next().map(|(module, name)| format!("{module}.{name}")))
}

/// The internal type that `get_internal_type()` names.
pub(super) fn internal_type(name: &str) -> Option<InternalType> {
    let class = name.strip_prefix("django.db.models.").unwrap_or(name);
    let kind = core(class).or_else(|| text(class)).or_else(|| postgres(class))?.kind;
    match kind {
        ClassKind::Plain(internal_type) => Some(internal_type),
        ClassKind::NullBoolean => Some(InternalType::Boolean),
        ClassKind::Array
        | ClassKind::Generated
        | ClassKind::ForeignKey
        | ClassKind::OneToOne
        | ClassKind::ManyToMany
        | ClassKind::CompositePrimaryKey
        | ClassKind::Spatial(_)
        | ClassKind::NoColumn
        | ClassKind::Abstract => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldClass, OF_DJANGO, missing_in_django};

    #[test]
    fn the_classes_that_are_suggested_are_known() {
        for (module, names) in OF_DJANGO {
            for name in *names {
                let path = format!("{module}.{name}");
                assert!(FieldClass::of(&path).is_some(), "{path}");
                assert_eq!(missing_in_django(&path), None);
            }
        }
    }
}
