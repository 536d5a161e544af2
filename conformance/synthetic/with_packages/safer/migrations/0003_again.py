"""What stands already is left alone; a lock timeout comes back as it was."""

from django.db import migrations, models
from django_pg_migration_tools import operations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("safer", "0002_steps")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '90000ms'"),
        operations.SaferAddIndexConcurrently("book", models.Index(fields=["price"], name="book_price")),
        migrations.RunSQL("SET lock_timeout = '2500ms'"),
        operations.SaferRemoveIndexConcurrently("book", "book_price"),
        migrations.RunSQL("RESET lock_timeout"),
        migrations.RunSQL('ALTER TABLE "safer_book" ADD CONSTRAINT "by_hand" CHECK ("price" < 100) NOT VALID'),
        operations.SaferAddCheckConstraint(
            "book", models.CheckConstraint(condition=models.Q(price__lt=100), name="by_hand")
        ),
        migrations.RunSQL('ALTER TABLE "safer_book" DROP CONSTRAINT "by_hand"'),
        operations.SaferRemoveCheckConstraint("book", "by_hand"),
        migrations.RunSQL('ALTER TABLE "safer_book" ADD COLUMN "lender_id" integer NULL'),
        operations.SaferAddFieldForeignKey(
            "book", "lender", models.ForeignKey("safer.Place", models.CASCADE, null=True, related_name="+")
        ),
        migrations.RunSQL('ALTER TABLE "safer_book" DROP COLUMN "lender_id"'),
        operations.SaferRemoveFieldForeignKey("book", "lender"),
    ]
