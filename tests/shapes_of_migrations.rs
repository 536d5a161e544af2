//! Migrations that give their operations in a way of their own: read, or said not to be. What Django 5.2 makes of each was seen:
//! every module below that is told of has an operation to run, or is refused.

mod scratch;

use scratch::Scratch;

const OPERATION: &str = r#"migrations.AddIndex("order", models.Index(fields=["status"], name="status_idx"))"#;
const CLASS: &str = "class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n";

/// The rules of what is found in a migration. `OPERATION` and `CLASS` stand for themselves, `EMPTY` for the class without operations.
fn found(module: &str) -> Vec<String> {
    let module = module
        .replace("EMPTY", &format!("{CLASS}    operations = []\n"))
        .replace("CLASS", CLASS)
        .replace("OPERATION", OPERATION);
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file(
            "shop/migrations/0002_shape.py",
            format!("from django.db import migrations, models\n\n{module}"),
        )
        .run("check --output-format json");
    let findings = run.findings().into_iter();
    let own = findings.filter_map(|finding| Some(finding.strip_prefix("shop/migrations/0002_shape.py: ")?.to_owned()));
    own.collect()
}

fn assert_not_analysed(modules: &[&str]) {
    for module in modules {
        assert_eq!(found(module), ["not-analysed"], "{module}");
    }
}

fn assert_read(modules: &[&str]) {
    for module in modules {
        assert_eq!(found(module), ["create-index-blocking-writes"], "{module}");
    }
}

#[test]
fn a_list_of_operations_that_is_filled_elsewhere_is_said() {
    assert_not_analysed(&[
        "ops = []\ndef fill(found):\n    found.append(OPERATION)\nfill(ops)\nCLASS    operations = ops\n",
        "ops = []\ndef fill():\n    ops.append(OPERATION)\nfill()\nCLASS    operations = ops\n",
        "ops = []\ndef fill():\n    global ops\n    ops = [OPERATION]\nfill()\nCLASS    operations = ops\n",
        "ops = []\nother = ops\nother.append(OPERATION)\nCLASS    operations = ops\n",
        "ops = []\nCLASS    operations = ops\nops.append(OPERATION)\n",
        "ops = []\nadd = ops.append\nadd(OPERATION)\nCLASS    operations = ops\n",
        "ops = []\nlist.append(ops, OPERATION)\nCLASS    operations = ops\n",
        "def fill(found):\n    found.append(OPERATION)\nEMPTY    fill(operations)\n",
        "ops = []\nops[0:0] = [OPERATION]\nCLASS    operations = ops\n",
        "ops = []\nwhile not ops:\n    ops.append(OPERATION)\nCLASS    operations = ops\n",
        "print(ops := [OPERATION])\nCLASS    operations = ops\n",
        "ops = []\ntry:\n    import nothing_of_that_name\nexcept ImportError:\n    ops = [OPERATION]\nCLASS    operations = ops\n",
    ]);
}

#[test]
fn code_that_reaches_the_class_by_its_name_in_a_text_is_said() {
    assert_not_analysed(&[
        "EMPTYsetattr(Migration, \"operations\", [OPERATION])\n",
        "EMPTYfor name, value in {\"operations\": [OPERATION]}.items():\n    setattr(Migration, name, value)\n",
        "EMPTY    vars()[\"operations\"].append(OPERATION)\n",
        "EMPTYMigration.__dict__[\"operations\"].append(OPERATION)\n",
        "ops = []\nglobals().update(ops=[OPERATION])\nCLASS    operations = ops\n",
        "EMPTYexec(\"Migration.operations = [migrations.RunSQL('DROP TABLE shop_order')]\")\n",
    ]);
}

#[test]
fn a_class_that_something_else_makes_is_said() {
    let meta = "class Meta(type):\n    def __new__(m, name, bases, ns):\n        ns[\"operations\"] = [OPERATION]\n        \
                return super().__new__(m, name, bases, ns)\n\n";
    let metaclass = format!(
        "{meta}{}    operations = []\n",
        CLASS.replace("migrations.Migration)", "migrations.Migration, metaclass=Meta)")
    );
    assert_not_analysed(&[
        &metaclass,
        "class Base(migrations.Migration):\n    def __init_subclass__(cls):\n        cls.operations = [OPERATION]\n\n\
         class Migration(Base):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = []\n",
        "def indexed(cls):\n    cls.operations = [OPERATION]\n    return cls\n\n@indexed\nEMPTY",
        "EMPTY    def __new__(cls, name, app):\n        cls.operations = [OPERATION]\n        return super().__new__(cls)\n",
        "EMPTY    def mutate_state(self, project_state, preserve=True):\n        self.operations = [OPERATION]\n        \
         return super().mutate_state(project_state, preserve)\n",
    ]);
}

