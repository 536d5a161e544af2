from django.db import migrations, models


class Migration(migrations.Migration):
    """The names that PostgreSQL has given, of old and of new things."""

    dependencies = [("names", "0001_initial")]

    operations = [
        migrations.AlterField(
            "amodelwithaverylongnameindeedsothatmostthingsareshortened",
            "a_positive_number_with_a_long_name",
            models.IntegerField(db_index=True),
        ),
        migrations.AlterField(
            "amodelwithaverylongnameindeedsothatmostthingsareshortened", "y", models.PositiveIntegerField()
        ),
        migrations.AlterUniqueTogether("amodelwithaverylongnameindeedsothatmostthingsareshortened", {("x", "y")}),
        migrations.AlterField(
            "anothermodelwithanameofconsiderablelengththatreferstothefirst",
            "the_first_of_the_models_in_this_file",
            models.ForeignKey(
                "names.amodelwithaverylongnameindeedsothatmostthingsareshortened", models.CASCADE, null=True
            ),
        ),
        migrations.RemoveField("anothermodelwithanameofconsiderablelengththatreferstothefirst", "short"),
        migrations.AlterField(
            "amodelwithaverylongnameindeedsothatmostthingsareshortened",
            "a_field_with_a_long_name_as_well",
            models.CharField(max_length=9),
        ),
        migrations.AlterField(
            "amodelwithaverylongnameindeedsothatmostthingsareshortened", "id", models.BigAutoField(primary_key=True)
        ),
        migrations.AlterField("long", "column", models.CharField(db_column="short_again", max_length=9)),
        migrations.AlterField("long", "number", models.IntegerField(db_column="n" * 63)),
        migrations.AlterField("long", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("toolong", "code", models.CharField(max_length=19)),
        migrations.AlterField("toolong", "parent", models.OneToOneField("self", models.CASCADE, null=True)),
        migrations.AlterField("Straße", "größe", models.IntegerField()),
        migrations.AlterField("straße", "名前", models.CharField(db_index=True, max_length=9)),
        migrations.AlterField("straße", "ümläüte_überall_äöüäöüäöüäöüäöüäöü", models.BigIntegerField()),
        migrations.RenameField("straße", "名前", "name"),
        migrations.AddField("straße", "straßen", models.ManyToManyField("self")),
        migrations.RenameModel("Straße", "Gasse"),
        migrations.AlterField("quoted", "mixed", models.IntegerField(db_column="MixedCase")),
        migrations.AlterField("quoted", "spaced", models.TextField(db_column="with space", unique=True)),
        migrations.AlterField("quoted", "apostrophe", models.CharField(max_length=9)),
        migrations.AlterField("quoted", "dash", models.PositiveIntegerField(db_column="a-b", default=3)),
        migrations.AlterField("quoted", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterIndexTogether("quoted", set()),
        migrations.AlterModelTable("quoted", "Select 2"),
        migrations.AddField(
            "quoted", "late", models.CharField(db_column="Late", default="%", max_length=9, unique=True)
        ),
        migrations.AlterField("schema", "code", models.CharField(max_length=9)),
        migrations.AlterField("schema", "other", models.ForeignKey("names.quoted", models.CASCADE, null=True)),
        migrations.AlterField("leading", "a", models.CharField(db_column="1st", db_index=True, max_length=9)),
        migrations.AlterField("leading", "b", models.CharField(db_column="_b", db_index=True, max_length=9)),
        migrations.AlterField("digit", "leading", models.ForeignKey("names.leading", models.CASCADE, null=True)),
    ]
