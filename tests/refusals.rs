//! Where Django or a package stops, whatever the rows are: an error at its place.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};

/// The reasons that `django-refuses` gives for these operations on `shop.Order`.
fn refusals(atomic: &str, operation: &str) -> Vec<String> {
    let imports = "from django_pg_migration_tools import operations as safer\nfrom django";
    let second = migration("shop", "0001_initial", operation)
        .replacen("from django", imports, 1)
        .replacen("    operations", &format!("    atomic = {atomic}\n    operations"), 1);
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second)
        .run("check . --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["rule"] == "django-refuses")
        .map(|finding| finding["message"].as_str().unwrap().to_owned())
        .collect()
}

const INDEX: &str = r#"safer.SaferAddIndexConcurrently("order", models.Index(fields=["id"], name="order_id_idx"))"#;

// `_ensure_not_in_transaction` of its operations.py.
#[test]
fn a_package_that_runs_in_no_transaction_is_refused_in_an_atomic_migration() {
    let told = "is refused by Django: the package runs this in no transaction, and the migration is atomic";
    assert_eq!(refusals("True", INDEX), [told]);
    assert_eq!(refusals("False", INDEX), Vec::<String>::new());
}

// "Can't safely create a FK field with null=False" of its operations.py.
#[test]
fn a_package_that_adds_keys_without_values_is_refused_where_the_key_is_not_null() {
    let key = |null: &str| {
        format!(
            r#"safer.SaferAddFieldForeignKey("order", "origin", models.ForeignKey("shop.Order", models.CASCADE{null}))"#
        )
    };
    let told = "is refused by Django: the package adds a foreign key only with null=True";
    assert_eq!(refusals("False", &key("")), [told]);
    assert_eq!(refusals("False", &key(", null=True")), Vec::<String>::new());
}

/// The same for the body of a function that a RunPython runs, which has `Order` of the history.
fn refusals_of_code(lines: &[&str]) -> Vec<String> {
    let operation = "migrations.CreateModel('Item', [('id', models.BigAutoField(primary_key=True)), \
        ('order', models.ForeignKey('shop.Order', models.CASCADE)), \
        ('lot', models.ForeignKey('shop.Order', models.CASCADE, related_name='lots'))]), migrations.RunPython(code)";
    let body = lines.join("\n    ");
    let code = format!(
        "def code(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n    {body}\n\n\nclass Migration"
    );
    let second = migration("shop", "0001_initial", operation).replacen("class Migration", &code, 1);
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second)
        .run("check . --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["rule"] == "django-refuses")
        .map(|finding| finding["message"].as_str().unwrap().to_owned())
        .collect()
}

// Each raises FieldError, FieldDoesNotExist, TypeError or ValueError in Django 4.2 and 5.2, with and without rows.
#[test]
fn a_field_that_the_model_of_the_history_lacks_is_refused_by_its_name() {
    let told = |what: &str| format!("is refused by Django: shop.Order has no field nope, and the code {what}");
    for (line, what) in [
        ("Order.objects.filter(nope=1).count()", "asks for it"),
        ("Order.objects.exclude(nope__gte=1).delete()", "asks for it"),
        (
            "Order.objects.filter(models.Q(status='a') | models.Q(nope__isnull=True))",
            "asks for it",
        ),
        ("Order.objects.order_by('-nope').first()", "asks for it"),
        (
            "list(Order.objects.values_list('nope__name', flat=True))",
            "asks for it",
        ),
        ("Order.objects.get_or_create(nope=1)", "asks for it"),
        ("Order.objects.filter(status='a').update(nope=1)", "updates it"),
        ("Order.objects.create(status='a', nope=1)", "makes an object with it"),
        ("Order(nope=1).save()", "makes an object with it"),
        (
            "for order in Order.objects.all(): order.save(update_fields=['nope'])",
            "saves it as soon as there is a row",
        ),
    ] {
        assert_eq!(refusals_of_code(&[line]), [told(what)], "{line}");
    }
}

