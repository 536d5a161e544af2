//! Python that fills rows: a management command that may be stopped and started again, and what a migration does around it.

use crate::python::string_literal;
use crate::statement::quote_name;

/// The rows of a model that have no value in a field, and the value.
pub(super) struct Fill<'a> {
    /// The label of the model's app.
    pub app: &'a str,
    /// The model, as its operation names it.
    pub model: &'a str,
    /// The field.
    pub field: &'a str,
    /// The value as Python.
    pub value: Value,
}

/// Which value rows get.
pub(super) enum Value {
    /// That of the field's own `default`.
    OfField,
    /// The same with a call for each row: two rows must not share it.
    OfFieldForEach,
    /// An expression; its imports.
    Expression(String, Vec<String>),
    /// The call of a default that the field does not keep; its imports.
    Call(String, Vec<String>),
    /// The same for each row.
    CallForEach(String, Vec<String>),
    /// Only the project knows it.
    Unknown,
}

impl Value {
    /// As each of two rows that must differ gets it.
    pub(super) fn for_each(self) -> Self {
        match self {
            Self::OfField | Self::OfFieldForEach => Self::OfFieldForEach,
            Self::Call(call, imports) | Self::CallForEach(call, imports) => Self::CallForEach(call, imports),
            Self::Expression(..) | Self::Unknown => Self::Unknown,
        }
    }

    /// The lines that import what it names.
    pub(super) fn imports(&self) -> &[String] {
        match self {
            Self::Expression(_, imports) | Self::Call(_, imports) | Self::CallForEach(_, imports) => imports,
            Self::OfField | Self::OfFieldForEach | Self::Unknown => &[],
        }
    }
}

impl Fill<'_> {
    /// The name of the command, and of the functions.
    pub(super) fn name(&self) -> String {
        format!("fill_{}_{}", self.model, self.field).to_lowercase()
    }

    /// Its file, from the folder of the app.
    pub(super) fn path(&self) -> String {
        format!("management/commands/{}.py", self.name())
    }

    /// The file's text.
    pub(super) fn command(&self) -> String {
        let Self { app, model, field, .. } = self;
        let lines = self.value.imports().iter();
        let imports: String = lines.flat_map(|import| [import.as_str(), "\n"]).collect();
        let body = self.loop_over(&format!("apps.get_model(\"{app}\", \"{model}\")"), "        ", true);
        format!(
            "import time\n\n{imports}from django.apps import apps\nfrom django.core.management.base import BaseCommand\n\n\n\
             class Command(BaseCommand):\n    help = \"Fills {field} where it is NULL; may be stopped and started again.\"\n\n    \
             def handle(self, *args, **options):\n{body}"
        )
    }

    /// A function for `RunPython` that does the same, without a pause.
    pub(super) fn function(&self) -> String {
        let Self { app, model, .. } = self;
        let body = self.loop_over(&format!("apps.get_model(\"{app}\", \"{model}\")"), "    ", false);
        format!("def {}(apps, schema_editor):\n{body}", self.name())
    }

    /// A function for `RunPython` that fails while rows are left.
    pub(super) fn assertion(&self) -> String {
        let Self { app, model, field, .. } = self;
        let name = self.name();
        let next = match self.value {
            Value::Unknown => "give these rows a value first".to_owned(),
            Value::OfField
            | Value::OfFieldForEach
            | Value::Expression(..)
            | Value::Call(..)
            | Value::CallForEach(..) => format!("run manage.py {name} first"),
        };
        format!(
            "def assert_{field}_filled(apps, schema_editor):\n    model = apps.get_model(\"{app}\", \"{model}\")\n    \
             rows = model._base_manager.using(schema_editor.connection.alias)\n    \
             if rows.filter({field}__isnull=True).exists():\n        \
             raise RuntimeError(\"{field} is NULL in rows of {model}: {next}\")\n"
        )
    }

    fn loop_over(&self, model: &str, indent: &str, is_command: bool) -> String {
        let field = self.field;
        let rows = if is_command {
            "model._base_manager.order_by(\"pk\")"
        } else {
            "model._base_manager.using(schema_editor.connection.alias).order_by(\"pk\")"
        };
        let mut lines = vec![format!("model = {model}"), format!("rows = {rows}")];
        if matches!(self.value, Value::OfField | Value::OfFieldForEach) {
            lines.push(format!("field = model._meta.get_field(\"{field}\")"));
        }
        let batch = format!("rows.filter(pk__gte=keys[0], pk__lte=keys[-1], {field}__isnull=True)");
        lines.push("keys = list(rows.values_list(\"pk\", flat=True)[:1000])".to_owned());
        lines.push("while keys:".to_owned());
        let each = |value: &str| {
            [
                format!("    for row in {batch}:"),
                format!("        rows.filter(pk=row.pk, {field}__isnull=True).update({field}={value})"),
            ]
        };
        match &self.value {
            Value::OfFieldForEach => lines.extend(each("field.get_default()")),
            Value::CallForEach(call, _) => lines.extend(each(call)),
            Value::OfField => lines.push(format!("    {batch}.update({field}=field.get_default())")),
            Value::Expression(value, _) | Value::Call(value, _) => {
                lines.push(format!("    {batch}.update({field}={value})"));
            }
            Value::Unknown => {}
        }
        if is_command {
            lines.push("    self.stdout.write(f\"filled up to {keys[-1]}\")".to_owned());
            lines.push("    time.sleep(0.1)".to_owned());
        }
        lines.push("    keys = list(rows.filter(pk__gt=keys[-1]).values_list(\"pk\", flat=True)[:1000])".to_owned());
        lines.iter().flat_map(|line| [indent, line, "\n"]).collect()
    }
}