#[test]
fn operations_that_are_no_list_are_said() {
    assert_not_analysed(&[
        "CLASS    operations = None\n",
        "CLASS    @property\n    def operations(self):\n        return [OPERATION]\n",
        "CLASS    def operations(self):\n        return [OPERATION]\n",
    ]);
}

#[test]
fn code_that_changes_django_or_sends_sql_while_it_is_imported_is_said() {
    assert_not_analysed(&[
        "migrations.RunSQL.database_forwards = lambda *given: given[2].execute(\"DROP TABLE shop_order\")\nEMPTY",
        "setattr(migrations.RunSQL, \"database_forwards\", None)\nEMPTY",
        "from django.db import connection\n\nwith connection.cursor() as cursor:\n    \
         cursor.execute(\"DROP TABLE shop_order\")\nEMPTY",
        "from django.db import connection\n\ndef drop():\n    with connection.cursor() as cursor:\n        \
         cursor.execute(\"DROP TABLE shop_order\")\n\ndef run():\n    drop()\n\nrun()\nEMPTY",
        "from django.db import connections\n\nconnections[\"default\"].cursor().execute(\"DROP TABLE shop_order\")\nEMPTY",
    ]);
}

#[test]
fn a_list_that_is_filled_in_sight_is_read() {
    assert_read(&[
        "ops = []\nops.append(OPERATION)\nCLASS    operations = ops\n",
        "ops = []\nops.insert(0, OPERATION)\nCLASS    operations = ops\n",
        "more = [OPERATION]\nCLASS    operations = [*more]\n",
        "more = [OPERATION]\nops = []\nops.extend(more)\nCLASS    operations = ops\n",
        "EMPTYMigration.operations += [OPERATION]\n",
        "EMPTYOther = Migration\nOther.operations = [OPERATION]\n",
        "CLASS    operations = (lambda: [OPERATION])()\n",
        "def get_operations():\n    operations = []\n    operations.append(OPERATION)\n    return operations\n\n\
         CLASS    operations = get_operations()\n",
    ]);
}

#[test]
fn a_class_that_is_given_the_name_is_read() {
    let other = CLASS.replace("class Migration", "class Other");
    assert_read(&[
        &format!("{other}    operations = [OPERATION]\n\nMigration = Other\n"),
        &format!("{other}    operations = []\n\nOther.operations = [OPERATION]\nMigration = Other\n"),
        &format!(
            "def make(found):\n    found.operations = [OPERATION]\n    return found\n{other}    operations = []\n\nMigration = make(Other)\n"
        ),
        "Migration = type(\"Migration\", (migrations.Migration,), {\"dependencies\": [(\"shop\", \"0001_initial\")], \
         \"operations\": [OPERATION]})\n",
        "ops = [OPERATION]\nattributes = {\"dependencies\": [(\"shop\", \"0001_initial\")], \"operations\": ops}\n\
         Migration = type(\"Migration\", (migrations.Migration,), attributes)\n",
        "CLASS    operations = [OPERATION]\n\nMigration = Migration\n",
    ]);
}

#[test]
fn a_class_that_something_unread_is_called_is_said() {
    let other = CLASS.replace("class Migration", "class Other");
    let made = "type(\"Migration\", (migrations.Migration,), {\"dependencies\": [(\"shop\", \"0001_initial\")], \
                \"operations\": ops})\n";
    assert_not_analysed(&[
        &format!("ops = []\nMigration = {made}ops.append(OPERATION)\n"),
        &format!("ops = []\n{other}    operations = ops\n\nMigration = Other\nops.append(OPERATION)\n"),
        "import shop.other\nMigration = shop.other.make()\n",
        "import shop.other\nMigration = type(\"Migration\", (migrations.Migration,), shop.other.attributes())\n",
        "Migration = None\n",
    ]);
}

#[test]
fn a_migration_that_is_imported_as_it_is_is_read() {
    let other = CLASS.replace("OPERATION", OPERATION);
    let made = format!("from django.db import migrations, models\n\n\n{other}    operations = [{OPERATION}]\n");
    for (module, expected) in [
        ("from shop.made import Migration\n", "create-index-blocking-writes"),
        (
            "from shop.made import (\n    Migration,\n)\n",
            "create-index-blocking-writes",
        ),
        (
            "from ..made import Migration as Migration\n",
            "create-index-blocking-writes",
        ),
        (
            "import shop.made\n\nMigration = shop.made.Migration\n",
            "create-index-blocking-writes",
        ),
        ("from shop.nowhere import Migration\n", "not-analysed"),
        ("from shop.made import *\n", "unreadable-file"),
    ] {
        let run = Scratch::new()
            .file("manage.py", "")
            .app("shop")
            .file("shop/made.py", made.clone())
            .file("shop/migrations/0002_shape.py", module)
            .run("check --output-format json");
        assert_eq!(
            run.findings(),
            [format!("shop/migrations/0002_shape.py: {expected}")],
            "{module}"
        );
    }
}

