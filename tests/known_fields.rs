//! Field classes of well-known packages that convert what they store, recorded from real Django with the package installed.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Run, Scratch};

const STREAMS: &str = "\
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(\"Page\", [(\"id\", models.AutoField(primary_key=True))]),
        migrations.AddField(\"page\", \"bare\", wagtail.fields.StreamField([])),
        migrations.AddField(\"page\", \"null\", wagtail.fields.StreamField([], null=True)),
        migrations.AddField(\"page\", \"list\", wagtail.fields.StreamField([], default=list)),
        migrations.AddField(\"page\", \"dict\", wagtail.fields.StreamField([], default={})),
    ]
";

#[test]
fn a_stream_field_stores_none_as_null_of_json() {
    let project = Scratch::new()
        .file("manage.py", "")
        .file("pages/__init__.py", "")
        .file("pages/migrations/__init__.py", "")
        .file("pages/migrations/0001_initial.py", STREAMS);
    let run = Run::of(project.forelock().args(["sql", "--output-format", "json"]));
    let printed = run.json();
    let sent = |index: usize| {
        let operation = &printed[0]["operations"][index];
        operation["statements"][0].as_str().unwrap().to_owned()
    };
    assert!(sent(1).ends_with("jsonb DEFAULT 'null'::jsonb NOT NULL"), "{}", sent(1));
    assert!(sent(2).ends_with("jsonb DEFAULT 'null'::jsonb NULL"), "{}", sent(2));
    assert!(sent(3).ends_with("jsonb DEFAULT '[]'::jsonb NOT NULL"), "{}", sent(3));
    assert!(sent(4).contains("DEFAULT <unknown: "), "{}", sent(4));
    assert_eq!(printed[0]["operations"][4]["confidence"], "partial");
}

#[test]
fn of_packages_with_the_same_module_that_one_is_taken_which_the_project_names() {
    let migration = "import encrypted_fields.fields\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
                     dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [migrations.AddField(\"order\", \"note\", \
                     encrypted_fields.fields.EncryptedCharField(max_length=9, null=True))]\n";
    for (package, column) in [
        ("django-searchable-encrypted-fields==0.2.1", "\"note\" bytea NULL"),
        ("django_fernet_encrypted_fields>=0.4", "\"note\" text NULL"),
        ("django-encrypted-fields", "\"note\" text NULL"),
    ] {
        let printed = Scratch::new()
            .file("manage.py", "")
            .file("requirements.txt", format!("django==5.2\n{package}\n"))
            .app("shop")
            .file("shop/migrations/0002_note.py", migration)
            .run("sql shop 0002");
        assert!(printed.out.contains(column), "{package}: {printed:?}");
    }
}

// The first as open-zaak's migration selectielijst.0004 sends it.
#[test]
fn a_list_is_what_django_makes_of_it_where_no_class_down_to_its_own_converts_it() {
    const YEARS: &str = "import django_better_admin_arrayfield.models.fields\nimport shop.fields\nfrom django.db import migrations, models\n\n\n\
                         class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        \
                         migrations.AddField(\"order\", \"a\", django_better_admin_arrayfield.models.fields.ArrayField(\
                         base_field=models.PositiveIntegerField(), default=[2017])),\n        \
                         migrations.AddField(\"order\", \"b\", shop.fields.Years(models.PositiveIntegerField(), default=[2017])),\n        \
                         migrations.AddField(\"order\", \"c\", shop.fields.Odd(models.PositiveIntegerField(), default=[2017])),\n    ]\n";
    const CLASSES: &str = "import vendor\nfrom django.contrib.postgres.fields import ArrayField\n\n\nclass Years(ArrayField):\n    \
                           def formfield(self, **kwargs):\n        return super().formfield(**kwargs)\n\n\n\
                           class Odd(vendor.Mixin, ArrayField):\n    pass\n";
    let printed = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/fields.py", CLASSES)
        .file("shop/migrations/0002_years.py", YEARS)
        .run("sql shop 0002");
    for column in ["a", "b"] {
        let added = format!("ADD COLUMN \"{column}\" integer[] DEFAULT '{{2017}}'::int4[] NOT NULL");
        assert!(printed.out.contains(&added), "{printed:?}");
    }
    assert!(
        printed.out.contains("ADD COLUMN \"c\" integer[] DEFAULT <unknown: "),
        "{printed:?}"
    );
}
