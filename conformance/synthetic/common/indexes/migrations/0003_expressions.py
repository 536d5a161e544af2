from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import Case, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.expressions import CombinedExpression, ExpressionWrapper, OrderBy, RawSQL
from django.db.models.fields.json import KT, KeyTextTransform, KeyTransform
from django.db.models.functions import (
    MD5,
    Abs,
    Cast,
    Coalesce,
    Collate,
    Extract,
    ExtractMonth,
    ExtractYear,
    Left,
    Length,
    Lower,
    Mod,
    NullIf,
    Reverse,
    Round,
    StrIndex,
    Substr,
    Trim,
    Trunc,
    TruncDate,
    TruncMonth,
    Upper,
)


class Migration(migrations.Migration):
    dependencies = [("indexes", "0002_add")]

    operations = [
        migrations.AddIndex("page", models.Index(Upper("title"), name="e_upper")),
        migrations.AddIndex("page", models.Index(Upper(Trim("body")), name="e_nested")),
        migrations.AddIndex("page", models.Index(Coalesce("other", 0), name="e_coalesce")),
        migrations.AddIndex("page", models.Index(Coalesce(F("other"), F("number"), Value(5)), name="e_coalesce_three")),
        migrations.AddIndex("page", models.Index(F("number") + F("other"), name="e_plus")),
        migrations.AddIndex("page", models.Index((F("number") * 2 - 1) / F("number"), name="e_arithmetic")),
        migrations.AddIndex("page", models.Index(F("number") % 3, name="e_mod")),
        migrations.AddIndex("page", models.Index(F("number").bitand(4), F("number").bitor(1), name="e_bits")),
        migrations.AddIndex("page", models.Index(F("number").bitxor(4).desc(), name="e_bitxor")),
        migrations.AddIndex("page", models.Index(-F("number"), name="e_negative")),
        migrations.AddIndex("page", models.Index(F("number") ** 2, name="e_power")),
        migrations.AddIndex("page", models.Index(CombinedExpression(F("number"), "+", Value(1)), name="e_combined")),
        migrations.AddIndex("page", models.Index(Cast("number", TextField()), name="e_cast_text")),
        migrations.AddIndex(
            "page", models.Index(Cast("title", output_field=models.CharField(max_length=5)), name="e_cast_char")
        ),
        migrations.AddIndex(
            "page", models.Index(Cast(KeyTextTransform("size", "data"), IntegerField()), name="e_cast_key")
        ),
        migrations.AddIndex("page", models.Index(Collate("title", "C"), name="e_collate")),
        migrations.AddIndex("page", models.Index(Collate(F("title"), "de-x-icu").desc(), name="e_collate_desc")),
        migrations.AddIndex("page", models.Index(Left("title", 3), Length("title"), name="e_left")),
        migrations.AddIndex("page", models.Index(Substr("title", 2, 3), name="e_substr")),
        migrations.AddIndex("page", models.Index(StrIndex("title", Value("%")), name="e_strindex")),
        migrations.AddIndex("page", models.Index(MD5("body"), Reverse("title"), name="e_md5")),
        migrations.AddIndex("page", models.Index(NullIf("title", Value("")), name="e_nullif")),
        migrations.AddIndex("page", models.Index(Abs("number"), Mod("number", 7), name="e_abs")),
        migrations.AddIndex("page", models.Index(Round(F("number") / Value(2.5), precision=1), name="e_round")),
        migrations.AddIndex("page", models.Index(ExtractYear("created"), name="e_year")),
        migrations.AddIndex("page", models.Index(ExtractMonth("created").desc(), "number", name="e_month")),
        migrations.AddIndex("page", models.Index(Extract("created", "iso_week_day"), name="e_week_day")),
        migrations.AddIndex("page", models.Index(TruncMonth("created"), name="e_trunc_month")),
        migrations.AddIndex("page", models.Index(TruncDate("created"), name="e_trunc_date")),
        migrations.AddIndex("page", models.Index(Trunc("created", "day"), name="e_trunc")),
        migrations.AddIndex("page", models.Index("data__name", name="e_json_path")),
        migrations.AddIndex("page", models.Index(F("data__a__0__b"), name="e_json_deep")),
        migrations.AddIndex("page", models.Index(KeyTransform("a", KeyTransform("b", "data")), name="e_key")),
        migrations.AddIndex("page", models.Index(KeyTextTransform("it's", "data"), name="e_key_text")),
        migrations.AddIndex("page", models.Index(KT("data__a__b"), name="e_kt")),
        migrations.AddIndex("page", models.Index("tags__0", name="e_array_item")),
        migrations.AddIndex("page", models.Index(Lower("title"), name="e_lower")),
        migrations.AddIndex(
            "page",
            models.Index(
                Case(When(published=True, then="number"), When(other__gt=3, then=F("other")), default=Value(0)),
                name="e_case",
            ),
        ),
        migrations.AddIndex(
            "page", models.Index(Case(When(Q(number=1) & ~Q(title=""), then=Value(True))), name="e_case_bare")
        ),
        migrations.AddIndex("page", models.Index(Func("title", function="initcap"), name="e_func")),
        migrations.AddIndex(
            "page",
            models.Index(
                Func(F("title"), Value("a%b"), function="strpos", output_field=IntegerField()), name="e_func_value"
            ),
        ),
        migrations.AddIndex(
            "page", models.Index(Func(F("body"), template="(%(expressions)s || 'x')"), name="e_func_template")
        ),
        migrations.AddIndex("page", models.Index(RawSQL("lower(title)", ()), name="e_raw")),
        migrations.AddIndex("page", models.Index(RawSQL("left(title, %s)", (5,)).desc(), name="e_raw_param")),
        migrations.AddIndex(
            "page", models.Index(OrderBy(F("number"), descending=True, nulls_first=True), name="e_order_by")
        ),
        migrations.AddIndex(
            "page", models.Index(ExpressionWrapper(F("number") + 1, output_field=IntegerField()), name="e_wrapper")
        ),
        migrations.AddIndex(
            "page", models.Index(ExpressionWrapper(Q(number__gt=1), models.BooleanField()), name="e_wrapped_q")
        ),
        migrations.AddIndex(
            "page", GinIndex(OpClass(Upper(Coalesce("body", Value(""))), name="gin_trgm_ops"), name="e_gin_coalesce")
        ),
        migrations.AddIndex(
            "page",
            models.Index(OpClass(Lower("title"), name="varchar_pattern_ops").asc(), "number", name="e_ops_mixed"),
        ),
    ]
