from django.db import migrations, models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Migration(migrations.Migration):
    dependencies = [("defaults", "0001_initial")]

    operations = [
        migrations.AddField("thing", "plain", models.CharField(default="plain", max_length=20)),
        migrations.AddField("thing", "empty", models.CharField(default="", max_length=20)),
        migrations.AddField("thing", "space", models.CharField(default=" ", max_length=20)),
        migrations.AddField("thing", "quote", models.CharField(default="it's", max_length=20)),
        migrations.AddField("thing", "double_quote", models.CharField(default='say "hello"', max_length=20)),
        migrations.AddField("thing", "backslash", models.CharField(default="C:\\temp", max_length=20)),
        migrations.AddField("thing", "both", models.CharField(default="\\'", max_length=20)),
        migrations.AddField("thing", "raw", models.CharField(default=r"^\d+$", max_length=20)),
        migrations.AddField("thing", "percent", models.CharField(default="100%", max_length=20)),
        migrations.AddField("thing", "placeholder", models.CharField(default="%s and %(name)s and %%", max_length=40)),
        migrations.AddField("thing", "braces", models.CharField(default="{} {name} {{", max_length=20)),
        migrations.AddField("thing", "newline", models.TextField(default="two\nlines\tand\r\nmore")),
        migrations.AddField("thing", "unicode", models.TextField(default="äöü – “quoted” 日本語 🎉")),
        migrations.AddField("thing", "escapes", models.TextField(default="\x07\u00e9\N{EURO SIGN}\U0001f389\101")),
        migrations.AddField("thing", "joined", models.TextField(default="one two three")),
        migrations.AddField(
            "thing",
            "triple",
            models.TextField(
                default="""
            {"indented": true}
        """
            ),
        ),
        migrations.AddField("thing", "semicolon", models.TextField(default="a; -- b /* c */")),
        migrations.AddField("thing", "dollar", models.TextField(default="$1 $$body$$")),
        migrations.AddField("thing", "lazy", models.CharField(default=_("A title"), max_length=20)),
        migrations.AddField(
            "thing", "lazy_context", models.CharField(default=pgettext_lazy("x", "May"), max_length=20)
        ),
        migrations.AddField("thing", "number_in_char", models.CharField(default=5, max_length=20)),
        migrations.AddField("thing", "boolean_in_char", models.CharField(default=False, max_length=20)),
        migrations.AddField("thing", "nullable", models.CharField(default="set", max_length=20, null=True)),
        migrations.AddField("thing", "nullable_none", models.CharField(default=None, max_length=20, null=True)),
        migrations.AddField("thing", "none", models.CharField(default=None, max_length=20)),
        migrations.AddField("thing", "blank", models.CharField(blank=True, max_length=20)),
        migrations.AddField("thing", "blank_null", models.CharField(blank=True, max_length=20, null=True)),
        migrations.AddField("thing", "slug", models.SlugField(default="a-b")),
        migrations.AddField("thing", "email", models.EmailField(default="a@example.org", max_length=254)),
        migrations.AddField("thing", "url", models.URLField(default="https://example.org/?a=%20b")),
        migrations.AddField("thing", "file", models.FileField(default="files/none.txt", upload_to="files")),
        migrations.AddField("thing", "blank_image", models.ImageField(blank=True, upload_to="files")),
        migrations.AddField("thing", "unique_once", models.CharField(default="only", max_length=20, unique=True)),
        migrations.AddField("thing", "indexed", models.CharField(db_index=True, default="many", max_length=20)),
    ]
