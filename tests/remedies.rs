//! What could not be read has an owner, who is named, and a line that would make it known, or the word that none does.

mod scratch;

use scratch::Scratch;

/// The message and the help of what is not analysed in a migration that adds this field, or has these operations.
fn told(imports: &str, operation: &str) -> (String, String) {
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file(
            "shop/code.py",
            "import random\n\nfrom django.db import models\n\n\nclass Price(models.Field):\n    \
               def db_type(self, connection):\n        return random.choice([\"text\"])\n\n\n\
               def forwards(apps, schema_editor):\n    schema_editor.execute(random.choice([\"SELECT 1\"]))\n",
        )
        .file(
            "shop/migrations/0002_shape.py",
            format!(
                "from django.db import migrations, models\n{imports}\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [{operation}]\n"
            ),
        )
        .run("check --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let finding = findings.into_iter().find(|finding| finding["rule"] == "not-analysed");
    let text = |name: &str| {
        let text = finding.as_ref().and_then(|finding| finding[name].as_str());
        text.unwrap_or_default().to_owned()
    };
    (text("message"), text("help"))
}

#[test]
fn a_field_class_gets_the_line_that_says_its_column() {
    let fields = [
        ("import vendor.fields", "vendor.fields.PriceField"),
        ("import shop.code", "shop.code.Price"),
    ];
    for (import, class) in fields {
        let (message, help) = told(import, &format!("migrations.AddField(\"order\", \"price\", {class}())"));
        assert!(message.contains(class), "{message}");
        assert!(
            help.contains(&format!("[fields]\n    \"{class}\" = \"varchar(20)\"")),
            "{help}"
        );
    }
}

#[test]
fn a_class_that_no_file_has_asks_for_the_environment() {
    let (message, help) = told("import vendor.operations", "vendor.operations.Reindex(\"order\")");
    assert!(message.contains("vendor.operations.Reindex"), "{message}");
    assert!(
        help.contains("no file of `vendor.operations.Reindex` is at hand"),
        "{help}"
    );
    assert!(help.contains("--python .venv/bin/python"), "{help}");
}

#[test]
fn code_that_is_not_followed_is_named_and_no_line_is_promised() {
    let (message, help) = told("import shop.code", "migrations.RunPython(shop.code.forwards)");
    assert!(message.contains("`shop.code.forwards`"), "{message}");
    assert!(
        help.contains("nothing in the configuration says what `shop.code.forwards` does"),
        "{help}"
    );
}

#[test]
fn what_stands_in_the_migration_itself_is_to_be_read() {
    let (_, help) = told("import random", "migrations.RunSQL(random.choice([\"SELECT 1\"]))");
    assert!(
        help.starts_with("nothing in the configuration would say it: read it yourself"),
        "{help}"
    );
}

/// The help for a project whose field is as long as a setting says, and whose operations hang on another one.
fn helps(configuration: &str) -> Vec<String> {
    let run = Scratch::new()
        .file("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"settings\")\n")
        .file(
            "settings.py",
            "import os\n\nINSTALLED_APPS = [\"shop\"]\nSIZE = int(os.environ[\"SHOP_SIZE\"])\nHEAVY = os.environ[\"HEAVY\"]\n",
        )
        .app("shop")
        .file("forelock.toml", configuration)
        .file(
            "shop/migrations/0002_size.py",
            "from django.conf import settings\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
             dependencies = [(\"shop\", \"0001_initial\")]\n    \
             operations = [migrations.AddField(\"order\", \"note\", models.CharField(max_length=settings.SIZE, null=True))]\n",
        )
        .file(
            "shop/migrations/0003_heavy.py",
            "from django.conf import settings\nfrom django.db import migrations\n\noperations_of_ours = []\nif settings.HEAVY == \"yes\":\n    \
             operations_of_ours = [migrations.RunSQL(\"ANALYZE shop_order\")]\n\n\nclass Migration(migrations.Migration):\n    \
             dependencies = [(\"shop\", \"0002_size\")]\n    operations = operations_of_ours\n",
        )
        .run("check --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let unread = findings.iter().filter(|finding| finding["rule"] == "not-analysed");
    unread
        .map(|finding| finding["help"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_setting_gets_the_line_that_says_it_and_that_line_makes_it_known() {
    let helps_without = helps("");
    assert_eq!(helps_without.len(), 2, "{helps_without:?}");
    for (help, setting) in helps_without.iter().zip(["SIZE", "HEAVY"]) {
        assert!(help.contains(&format!("[settings]\n    {setting} = ")), "{help}");
    }
    assert_eq!(helps("[settings]\nSIZE = 9\nHEAVY = \"yes\"\n"), [""; 0]);
}

#[test]
fn a_name_of_a_module_that_no_file_has_asks_for_the_environment() {
    let field = "migrations.AddField(\"order\", \"price\", models.CharField(max_length=vendor.sizes.LONG, null=True))";
    let (message, help) = told("import vendor.sizes", field);
    assert!(message.contains("vendor.sizes.LONG"), "{message}");
    assert!(help.contains("no file of `vendor.sizes.LONG` is at hand"), "{help}");
    let (_, help) = told(
        "import vendor.sizes\n\nmore = []\nif vendor.sizes.IS_LONG:\n    more = [migrations.RunSQL(\"SELECT 1\")]\n",
        "*more",
    );
    assert!(help.contains("no file of `vendor.sizes.IS_LONG` is at hand"), "{help}");
}