#[test]
fn a_model_that_the_history_lacks_is_refused_where_the_code_asks_for_it() {
    let told = "is refused by Django: there is no model shop.lot, and the code asks for it";
    assert_eq!(refusals_of_code(&["Lot = apps.get_model('shop', 'Lot')"]), [told]);
    let tried = [
        "try:",
        "    Lot = apps.get_model('shop', 'Lot')",
        "except LookupError:",
        "    return",
    ];
    assert_eq!(refusals_of_code(&tried), Vec::<String>::new());
}

#[test]
fn names_that_django_finds_or_that_may_be_given_are_not_refused() {
    for lines in [
        &["Order.objects.filter(pk__gt=1, id__lt=9, status__startswith='a').order_by('?')"][..],
        &["Order.objects.filter(item=None, lots__isnull=True).values('item__id', 'lots')"],
        &["Order.objects.annotate(nope=models.Count('item')).filter(nope=1).order_by('nope')"],
        &["Order.objects.values(nope=models.F('status')).filter(nope='a')"],
        &["Order.objects.extra(select={'nope': '1'}).order_by('nope')"],
        &["Order.objects.with_nope().filter(nope=1)"],
        &["Order.busy.filter(nope=1)"],
        &["if schema_editor.connection.settings_dict: Order.objects.filter(nope=1)"],
        &[
            "from django.apps import apps",
            "apps.get_model('shop', 'Order').objects.filter(nope=1)",
        ],
        &["Order.objects.create(**{read(): 1})", "Order.objects.filter(**read())"],
        &["Order.objects.update(item=1) if read() else None"],
        &["Order._meta.get_field('nope') if read() else None"],
    ] {
        assert_eq!(refusals_of_code(lines), Vec::<String>::new(), "{lines:?}");
    }
}

/// What is sent by a block of `apply_timeouts` in a RunPython of a migration in a transaction, and what is refused.
fn timeouts(given: &str) -> (Vec<String>, Vec<String>) {
    let code = format!(
        "import datetime\nfrom django_pg_migration_tools import timeouts\n\n\ndef code(apps, schema_editor):\n    \
         with timeouts.apply_timeouts(using='default'{given}):\n        schema_editor.execute('SELECT 1')\n\n\nclass Migration"
    );
    let second = migration("shop", "0001_initial", "migrations.RunPython(code)").replacen("class Migration", &code, 1);
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second);
    let sent = scratch.run("sql shop 0002_change --output-format json").json();
    let sent = sent[0]["operations"][0]["statements"].as_array().unwrap().clone();
    let sent = sent.iter().map(|sql| sql.as_str().unwrap().to_owned()).collect();
    let report = scratch.run("check . --output-format json").json();
    let findings = report["findings"].as_array().unwrap().iter();
    let refused = findings.filter(|finding| finding["rule"] == "django-refuses");
    (
        sent,
        refused
            .map(|finding| finding["message"].as_str().unwrap().to_owned())
            .collect(),
    )
}

// `apply_timeouts` of its timeouts.py.
#[test]
fn timeouts_of_a_block_are_set_for_the_transaction_and_set_back() {
    let (sent, refused) = timeouts(", lock_timeout=datetime.timedelta(seconds=2)");
    let wanted = [
        "SET LOCAL lock_timeout = '2000ms'",
        "SELECT 1",
        "SET LOCAL lock_timeout = '0'",
    ];
    assert_eq!(sent, wanted);
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn timeouts_that_the_package_does_not_take_are_refused() {
    let second = "datetime.timedelta(seconds=1)";
    for given in [
        String::new(),
        ", lock_timeout=datetime.timedelta(0)".to_owned(),
        format!(", lock_timeout={second}, statement_timeout={second}"),
    ] {
        assert_eq!(timeouts(&given).1.len(), 1, "{given}");
    }
}
