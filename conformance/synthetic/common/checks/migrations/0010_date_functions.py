import datetime
import zoneinfo

from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.functions import (
    Extract,
    ExtractDay,
    ExtractHour,
    ExtractIsoWeekDay,
    ExtractIsoYear,
    ExtractMinute,
    ExtractMonth,
    ExtractQuarter,
    ExtractSecond,
    ExtractWeek,
    ExtractWeekDay,
    ExtractYear,
    Now,
    Trunc,
    TruncDate,
    TruncDay,
    TruncHour,
    TruncMinute,
    TruncMonth,
    TruncQuarter,
    TruncSecond,
    TruncTime,
    TruncWeek,
    TruncYear,
)
from django.db.models.lookups import Exact, GreaterThanOrEqual


class Migration(migrations.Migration):
    dependencies = [("checks", "0009_math")]

    operations = [
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractYear("moment")), name="date_functions_00")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractYear("date")), name="date_functions_01")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractIsoYear("moment")), name="date_functions_02")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractMonth("date")), name="date_functions_03")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractDay("moment")), name="date_functions_04")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractWeek("date")), name="date_functions_05")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractWeekDay("date")), name="date_functions_06")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractWeekDay("moment")), name="date_functions_07")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractIsoWeekDay("moment")), name="date_functions_08")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractQuarter("date")), name="date_functions_09")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractHour("moment")), name="date_functions_10")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractHour("time")), name="date_functions_11")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractMinute("time")), name="date_functions_12")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractSecond("moment")), name="date_functions_13")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractSecond("time")), name="date_functions_14")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Extract("moment", "year")), name="date_functions_15")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Extract("moment", "epoch")), name="date_functions_16")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Extract("duration", "epoch")), name="date_functions_17")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractHour("duration")), name="date_functions_18")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=ExtractDay("duration")), name="date_functions_19")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=ExtractHour("moment", tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))), name="date_functions_20"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=ExtractDay("moment", tzinfo=datetime.timezone.utc)), name="date_functions_21"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=ExtractDay("moment", tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30)))),
                name="date_functions_22",
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Exact(ExtractYear("date"), 2020), name="date_functions_23")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=GreaterThanOrEqual(ExtractMonth("date"), 6), name="date_functions_24")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=Trunc("moment", "month")), name="date_functions_25")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment=Trunc("moment", kind="hour", tzinfo=datetime.timezone.utc)), name="date_functions_26"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=Trunc("date", "year")), name="date_functions_27")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncYear("date")), name="date_functions_28")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncQuarter("date")), name="date_functions_29")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncMonth("date")), name="date_functions_30")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncWeek("date")), name="date_functions_31")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncDay("date")), name="date_functions_32")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=TruncYear("moment")), name="date_functions_33")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=TruncWeek("moment")), name="date_functions_34")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment=TruncDay("moment", tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))), name="date_functions_35"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=TruncHour("moment")), name="date_functions_36")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=TruncMinute("moment")), name="date_functions_37")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=TruncSecond("moment")), name="date_functions_38")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=TruncDate("moment")), name="date_functions_39")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date=TruncDate("moment", tzinfo=datetime.timezone.utc)), name="date_functions_40"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(time=TruncTime("moment")), name="date_functions_41")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(time=TruncHour("time")), name="date_functions_42")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(time=TruncMinute("time")), name="date_functions_43")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date=TruncMonth("moment", output_field=models.DateField())), name="date_functions_44"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__lt=Now()), name="date_functions_45")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moment__lt=Now() - Value(datetime.timedelta(days=3))), name="date_functions_46"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date__lt=TruncDate(Now())), name="date_functions_47")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date__year=ExtractYear("moment")), name="date_functions_48")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gte=ExtractYear("moment") + 1), name="date_functions_49")
        ),
    ]
