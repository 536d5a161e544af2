//! One path for every class of Django, whichever module it was imported from.

use std::borrow::Cow;

/// What django.contrib.gis.db.models has of its own; everything else there is django.db.models.
#[rustfmt::skip]
const GIS: &[&str] = &[
    "Collect", "Extent", "Extent3D", "ExtentField", "GeoManager", "GeometryCollectionField", "GeometryField",
    "LineStringField", "MakeLine", "MultiLineStringField", "MultiPointField", "MultiPolygonField", "PointField",
    "PolygonField", "RasterField", "Union",
];

/// The one path of a Django class, function or constant: `django.db.models.fields.CharField` is
/// `django.db.models.CharField`. Other paths stay as they are.
#[must_use]
pub fn canonical(path: &str) -> Cow<'_, str> {
    let Some(django) = path.strip_prefix("django.") else {
        return Cow::Borrowed(path);
    };
    if django == "db.migrations.migration.swappable_dependency" {
        return Cow::Borrowed("django.db.migrations.swappable_dependency");
    }
    // Django's modules are lower case, and what it re-exports begins with a capital.
    let is_capital = |pair: &[u8]| pair[0] == b'.' && pair[1].is_ascii_uppercase();
    let Some(end) = path.as_bytes().windows(2).position(is_capital) else {
        return Cow::Borrowed(path);
    };
    let (module, rest) = (&path[..end], &path[end + 1..]);
    match exporter(module, rest) {
        Some(package) => Cow::Owned(format!("{package}.{rest}")),
        None => Cow::Borrowed(path),
    }
}

/// The package that re-exports the names of a module.
/// See the `__init__.py` of django.db.models, .functions, django.db.migrations and django.contrib.postgres.
#[rustfmt::skip]
fn exporter(module: &str, name: &str) -> Option<&'static str> {
    if let Some(part) = module.strip_prefix("django.db.models.") {
        return match part {
            "aggregates" | "base" | "constraints" | "deletion" | "enums" | "expressions" | "indexes" | "manager"
            | "query" | "query_utils" | "fields" | "fields.composite" | "fields.files" | "fields.generated"
            | "fields.json" | "fields.proxy" | "fields.related" => Some("django.db.models"),
            "lookups" if matches!(name, "Lookup" | "Transform") => Some("django.db.models"),
            "functions.comparison" | "functions.datetime" | "functions.json" | "functions.math" | "functions.text"
            | "functions.uuid" | "functions.window" => Some("django.db.models.functions"),
            _ => None,
        };
    }
    match module {
        "django.db.migrations.migration" | "django.db.migrations.operations" | "django.db.migrations.operations.base"
        | "django.db.migrations.operations.fields" | "django.db.migrations.operations.models"
        | "django.db.migrations.operations.special" => Some("django.db.migrations"),
        "django.contrib.contenttypes.generic" => Some("django.contrib.contenttypes.fields"),
        "django.contrib.gis.db.models" if !GIS.contains(&name) => Some("django.db.models"),
        "django.contrib.gis.db.models.fields" => Some("django.contrib.gis.db.models"),
        "django.contrib.postgres.aggregates.general" | "django.contrib.postgres.aggregates.statistics" => {
            Some("django.contrib.postgres.aggregates")
        }
        "django.contrib.postgres.fields.array" | "django.contrib.postgres.fields.citext"
        | "django.contrib.postgres.fields.hstore" | "django.contrib.postgres.fields.jsonb"
        | "django.contrib.postgres.fields.ranges" => Some("django.contrib.postgres.fields"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_class_has_one_path_whichever_module_it_was_imported_from() {
        for path in [
            "django.db.migrations.AddField",
            "django.db.migrations.operations.AddField",
            "django.db.migrations.operations.fields.AddField",
        ] {
            assert_eq!(canonical(path), "django.db.migrations.AddField");
        }
        assert_eq!(
            canonical("django.db.models.fields.related.ForeignKey"),
            "django.db.models.ForeignKey"
        );
        assert_eq!(
            canonical("django.contrib.gis.db.models.CharField"),
            "django.db.models.CharField"
        );
        assert_eq!(
            canonical("django.db.models.functions.text.Lower"),
            "django.db.models.functions.Lower"
        );
        assert_eq!(canonical("shop.fields.MoneyField"), "shop.fields.MoneyField");
        assert_eq!(canonical("django.db.models.fields"), "django.db.models.fields");
    }
}
