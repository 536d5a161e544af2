import datetime
import zoneinfo
from datetime import date, timedelta

from django.db import migrations, models

FIRST = date(2020, 2, 28)
LATE = datetime.datetime(2020, 1, 2, 23, 30, tzinfo=datetime.timezone.utc)
WORD = "word"


class Migration(migrations.Migration):
    """Days and moments that are computed, and what time zones make of them."""

    dependencies = [("defaults", "0008_not_null")]

    operations = [
        migrations.AddField("thing", "computed_leap", models.DateField(default=FIRST + timedelta(1))),
        migrations.AddField("thing", "computed_weeks", models.DateField(default=FIRST - 2 * timedelta(weeks=1))),
        migrations.AddField("thing", "computed_hours", models.DateField(default=FIRST - timedelta(hours=1))),
        migrations.AddField("thing", "computed_between", models.DurationField(default=date(2021, 1, 1) - FIRST)),
        migrations.AddField("thing", "computed_sum", models.DurationField(default=timedelta(days=1) + timedelta(hours=30))),
        migrations.AddField("thing", "computed_moment", models.DateTimeField(default=LATE + timedelta(minutes=45))),
        migrations.AddField("thing", "local_date", models.DateField(default=LATE)),
        migrations.AddField("thing", "summer", models.DateTimeField(default=datetime.datetime(2021, 7, 1))),
        migrations.AddField("thing", "skipped", models.DateTimeField(default=datetime.datetime(2021, 3, 28, 2, 30))),
        migrations.AddField("thing", "repeated", models.DateTimeField(default=datetime.datetime(2021, 10, 31, 2, 30))),
        migrations.AddField(
            "thing",
            "elsewhere",
            models.DateTimeField(default=datetime.datetime(1971, 6, 1, tzinfo=zoneinfo.ZoneInfo("Africa/Monrovia"))),
        ),
        migrations.AddField("thing", "bits", models.IntegerField(default=(6 & 3) ^ 8 | 1 << 5)),
        migrations.AddField("thing", "shifted_back", models.IntegerField(default=-9 >> 1)),
        migrations.AddField("thing", "quotient", models.IntegerField(default=-9 // 2)),
        migrations.AddField("thing", "shown", models.CharField(default=f"{WORD!r}/{3!r}/{None!r}", max_length=20)),
        migrations.AddField("thing", "characters", models.JSONField(default=list("ab"))),
    ]
