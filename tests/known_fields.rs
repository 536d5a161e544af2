//! Field classes of well-known packages that convert what they store, recorded from real Django with the package installed.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Run, Scratch};

const STREAMS: &str = "\
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(\"Page\", [(\"id\", models.AutoField(primary_key=True))]),
        migrations.AddField(\"page\", \"bare\", wagtail.fields.StreamField([])),
        migrations.AddField(\"page\", \"null\", wagtail.fields.StreamField([], null=True)),
        migrations.AddField(\"page\", \"list\", wagtail.fields.StreamField([], default=list)),
        migrations.AddField(\"page\", \"dict\", wagtail.fields.StreamField([], default={})),
    ]
";

#[test]
fn a_stream_field_stores_none_as_null_of_json() {
    let project = Scratch::new()
        .file("manage.py", "")
        .file("pages/__init__.py", "")
        .file("pages/migrations/__init__.py", "")
        .file("pages/migrations/0001_initial.py", STREAMS);
    let run = Run::of(project.forelock().args(["sql", "--output-format", "json"]));
    let printed = run.json();
    let sent = |index: usize| {
        let operation = &printed[0]["operations"][index];
        operation["statements"][0].as_str().unwrap().to_owned()
    };
    assert!(sent(1).ends_with("jsonb DEFAULT 'null'::jsonb NOT NULL"), "{}", sent(1));
    assert!(sent(2).ends_with("jsonb DEFAULT 'null'::jsonb NULL"), "{}", sent(2));
    assert!(sent(3).ends_with("jsonb DEFAULT '[]'::jsonb NOT NULL"), "{}", sent(3));
    assert!(sent(4).contains("DEFAULT <unknown: "), "{}", sent(4));
    assert_eq!(printed[0]["operations"][4]["confidence"], "partial");
}