#[test]
fn a_class_that_is_imported_to_derive_from_is_no_migration_of_its_own() {
    let base = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    atomic = False\n";
    let derived = format!(
        "from shop.base import Migration\nfrom django.db import migrations, models\n\n\nclass Migration(Migration):\n    \
         dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [{OPERATION}]\n"
    );
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/base.py", base)
        .file("shop/migrations/0002_shape.py", derived)
        .run("sql shop 0002 --output-format json");
    let printed = run.json();
    assert_eq!(printed[0]["atomic"], false, "{printed}");
    assert_eq!(printed[0]["operations"].as_array().map(Vec::len), Some(1), "{printed}");
}

/// A class that collects operations, and an object of it.
const BUILDER: &str = "class Builder:\n    def __init__(self):\n        self.steps = []\n\n    \
                       def add(self, step):\n        self.steps.append(step)\n        return self\n\n    \
                       def build(self):\n        return self.steps\n\n    \
                       @staticmethod\n    def index():\n        return [OPERATION]\n\nbuilder = Builder()\n";

#[test]
fn operations_that_an_object_of_the_project_collects_are_read() {
    let shapes = [
        "CLASS    operations = Builder().add(OPERATION).build()\n",
        "CLASS    operations = [*Builder().add(OPERATION).build()]\n",
        "CLASS    operations = [*Builder().add(OPERATION).steps]\n",
        "CLASS    operations = Builder.index()\n",
        "CLASS    operations = [*builder.index()]\n",
        "CLASS    operations = [builder.index()[0]]\n",
    ];
    for shape in shapes {
        assert_read(&[&format!("{BUILDER}{shape}")]);
    }
}

#[test]
fn an_object_that_changes_after_it_was_made_is_said() {
    let shapes = [
        "builder.add(OPERATION)\nCLASS    operations = builder.build()\n",
        "builder.add(OPERATION)\nCLASS    operations = [*builder.build()]\n",
        "builder.steps.append(OPERATION)\nCLASS    operations = [*builder.steps]\n",
        "builder.steps = [OPERATION]\nCLASS    operations = builder.steps\n",
        "def fill():\n    builder.add(OPERATION)\nfill()\nCLASS    operations = builder.build()\n",
        "def fill():\n    builder.steps.append(OPERATION)\nfill()\nCLASS    operations = [*builder.steps]\n",
    ];
    for shape in shapes {
        assert_not_analysed(&[&format!("{BUILDER}{shape}")]);
    }
}

#[test]
fn a_migration_with_a_constructor_and_an_apply_of_its_own_does_what_both_do() {
    let found = found(
        "EMPTY    def __init__(self, name, app):\n        super().__init__(name, app)\n        self.operations = [OPERATION]\n\n    \
         def apply(self, project_state, schema_editor, collect_sql=False):\n        \
         state = super().apply(project_state, schema_editor, collect_sql)\n        \
         schema_editor.execute(\"DROP TABLE shop_order\")\n        return state\n",
    );
    assert_eq!(found, ["create-index-blocking-writes", "drop-table-in-use"]);
}

// Python's order (C3): `Second` stands before the base that it shares with `First`.
#[test]
fn operations_come_from_the_first_base_in_pythons_order() {
    assert_read(&[
        "class Base(migrations.Migration):\n    operations = []\n\nclass First(Base):\n    pass\n\n\
                   class Second(Base):\n    operations = [OPERATION]\n\n\
                   class Migration(First, Second):\n    dependencies = [(\"shop\", \"0001_initial\")]\n",
    ]);
}

#[test]
fn code_that_only_looks_at_the_operations_is_no_matter() {
    assert_read(&[
        "ops = [OPERATION]\nprint(len(ops), sorted(ops, key=repr))\nCLASS    operations = ops\n",
        "ops = [OPERATION]\ndef shown(found):\n    return [repr(one) for one in found]\nshown(ops)\nCLASS    operations = ops\n",
        "ops = [OPERATION]\nassert isinstance(ops, list)\nCLASS    operations = list(ops)\n",
        "from django.db import connection\n\nvendor = connection.vendor\nCLASS    operations = [OPERATION]\n",
        "from django.db import connection\n\ndef later():\n    def forward(apps, schema_editor):\n        \
         connection.cursor().execute(\"COMMENT ON TABLE shop_order IS 'x'\")\n    return forward\n\n\
         CLASS    operations = [OPERATION, migrations.RunPython(later())]\n",
        "import logging\n\nlogging.getLogger(__name__).info(\"read\")\nCLASS    operations = [OPERATION]\n",
        "names = {}\nnames[\"x\"] = 1\nnames.update(y=2)\nCLASS    operations = [OPERATION]\n",
    ]);
}
