import datetime
import datetime as dt
import uuid
from datetime import timedelta

from django.db import migrations, models
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("checks", "0004_text")]

    operations = [
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=datetime.date(2020, 1, 2)), name="dates_00")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__gt="2020-01-02"), name="dates_01")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date__range=(datetime.date(2020, 1, 1), datetime.date(2020, 12, 31))), name="dates_02"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date__in=[dt.date(2020, 1, 1), dt.date(2021, 1, 1)]), name="dates_03")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year=2020), name="dates_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year__gt=2020), name="dates_05")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year__gte=2020), name="dates_06")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year__lt=2020), name="dates_07")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year__lte=2020), name="dates_08")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__year__in=[2020, 2021]), name="dates_09")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date__year__range=(2000, 2020)), name="dates_10")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(date__year=2020), name="dates_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__iso_year=2020), name="dates_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__iso_year__gte=2020), name="dates_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__month=2), name="dates_14")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__month__gte=2), name="dates_15")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__month__in=[1, 2]), name="dates_16")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__day=29), name="dates_17")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__week=53), name="dates_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__week_day=1), name="dates_19")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__iso_week_day=7), name="dates_20")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__quarter__lt=3), name="dates_21")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment=dt.datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=dt.timezone.utc)), name="dates_22"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment__gt=dt.datetime(2020, 1, 2, tzinfo=dt.timezone(timedelta(hours=2)))), name="dates_23"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__lt="2020-01-02T03:04:05+00:00"), name="dates_24")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__year=2020), name="dates_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__year__lte=2020), name="dates_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__year__gt=1999), name="dates_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__iso_year=2020), name="dates_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__month=2), name="dates_29")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__day__gt=3), name="dates_30")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__hour=12), name="dates_31")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__minute__lt=30), name="dates_32")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__second__range=(0, 30)), name="dates_33")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__week_day=1), name="dates_34")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__quarter=4), name="dates_35")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__date=dt.date(2020, 1, 1)), name="dates_36")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__date__gt=dt.date(2020, 1, 1)), name="dates_37")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__date=F("date")), name="dates_38")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__time=dt.time(12)), name="dates_39")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__time__gte=dt.time(8, 30)), name="dates_40")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(time=dt.time(8, 30)), name="dates_41")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(time__gt="08:30:15"), name="dates_42")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(time__hour=8), name="dates_43")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(time__minute__gte=15), name="dates_44")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(time__second=0), name="dates_45")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(duration=timedelta(days=1)), name="dates_46")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(duration__gt=timedelta(0)), name="dates_47")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(duration__lte=timedelta(days=3, seconds=5, microseconds=7)), name="dates_48"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(duration__gt=timedelta(hours=-1)), name="dates_49")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__lt=Now()), name="dates_50")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__lte=Now() + timedelta(days=1)), name="dates_51")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment__gt=F("moment") - timedelta(minutes=5)), name="dates_52")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(date__lt=F("moment")), name="dates_53")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date__gt=F("date") + timedelta(days=2)), name="dates_54")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__gt=F("date")), name="dates_55")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(duration__gt=F("moment") - Now()), name="dates_56")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(duration__gt=ExpressionWrapper(F("moment") - F("moment"), output_field=DurationField())),
                name="dates_57",
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(duration__lt=F("duration") * 2), name="dates_58")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(duration=F("duration") + timedelta(seconds=1)), name="dates_59")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment__lt=Value(dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc))), name="dates_60"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date__lt=Value(dt.date(2020, 1, 2), output_field=models.DateField())), name="dates_61"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid=Value(uuid.UUID(int=5))), name="dates_62")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid__gt=uuid.UUID(int=5)), name="dates_63")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(uuid__in=[uuid.UUID(int=5), uuid.UUID(int=6)]), name="dates_64")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date__isnull=True) | Q(moment__isnull=False, date__lte=F("moment")), name="dates_65"
            ),
        ),
    ]