/// The rows of a table whose values other columns get in their own types.
pub(super) struct Conversion<'a> {
    /// The label of the model's app.
    pub app: &'a str,
    /// Whether the command stands in another app.
    pub is_of_other_app: bool,
    /// The model.
    pub model: &'a str,
    /// Its table.
    pub table: &'a str,
    /// The column of its primary key.
    pub key: &'a str,
    /// The columns.
    pub columns: Vec<Converted<'a>>,
}

/// A column whose values another one gets.
pub(super) struct Converted<'a> {
    /// The column.
    pub column: &'a str,
    /// The one that gets its values.
    pub new: &'a str,
    /// Its value, as SQL.
    pub value: String,
}

impl Conversion<'_> {
    /// What it is about, as part of a name.
    fn subject(&self) -> String {
        let app = if self.is_of_other_app {
            format!("{}_", self.app)
        } else {
            String::new()
        };
        let columns: Vec<&str> = self.columns.iter().map(|column| column.column).collect();
        format!("{app}{}_{}", self.model, columns.join("_")).to_lowercase()
    }

    fn name(&self) -> String {
        format!("convert_{}", self.subject())
    }

    /// The command's file, from the folder of the app.
    pub(super) fn path(&self) -> String {
        format!("management/commands/{}.py", self.name())
    }

    /// What is true of a row that is not converted.
    fn is_left(&self) -> String {
        let columns = self.columns.iter().map(|column| {
            let [new, column] = [column.new, column.column].map(quote_name);
            format!("{new} IS NULL AND {column} IS NOT NULL")
        });
        columns.collect::<Vec<_>>().join(" OR ")
    }

    /// The command's text. Models do not know the new columns: they are filled by SQL.
    pub(super) fn command(&self) -> String {
        let Self { app, model, .. } = self;
        let [table, key] = [self.table, self.key].map(quote_name);
        let values = self
            .columns
            .iter()
            .map(|column| format!("{} = {}", quote_name(column.new), column.value));
        let values = values.collect::<Vec<_>>().join(", ");
        let is_left = match self.columns.as_slice() {
            [_] => self.is_left(),
            _ => format!("({})", self.is_left()),
        };
        let update = string_literal(&format!(
            "UPDATE {table} SET {values} WHERE {key} BETWEEN %s AND %s AND {is_left}"
        ));
        let columns = self
            .columns
            .iter()
            .map(|column| column.column)
            .collect::<Vec<_>>()
            .join(" and ");
        format!(
            "import time\n\nfrom django.apps import apps\nfrom django.core.management.base import BaseCommand\n\
             from django.db import connections, router\n\n\n\
             class Command(BaseCommand):\n    help = \"Converts {columns} of old rows; may be stopped and started again.\"\n\n    \
             def handle(self, *args, **options):\n        model = apps.get_model(\"{app}\", \"{model}\")\n        \
             database = router.db_for_write(model)\n        \
             rows = model._base_manager.using(database).order_by(\"pk\")\n        \
             keys = list(rows.values_list(\"pk\", flat=True)[:1000])\n        \
             while keys:\n            \
             with connections[database].cursor() as cursor:\n                \
             cursor.execute(\n                    {update},\n                    [keys[0], keys[-1]],\n                )\n            \
             self.stdout.write(f\"converted up to {{keys[-1]}}\")\n            \
             time.sleep(0.1)\n            \
             keys = list(rows.filter(pk__gt=keys[-1]).values_list(\"pk\", flat=True)[:1000])\n"
        )
    }

    /// The name of the function that fails while rows are left.
    pub(super) fn assertion_name(&self) -> String {
        format!("assert_{}_converted", self.subject())
    }

    /// A function for `RunPython` that fails while rows are left.
    pub(super) fn assertion(&self) -> String {
        let query = string_literal(&format!(
            "SELECT EXISTS (SELECT 1 FROM {} WHERE {})",
            quote_name(self.table),
            self.is_left()
        ));
        format!(
            "def {}(apps, schema_editor):\n    with schema_editor.connection.cursor() as cursor:\n        \
             cursor.execute({query})\n        if cursor.fetchone()[0]:\n            \
             raise RuntimeError(\"rows of {} are not converted: run manage.py {} first\")\n",
            self.assertion_name(),
            self.model,
            self.name()
        )
    }
}
