import django.db.models.deletion
from django.db import migrations, models

SIXTY_THREE = "a_name_that_is_exactly_as_long_as_postgresql_permits_a_name_63x"


class Migration(migrations.Migration):
    """Names that are cut, quoted, or not ASCII."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="AModelWithAVeryLongNameIndeedSoThatMostThingsAreShortened",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("a_field_with_a_long_name_as_well", models.CharField(db_index=True, max_length=9, unique=True)),
                ("a_positive_number_with_a_long_name", models.PositiveIntegerField(db_index=True)),
                ("x", models.CharField(db_index=True, max_length=9)),
                ("y", models.IntegerField(unique=True)),
            ],
            options={
                "unique_together": {
                    ("a_field_with_a_long_name_as_well", "a_positive_number_with_a_long_name"),
                    ("x", "y"),
                },
            },
        ),
        migrations.CreateModel(
            name="AnotherModelWithANameOfConsiderableLengthThatRefersToTheFirst",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                (
                    "the_first_of_the_models_in_this_file",
                    models.ForeignKey(
                        "names.amodelwithaverylongnameindeedsothatmostthingsareshortened",
                        django.db.models.deletion.CASCADE,
                    ),
                ),
                (
                    "many_of_the_first_of_the_models_in_this_file",
                    models.ManyToManyField(
                        "names.amodelwithaverylongnameindeedsothatmostthingsareshortened", related_name="+"
                    ),
                ),
                (
                    "short",
                    models.ForeignKey(
                        "names.amodelwithaverylongnameindeedsothatmostthingsareshortened",
                        django.db.models.deletion.CASCADE,
                        related_name="+",
                        to_field="a_field_with_a_long_name_as_well",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Long",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("column", models.CharField(db_column=SIXTY_THREE, db_index=True, max_length=9, unique=True)),
                ("number", models.PositiveIntegerField(db_column="n" * 63, unique=True)),
                ("short", models.PositiveIntegerField(db_column="a%b")),
            ],
            options={"db_table": "t" * 63},
        ),
        migrations.CreateModel(
            name="TooLong",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("parent", models.ForeignKey("self", django.db.models.deletion.CASCADE, null=True)),
            ],
            options={"db_table": "this_table_has_a_name_that_is_longer_than_the_sixty_three_bytes_of_postgresql"},
        ),
        migrations.CreateModel(
            name="Straße",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("größe", models.PositiveIntegerField(db_index=True)),
                ("名前", models.CharField(db_index=True, max_length=9, unique=True)),
                (
                    "eine_lange_bezeichnung_für_den_schlüssel_größerer_straßen",
                    models.ForeignKey("self", django.db.models.deletion.CASCADE, null=True),
                ),
                ("ümläüte_überall_äöüäöüäöüäöüäöüäöü", models.IntegerField(unique=True)),
            ],
            options={"unique_together": {("größe", "名前")}},
        ),
        migrations.CreateModel(
            name="Quoted",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("order", models.IntegerField(db_index=True)),
                ("mixed", models.IntegerField(db_column="MixedCase", unique=True)),
                ("spaced", models.CharField(db_column="with space", db_index=True, max_length=9)),
                ("apostrophe", models.CharField(db_column="it's", max_length=9, unique=True)),
                ("percent", models.PositiveIntegerField(db_column="100%")),
                ("dash", models.PositiveIntegerField(db_column="a-b", null=True)),
                ("user", models.ForeignKey("self", django.db.models.deletion.CASCADE, db_column="User ID", null=True)),
                ("many", models.ManyToManyField("self", db_table="Many to many")),
            ],
            options={"db_table": "select", "index_together": {("order", "mixed")}},
        ),
        migrations.CreateModel(
            name="Schema",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("other", models.ForeignKey("names.quoted", django.db.models.deletion.CASCADE)),
            ],
            options={"db_table": '"already quoted"'},
        ),
        migrations.CreateModel(
            name="Leading",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("a", models.IntegerField(db_column="1st", db_index=True)),
                ("b", models.IntegerField(db_column="_b", unique=True)),
                ("parent", models.ForeignKey("self", django.db.models.deletion.CASCADE, db_column="0", null=True)),
            ],
            options={"db_table": "_leading", "unique_together": {("a", "b")}},
        ),
        migrations.CreateModel(
            name="Digit",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("a", models.CharField(db_index=True, max_length=3)),
                ("leading", models.ForeignKey("names.leading", django.db.models.deletion.CASCADE)),
            ],
            options={"db_table": "2nd_table_of_digits_with_a_name_that_goes_on_and_on_for_long"},
        ),
    ]
