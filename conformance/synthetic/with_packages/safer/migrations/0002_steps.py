"""Every operation of django-pg-migration-tools."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Lower
from django_pg_migration_tools import operations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("safer", "0001_initial")]
    operations = [
        operations.SaferAddIndexConcurrently("book", models.Index(fields=["title", "-price"], name="book_title_price")),
        operations.SaferAddIndexConcurrently(
            model_name="book",
            index=models.Index(Lower("title"), name="book_lower", condition=models.Q(price__gt=3)),
        ),
        operations.SaferRemoveIndexConcurrently(model_name="book", name="book_lower"),
        operations.SaferAddUniqueConstraint(
            "book", models.UniqueConstraint(fields=["isbn"], name="book_isbn_unique")
        ),
        operations.SaferAddUniqueConstraint(
            model_name="book",
            constraint=models.UniqueConstraint(
                fields=["title", "isbn"], name="book_both_unique", deferrable=models.Deferrable.DEFERRED
            ),
            raise_if_exists=False,
        ),
        operations.SaferAddUniqueConstraint(
            "book",
            models.UniqueConstraint(fields=["title"], name="book_priced_unique", condition=models.Q(price__isnull=False)),
        ),
        operations.SaferAddUniqueConstraint(
            "book", models.UniqueConstraint(Lower("title"), "isbn", name="book_lower_unique")
        ),
        operations.SaferAddUniqueConstraint(
            "book",
            models.UniqueConstraint(fields=["price", "isbn"], name="book_nulls_unique", nulls_distinct=False),
        ),
        operations.SaferRemoveUniqueConstraint("book", "book_isbn_unique"),
        operations.SaferRemoveUniqueConstraint(model_name="book", name="book_priced_unique"),
        operations.SaferAddCheckConstraint(
            "book", models.CheckConstraint(condition=models.Q(price__gte=0), name="book_price_check")
        ),
        operations.SaferRemoveCheckConstraint(model_name="book", name="book_price_check"),
        operations.SaferAlterFieldSetNotNull("book", "price", models.IntegerField()),
        operations.SaferAlterFieldSetNotNull(
            model_name="book", name="isbn", field=models.CharField(max_length=13, db_column="isbn13")
        ),
        # It is NOT NULL already.
        operations.SaferAlterFieldSetNotNull("book", "title", models.CharField(max_length=200)),
        operations.SaferAddFieldForeignKey(
            "book", "author", models.ForeignKey("safer.Author", models.CASCADE, null=True)
        ),
        operations.SaferAddFieldForeignKey(
            model_name="book",
            name="shelf",
            field=models.ForeignKey("safer.Place", models.CASCADE, null=True, to_field="number", db_index=False, related_name="+"),
        ),
        operations.SaferAddFieldOneToOne(
            "book", "twin", models.OneToOneField("safer.Place", models.CASCADE, null=True, related_name="+")
        ),
        operations.SaferAddFieldForeignKey(
            "amodelwhosenamealoneislongenoughfornames",
            "reference_with_a_long_name",
            models.ForeignKey("safer.Book", models.SET_NULL, null=True),
        ),
        operations.SaferRemoveFieldForeignKey("book", "shelf"),
        operations.SaferRemoveFieldForeignKey(model_name="book", name="place"),
    ]
