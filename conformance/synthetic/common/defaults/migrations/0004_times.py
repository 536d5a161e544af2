import datetime
import datetime as dt
import zoneinfo
from datetime import date, timedelta, timezone

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("defaults", "0003_numbers")]

    operations = [
        migrations.AddField("thing", "date", models.DateField(default=datetime.date(2020, 2, 29))),
        migrations.AddField("thing", "imported_date", models.DateField(default=date(1999, 12, 31))),
        migrations.AddField("thing", "date_text", models.DateField(default="2001-02-03")),
        migrations.AddField("thing", "date_of_datetime", models.DateField(default=datetime.datetime(2020, 1, 2, 3, 4))),
        migrations.AddField("thing", "date_today", models.DateField(default=datetime.date.today)),
        migrations.AddField("thing", "date_auto_now", models.DateField(auto_now=True)),
        migrations.AddField("thing", "date_auto_now_add", models.DateField(auto_now_add=True, null=True)),
        migrations.AddField("thing", "date_of_now", models.DateField(default=django.utils.timezone.now)),
        migrations.AddField(
            "thing",
            "moment",
            models.DateTimeField(default=datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddField(
            "thing", "micro", models.DateTimeField(default=dt.datetime(2020, 1, 2, 3, 4, 5, 600, timezone.utc))
        ),
        migrations.AddField(
            "thing",
            "offset",
            models.DateTimeField(default=dt.datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ),
        migrations.AddField(
            "thing",
            "zone",
            models.DateTimeField(default=dt.datetime(2020, 7, 2, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))),
        ),
        migrations.AddField("thing", "naive", models.DateTimeField(default=datetime.datetime(2020, 1, 2, 3, 4))),
        migrations.AddField("thing", "moment_text", models.DateTimeField(default="2020-01-02T03:04:05Z")),
        migrations.AddField("thing", "moment_of_date", models.DateTimeField(default=datetime.date(2020, 1, 2))),
        migrations.AddField("thing", "now", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("thing", "auto_now", models.DateTimeField(auto_now=True)),
        migrations.AddField(
            "thing", "auto_now_add", models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now)
        ),
        migrations.AddField("thing", "null_now", models.DateTimeField(default=django.utils.timezone.now, null=True)),
        migrations.AddField("thing", "time", models.TimeField(default=datetime.time(12, 30))),
        migrations.AddField("thing", "time_seconds", models.TimeField(default=datetime.time(23, 59, 59, 999999))),
        migrations.AddField("thing", "time_text", models.TimeField(default="08:00")),
        migrations.AddField("thing", "time_auto_now", models.TimeField(auto_now=True)),
        migrations.AddField("thing", "duration", models.DurationField(default=datetime.timedelta(days=1))),
        migrations.AddField("thing", "duration_zero", models.DurationField(default=datetime.timedelta(0))),
        migrations.AddField(
            "thing",
            "duration_parts",
            models.DurationField(default=timedelta(days=400, hours=3, seconds=4, microseconds=5)),
        ),
        migrations.AddField("thing", "duration_negative", models.DurationField(default=timedelta(minutes=-5))),
        migrations.AddField("thing", "duration_null", models.DurationField(default=timedelta, null=True)),
    ]
