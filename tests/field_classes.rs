//! Field classes of a project whose `contribute_to_class` is its own: whether they add columns to the model.

mod scratch;

use scratch::{Run, Scratch};

const SECOND: &str = "from django.db import migrations\n\nfrom shop.fields import OwnField\n\n\nclass Migration(migrations.Migration):\n    \
                      dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        \
                      migrations.AddField(\"order\", \"size\", OwnField(null=True)),\n    ]\n";

/// What is printed for a field whose class does this to its model, after Django's own has been called.
fn printed(lines: &str) -> String {
    let class = format!(
        "from functools import partialmethod\n\nfrom django.db import models\n\n\nclass OwnField(models.IntegerField):\n    \
         def contribute_to_class(self, cls, *args, **kwargs):\n        \"\"\"See `cls.add_to_class(name)`.\"\"\"\n        \
         super().contribute_to_class(cls, *args, **kwargs)\n{lines}"
    );
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/fields.py", class)
        .file("shop/migrations/0002_size.py", SECOND);
    Run::of(project.forelock().args(["sql", "shop", "0002"])).out
}

#[test]
fn methods_and_descriptors_on_the_model_are_no_columns() {
    for lines in [
        "        setattr(cls, f\"get_{self.name}_shown\", partialmethod(str, self))\n",
        "        if f\"get_{self.name}_shown\" not in cls.__dict__:\n            setattr(cls, f\"get_{self.name}_shown\", None)\n",
        "        if not cls._meta.abstract and hasattr(cls._meta, \"verbose_name_plural\"):\n            \
         self.remote_name = str(cls._meta.verbose_name_plural)\n",
    ] {
        let printed = printed(lines);
        assert!(printed.contains("ADD COLUMN \"size\" integer NULL;"), "{printed}");
        assert!(
            !printed.contains("known") && !printed.contains("not analysed"),
            "{printed}"
        );
    }
}

#[test]
fn what_may_add_a_column_and_is_not_followed_is_said() {
    for lines in [
        "        for name in names():\n            cls.add_to_class(name, models.IntegerField())\n",
        "        cls._meta.add_field(other_field(), private=True)\n",
        "        register(cls)\n",
    ] {
        let printed = printed(lines);
        assert!(printed.contains("contribute_to_class"), "{lines}{printed}");
    }
}

/// What is printed for a change of a field's `style` and label, where its class has this line.
fn restyled(line: &str) -> String {
    let class = format!(
        "from django.db import models\n\nfrom vendor import more\n\n\nclass OwnField(models.ForeignKey):\n{line}\n    \
         def __init__(self, *args, style=None, **kwargs):\n        self.style = style\n        super().__init__(*args, **kwargs)\n\n    \
         def deconstruct(self):\n        name, path, args, kwargs = super().deconstruct()\n        \
         return name, path, args, {{**kwargs, \"style\": self.style}}\n"
    );
    let field = |style: &str| format!("OwnField(\"shop.Order\", null=True, on_delete=None, style=\"{style}\")");
    let second = SECOND.replace("\"size\", OwnField(null=True)", &format!("\"parent\", {}", field("a")));
    let altered = format!(
        "),\n        migrations.AlterField(\"order\", \"parent\", {}),\n    ]\n",
        field("b")
    );
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/fields.py", class)
        .file("shop/migrations/0002_size.py", second.replace("),\n    ]\n", &altered));
    Run::of(project.forelock().args(["sql", "shop", "0002"])).out
}

#[test]
fn arguments_that_the_database_does_not_see_may_be_listed_in_any_way() {
    for line in [
        "    non_db_attrs = (*models.ForeignKey.non_db_attrs, \"style\")\n",
        "    non_db_attrs = models.ForeignKey.non_db_attrs + tuple([\"style\"])\n",
    ] {
        let printed = restyled(line);
        assert!(
            !printed.contains("DROP CONSTRAINT") && !printed.contains("not known"),
            "{line}{printed}"
        );
    }
    assert!(restyled("").contains("DROP CONSTRAINT"), "{}", restyled(""));
}

#[test]
fn a_list_of_them_that_is_not_followed_is_said() {
    for line in [
        "    non_db_attrs = models.ForeignKey.non_db_attrs + more()\n",
        "    non_db_attrs = (\"style\",)\n",
        "    @property\n    def non_db_attrs(self):\n        return more()\n",
    ] {
        let printed = restyled(line);
        assert!(
            printed.contains("its `non_db_attrs` is not followed"),
            "{line}{printed}"
        );
    }
}
