//! Spellings of code that runs in a migration, and what each does.

#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use forelock::python::{Module, Modules, Origin, parse};
use forelock::python_work::{
    Action, Certainty, Change, EditorArgument, Effect, Parameters, PythonWork, RowEffect, Target, TextPiece,
    WrittenField, WrittenValue,
};
use forelock::source::SourceFile;
use forelock::value::Value;

const IMPORTS: &str = "\
from django.db import connection, connections, migrations, models, transaction
from django.core.management import call_command
import functools
";

fn module(path: &str, text: &str, modules: &Modules) -> Module {
    let is_package = !path.contains('.');
    let source = SourceFile::new(PathBuf::from(format!("{path}.py")), text.to_owned());
    parse(&source, Origin { path, is_package }, modules)
}

/// What `code`, a name of the module, does when it gets `apps` and `schema_editor`; and the texts of the modules.
fn run_with(text: &str, others: &[(&str, &str)]) -> (PythonWork, Vec<Arc<SourceFile>>) {
    let mut modules = Modules::default();
    let mut sources = Vec::new();
    for (path, text) in others {
        let other = module(path, text, &modules);
        sources.push(Arc::clone(&other.source));
        modules.insert(other);
    }
    let text = format!("{IMPORTS}{text}");
    let start = module("shop.migrations.0002_x", &text, &modules);
    let code = Value::Name("shop.migrations.0002_x.code".to_owned());
    sources.push(Arc::clone(&start.source));
    (modules.run_python(&start, &code, None, &mut Vec::new()), sources)
}

fn run(text: &str) -> Vec<String> {
    run_with(text, &[]).0.effects.iter().map(shown).collect()
}

/// The body of a function that gets `apps` and `schema_editor`.
fn body(lines: &str) -> Vec<String> {
    let mut text = "def code(apps, schema_editor):\n".to_owned();
    for line in lines.lines() {
        let _ = writeln!(text, "    {line}");
    }
    run(&text)
}

fn shown(effect: &Effect) -> String {
    let mut text = match &effect.action {
        Action::Sql { text, params, .. } => match params {
            Parameters::Many(_) => format!("many {}", joined(text)),
            Parameters::None | Parameters::Given(_) => format!("sql {}", joined(text)),
        },
        Action::Editor(call) => {
            let arguments: Vec<String> = call.arguments.iter().map(argument).collect();
            format!("{}({})", call.method, arguments.join(", "))
        }
        Action::Rows(rows) => row_effect(rows),
        Action::Begin => "begin".to_owned(),
        Action::End => "end".to_owned(),
        Action::Limit(timeouts) => format!("limit {timeouts:?}"),
        Action::Unlimit => "unlimit".to_owned(),
        Action::Base => "base".to_owned(),
        Action::Command { name, .. } => format!("command {}", name.as_deref().unwrap_or("?")),
        Action::Unfollowed { handed, .. } => format!("unfollowed {handed:?}"),
    };
    if matches!(effect.certainty, Certainty::PerRow | Certainty::Doubtful) {
        text.push_str(" ?");
    }
    text
}

fn joined(pieces: &[TextPiece]) -> String {
    let pieces = pieces.iter().map(|piece| match piece {
        TextPiece::Known(text) => text.to_string(),
        TextPiece::Table(model) => format!("<table {}.{}>", model.app, model.name),
        TextPiece::Column(model, field) => format!("<column {}.{}.{field}>", model.app, model.name),
        TextPiece::Value { .. } | TextPiece::Unknown(_) => "<?>".to_owned(),
    });
    pieces.collect()
}

fn argument(argument: &EditorArgument) -> String {
    match argument {
        EditorArgument::Model(model) => format!("{}.{}", model.app, model.name),
        EditorArgument::FieldOf(model, field) => format!("{}.{}.{field}", model.app, model.name),
        EditorArgument::Field { value, name } => {
            format!("{name}={}", value.as_call().map_or("?", |call| call.class_name()))
        }
        EditorArgument::Text(text) => joined(text),
        EditorArgument::Value(Value::Call(call)) => call.class_name().to_owned(),
        EditorArgument::Value(value) => format!("{value:?}"),
    }
}

fn row_effect(rows: &RowEffect) -> String {
    let change = match &rows.change {
        Change::Read => "read".to_owned(),
        Change::Insert { fields } => format!("insert {fields:?}"),
        Change::Ask => "ask".to_owned(),
        Change::Update { fields: Some(fields) } => {
            let fields: Vec<String> = fields.iter().map(written).collect();
            format!("update {fields:?}")
        }
        Change::Update { fields: None } => "update ?".to_owned(),
        Change::Delete => "delete".to_owned(),
        Change::Upsert { fields } => format!("upsert {fields:?}"),
        Change::Link => "link".to_owned(),
        Change::Unlink => "unlink".to_owned(),
    };
    let target = match &rows.target {
        Target::Model(model) => format!("{}.{}", model.app, model.name),
        Target::Relation(model, field) => format!("{}.{}.{field}", model.app, model.name),
        Target::Through(model, field) => format!("{}.{}.{field}.through", model.app, model.name),
        Target::Unknown => "?".to_owned(),
    };
    let locks = if rows.locks { " locked" } else { "" };
    format!("{change} {target} {:?}{locks}", rows.reach)
}

fn written(field: &WrittenField) -> String {
    let mark = match field.value {
        WrittenValue::Null => "=None",
        WrittenValue::Same => "=itself",
        WrittenValue::Stepwise => "=from itself",
        WrittenValue::One(_) | WrittenValue::Other => "",
    };
    format!("{}{mark}", field.name)
}

const SQL: &str = "sql ALTER TABLE shop_order ADD x int";

#[test]
fn sql_is_found_in_all_spellings() {
    #[rustfmt::skip]
    let spellings = [
        "schema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "schema_editor.execute(sql='ALTER TABLE shop_order ADD x int')",
        "schema_editor.execute('ALTER TABLE shop_order ADD x int', None)",
        "run = schema_editor.execute\nrun('ALTER TABLE shop_order ADD x int')",
        "editor = schema_editor\neditor.execute('ALTER TABLE shop_order ADD x int')",
        "c = connection.cursor()\nc.execute('ALTER TABLE shop_order ADD x int')",
        "connection.cursor().execute('ALTER TABLE shop_order ADD x int')",
        "with connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "with schema_editor.connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "with connections['default'].cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "with connections[schema_editor.connection.alias].cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "from django.db import connection as conn\nwith conn.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "import django.db\nwith django.db.connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "from django import db\nwith db.connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "from contextlib import closing\nwith closing(connection.cursor()) as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "sql = 'ALTER TABLE shop_order ADD x int'\nschema_editor.execute(sql)",
        "schema_editor.execute('ALTER TABLE %s ADD x int' % 'shop_order')",
        "schema_editor.execute('ALTER TABLE %(t)s ADD %(c)s int' % {'t': 'shop_order', 'c': 'x'})",
        "schema_editor.execute('ALTER TABLE {} ADD x int'.format('shop_order'))",
        "schema_editor.execute('ALTER TABLE {t} ADD x int'.format(t='shop_order'))",
        "t = 'shop_order'\nschema_editor.execute(f'ALTER TABLE {t} ADD x int')",
        "schema_editor.execute('ALTER TABLE ' + 'shop_order' + ' ADD x int')",
        "sql = 'ALTER TABLE shop_order '\nsql += 'ADD x int'\nschema_editor.execute(sql)",
        "schema_editor.execute(' '.join(['ALTER TABLE', 'shop_order', 'ADD x int']))",
        "import textwrap\nschema_editor.execute(textwrap.dedent('''\\\n    ALTER TABLE shop_order ADD x int'''))",
        "from textwrap import dedent\nschema_editor.execute(dedent('  ALTER TABLE shop_order ADD x int').strip())",
        "schema_editor.execute('ALTER TABLE ORDERS ADD x int'.replace('ORDERS', 'shop_order'))",
        "for sql in ['ALTER TABLE shop_order ADD x int']:\n    schema_editor.execute(sql)",
        "for t, c in [('shop_order', 'x')]:\n    schema_editor.execute(f'ALTER TABLE {t} ADD {c} int')",
        "for t, c in {'shop_order': 'x'}.items():\n    schema_editor.execute(f'ALTER TABLE {t} ADD {c} int')",
        "[schema_editor.execute(sql) for sql in ('ALTER TABLE shop_order ADD x int',)]",
        "statements = []\nstatements.append('ALTER TABLE shop_order ADD x int')\nfor s in statements:\n    schema_editor.execute(s)",
        "list(map(schema_editor.execute, ['ALTER TABLE shop_order ADD x int']))",
        "if schema_editor.connection.vendor == 'postgresql':\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "if connection.vendor != 'postgresql':\n    return\nschema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "if 'postgres' not in connection.vendor:\n    return\nschema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "if not schema_editor.connection.vendor.startswith('postgres'):\n    return\nschema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "if schema_editor.connection.alias != 'default':\n    return\nschema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "if connection.vendor == 'sqlite':\n    schema_editor.execute('x')\nelse:\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "def inner():\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')\ninner()",
        "run = lambda sql: schema_editor.execute(sql)\nrun('ALTER TABLE shop_order ADD x int')",
        "try:\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')\nexcept Exception:\n    pass",
        "from psycopg2 import sql\nschema_editor.execute(sql.SQL('ALTER TABLE {} ADD x int').format(sql.SQL('shop_order')))",
        "getattr(schema_editor, 'execute')('ALTER TABLE shop_order ADD x int')",
        "for i in range(1):\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')",
        "sqls = {'a': 'ALTER TABLE shop_order ADD x int'}\nschema_editor.execute(sqls['a'])",
        "with connection.cursor() as c, transaction_free():\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "apps.get_model('shop', 'Order').objects.raw('ALTER TABLE shop_order ADD x int')",
        "with connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int', [])",
        "connection.connection.cursor().execute('ALTER TABLE shop_order ADD x int')",
        "match schema_editor.connection.vendor:\n    case 'postgresql':\n        schema_editor.execute('ALTER TABLE shop_order ADD x int')\n    case _:\n        schema_editor.execute('b')",
        "if (sql := 'ALTER TABLE shop_order ADD x int'):\n    schema_editor.execute(sql)",
        "from string import Template\nschema_editor.execute(Template('ALTER TABLE $t ADD x int').substitute(t='shop_order'))",
        "import itertools\nfor t, c in itertools.product(['shop_order'], ['x']):\n    schema_editor.execute(f'ALTER TABLE {t} ADD {c} int')",
        "from collections import namedtuple\nRow = namedtuple('Row', 'table column')\nfor row in [Row('shop_order', 'x')]:\n    schema_editor.execute(f'ALTER TABLE {row.table} ADD {row.column} int')",
        "from collections import namedtuple\nRow = namedtuple('Row', ['table', 'column'])\nfor t, c in [Row('shop_order', column='x')]:\n    schema_editor.execute(f'ALTER TABLE {t} ADD {c} int')",
        "class Run:\n    def __init__(self, editor):\n        self.editor = editor\n    def go(self, sql):\n        self.editor.execute(sql)\nRun(schema_editor).go('ALTER TABLE shop_order ADD x int')",
        "class Run:\n    table = 'shop_order'\n    @staticmethod\n    def go(editor, table):\n        editor.execute(f'ALTER TABLE {table} ADD x int')\nRun.go(schema_editor, Run.table)",
        "from types import SimpleNamespace\ncontext = SimpleNamespace(editor=schema_editor)\ncontext.editor.execute('ALTER TABLE shop_order ADD x int')",
        "from contextlib import ExitStack\nwith ExitStack() as stack:\n    c = stack.enter_context(connection.cursor())\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "from typing import cast\ncast(object, schema_editor).execute('ALTER TABLE shop_order ADD x int')",
        "functools.reduce(lambda _, sql: schema_editor.execute(sql), ['ALTER TABLE shop_order ADD x int'], None)",
        "table, *rest = ['shop_order', 'x', 'int']\nschema_editor.execute(f'ALTER TABLE {table} ADD {rest[0]} {rest[1]}')",
        "schema_editor.execute('-- ALTER TABLE shop_order ADD x int'[3:])",
        "schema_editor.execute('ALTER TABLE {0[t]} ADD x int'.format({'t': 'shop_order'}))",
        "from types import SimpleNamespace\nschema_editor.execute('ALTER TABLE {o.table} ADD x int'.format(o=SimpleNamespace(table='shop_order')))",
        "table = 'shop_order'\nschema_editor.execute(f'ALTER TABLE {table:s} ADD x int')",
        "import sqlparse\nfor sql in sqlparse.split('ALTER TABLE shop_order ADD x int'):\n    schema_editor.execute(sql)",
        "from psycopg2.extras import execute_batch\nwith connection.cursor() as c:\n    c.execute('ALTER TABLE shop_order ADD x int')",
        "with connection.schema_editor() as editor:\n    editor.execute('ALTER TABLE shop_order ADD x int')",
    ];
    for lines in spellings {
        assert_eq!(body(lines), [SQL], "{lines}");
    }
}

#[test]
fn code_is_followed_whatever_it_is() {
    let execute = "schema_editor.execute('ALTER TABLE shop_order ADD x int')";
    let spellings = [
        format!("def code(apps, schema_editor):\n    {execute}\n"),
        format!("code = lambda apps, schema_editor: {execute}\n"),
        "def run(sql, apps, schema_editor):\n    schema_editor.execute(sql)\ncode = functools.partial(run, 'ALTER TABLE shop_order ADD x int')\n".to_owned(),
        format!("class Run:\n    def run(self, apps, schema_editor):\n        {execute}\ncode = Run().run\n"),
        format!("class Run:\n    @staticmethod\n    def run(apps, schema_editor):\n        {execute}\ncode = Run.run\n"),
        format!("class Run:\n    @classmethod\n    def run(cls, apps, schema_editor):\n        {execute}\ncode = Run.run\n"),
        format!("class Run:\n    def __call__(self, apps, schema_editor):\n        {execute}\ncode = Run()\n"),
        "class Run:\n    def __init__(self, table):\n        self.table = table\n    def __call__(self, apps, schema_editor):\n        schema_editor.execute(f'ALTER TABLE {self.table} ADD x int')\ncode = Run('shop_order')\n".to_owned(),
        "class Base:\n    def __call__(self, apps, schema_editor):\n        schema_editor.execute(self.sql())\nclass Run(Base):\n    def sql(self):\n        return 'ALTER TABLE shop_order ADD x int'\ncode = Run()\n".to_owned(),
        "def make(table):\n    def run(apps, schema_editor):\n        schema_editor.execute('ALTER TABLE %s ADD x int' % table)\n    return run\ncode = make('shop_order')\n".to_owned(),
        format!("def only(function):\n    @functools.wraps(function)\n    def wrapper(apps, schema_editor):\n        if schema_editor.connection.vendor != 'postgresql':\n            return\n        return function(apps, schema_editor)\n    return wrapper\n@only\ndef code(apps, schema_editor):\n    {execute}\n"),
        format!("def only(vendor):\n    def decorate(function):\n        def wrapper(*args, **kwargs):\n            return function(*args, **kwargs)\n        return wrapper\n    return decorate\n@only('postgresql')\ndef code(apps, schema_editor):\n    {execute}\n"),
        format!("def helper(schema_editor):\n    {execute}\ndef code(apps, schema_editor):\n    helper(schema_editor)\n"),
        "SQL = 'ALTER TABLE shop_order ADD x int'\ndef code(apps, schema_editor):\n    schema_editor.execute(SQL)\n".to_owned(),
        "TABLES = ['shop_order']\ndef code(apps, schema_editor):\n    for table in TABLES:\n        schema_editor.execute(f'ALTER TABLE {table} ADD x int')\n".to_owned(),
        format!("def code(*args):\n    apps, schema_editor = args\n    {execute}\n"),
        format!("def code(apps, schema_editor, **kwargs):\n    {execute}\n"),
    ];
    for text in spellings {
        assert_eq!(run(&text), [SQL], "{text}");
    }
}

#[test]
fn members_of_an_enumeration_are_told_apart() {
    let text = "from enum import Enum\nclass Phase(Enum):\n    HIDE = 'hide'\n    DROP = 'drop'\n\
        def code(apps, schema_editor):\n    \
        if Phase.DROP == Phase.HIDE:\n        schema_editor.execute('never')\n    \
        if Phase.DROP is Phase.DROP:\n        schema_editor.execute(Phase.DROP.value)\n    \
        for phase in Phase:\n        schema_editor.execute(phase.name)\n";
    assert_eq!(run(text), ["sql drop", "sql HIDE", "sql DROP"]);
}

#[test]
fn enumerations_are_gone_through_and_asked_for_members() {
    let text = "from enum import Enum, StrEnum, auto\nclass Phase(Enum):\n    HIDE = 'hide'\n    DROP = 'drop'\n\
        class Step(StrEnum):\n    FIRST = auto()\n    LAST = auto()\n\
        def code(apps, schema_editor):\n    \
        schema_editor.execute(Phase('hide').name)\n    \
        schema_editor.execute(Phase['DROP'].value)\n    \
        for step in Step:\n        schema_editor.execute(f'{step} {step.name}')\n    \
        for name, phase in Phase.__members__.items():\n        schema_editor.execute(f'{name} {phase.value}')\n    \
        schema_editor.execute('%d' % len(Phase))\n";
    let told = [
        "sql HIDE",
        "sql drop",
        "sql first FIRST",
        "sql last LAST",
        "sql HIDE hide",
        "sql DROP drop",
        "sql 2",
    ];
    assert_eq!(run(text), told);
}

#[test]
fn choices_of_the_project_have_values_and_labels() {
    let choices = "from django.db import models\nclass Status(models.TextChoices):\n    \
        NEW = 'new', 'Just come'\n    OLD = 'old'\n";
    let text = "from shop.models import Status\ndef code(apps, schema_editor):\n    \
        for value, label in Status.choices:\n        schema_editor.execute(f'{value} {label}')\n    \
        for value in Status.values:\n        schema_editor.execute(value)\n    \
        for status in Status:\n        schema_editor.execute(f'{status} {status.value} {status.label} {status.name}')\n    \
        schema_editor.execute(Status(read_somewhere()).label)\n";
    let (work, _) = run_with(text, &[("shop.models", choices)]);
    let told = [
        "sql new Just come",
        "sql old Old",
        "sql new",
        "sql old",
        "sql new new Just come NEW",
        "sql old old Old OLD",
        // One of the two.
        "sql Just come ?",
        "sql Old ?",
    ];
    assert_eq!(work.effects.iter().map(shown).collect::<Vec<_>>(), told);
}

#[test]
fn a_file_that_is_not_at_hand_is_asked_for_and_told() {
    let code = "from pathlib import Path\ndef code(apps, schema_editor):\n    \
        schema_editor.execute((Path(__file__).parent / 'sql' / '..' / 'x.sql').read_text())\n";
    let mut modules = Modules::default();
    let start = module("shop.migrations.0002_x", code, &modules);
    let value = Value::Name("shop.migrations.0002_x.code".to_owned());
    let mut asked = Vec::new();
    let work = modules.run_python(&start, &value, None, &mut asked);
    assert_eq!(asked, ["/shop/migrations/x.sql"]);
    assert_eq!(work.effects.iter().map(shown).collect::<Vec<_>>(), ["sql <?>"]);

    let file = SourceFile::new(PathBuf::from("x.sql"), "DROP TABLE a".to_owned());
    modules.insert_text("/shop/migrations/x.sql".to_owned(), file);
    let work = modules.run_python(&start, &value, None, &mut Vec::new());
    assert_eq!(work.effects.iter().map(shown).collect::<Vec<_>>(), ["sql DROP TABLE a"]);
}

#[test]
fn programs_of_the_machine_are_told_where_they_may_reach_the_database() {
    let told = body("import subprocess\nsubprocess.run(['psql', '-f', 'x.sql'])");
    assert_eq!(told, ["unfollowed Cursor"]);
    assert_eq!(body("import os\nos.system(unknown())"), ["unfollowed Cursor"]);
    let quiet = body("import subprocess\nsubprocess.check_output(['git', 'rev-parse', 'HEAD'])");
    assert_eq!(quiet, Vec::<String>::new());
    assert_eq!(body("exec('schema_editor.execute(1)')"), ["unfollowed Cursor"]);
}

#[test]
fn commands_of_the_project_are_followed() {
    let command = "from django.core.management.base import BaseCommand\nfrom django.db import connection\n\
        class Command(BaseCommand):\n    def handle(self, *args, **options):\n        \
        connection.cursor().execute('ALTER TABLE shop_order ADD x int')\n";
    let others = [("shop.management.commands.fill", command)];
    for call in [
        "call_command('fill', verbosity=0)",
        "from shop.management.commands.fill import Command\n    call_command(Command())",
        "from shop.management.commands import fill\n    fill.Command().handle()",
    ] {
        let text = format!("def code(apps, schema_editor):\n    {call}\n");
        let (work, _) = run_with(&text, &others);
        assert_eq!(work.effects.iter().map(shown).collect::<Vec<_>>(), [SQL], "{call}");
    }
    assert_eq!(body("call_command('clearsessions')"), ["unfollowed Apps"]);
    assert_eq!(body("call_command('check')"), Vec::<String>::new());
    assert_eq!(body("call_command('migrate', 'auth')"), ["command migrate"]);
}

#[test]
fn helpers_of_other_modules_are_followed() {
    let helper = "from django.db import connection\n\
        def fill(apps, schema_editor):\n    schema_editor.execute('ALTER TABLE shop_order ADD x int')\n\
        def bare():\n    with connection.cursor() as c:\n        c.execute('ALTER TABLE shop_order ADD x int')\n\
        class Fill:\n    def __call__(self, apps, editor):\n        fill(apps, editor)\n";
    let others = [
        ("shop.fill", helper),
        ("shop", ""),
        ("shop.again", "from .fill import *\n"),
    ];
    let texts = [
        "from shop.fill import fill as code\n",
        "from ..fill import fill as code\n",
        "from shop import fill\ncode = fill.fill\n",
        "from shop.again import fill as code\n",
        "import shop.fill\ndef code(apps, schema_editor):\n    shop.fill.fill(apps, schema_editor)\n",
        "from shop.fill import fill\ndef code(apps, schema_editor):\n    fill(apps, schema_editor)\n",
        "def code(apps, schema_editor):\n    from shop.fill import bare\n    bare()\n",
        "from shop.fill import Fill\ncode = Fill()\n",
    ];
    for text in texts {
        let (work, sources) = run_with(text, &others);
        let effects: Vec<String> = work.effects.iter().map(shown).collect();
        assert_eq!(effects, [SQL], "{text}");
        assert!(
            sources[0].slice(work.effects[0].place.0).ends_with("ADD x int')"),
            "{text}"
        );
    }
}

#[test]
fn a_module_that_is_not_at_hand_is_a_gap_where_it_can_reach_the_database() {
    let call = |arguments: &str| {
        run(&format!(
            "from far import away\ndef code(apps, schema_editor):\n    away({arguments})\n"
        ))
    };
    assert_eq!(call("apps, schema_editor"), ["unfollowed Editor"]);
    assert_eq!(call("connection.cursor()"), ["unfollowed Cursor"]);
    assert_eq!(call("[schema_editor]"), ["unfollowed Editor"]);
    assert_eq!(
        call("apps.get_model('shop', 'Order').objects.all()"),
        ["unfollowed Queryset"]
    );
    assert_eq!(call("apps"), ["unfollowed Apps"]);
    assert_eq!(call("'text', 3"), Vec::<String>::new());
    assert_eq!(run("from far import code\n"), ["unfollowed Editor"]);
}

#[test]
fn tables_and_columns_of_models_stand_in_texts() {
    let effects = body(
        "Order = apps.get_model('shop', 'Order')\n\
         table = Order._meta.db_table\n\
         column = Order._meta.get_field('total').column\n\
         schema_editor.execute('CREATE INDEX x ON {} ({})'.format(schema_editor.quote_name(table), column))",
    );
    assert_eq!(
        effects,
        ["sql CREATE INDEX x ON \"<table shop.Order>\" (<column shop.Order.total>)"]
    );
}

#[test]
fn what_the_database_says_is_unknown_in_a_text() {
    let effects = body(
        "with connection.cursor() as c:\n\
         \x20   c.execute('SELECT conname FROM pg_constraint')\n\
         \x20   for (name,) in c.fetchall():\n\
         \x20       c.execute('ALTER TABLE a DROP CONSTRAINT %s' % name)",
    );
    assert_eq!(
        effects,
        [
            "sql SELECT conname FROM pg_constraint",
            "sql ALTER TABLE a DROP CONSTRAINT <?> ?"
        ]
    );
}

#[test]
fn branches_that_are_not_decided_both_run_in_doubt() {
    let effects = body(
        "if apps.get_model('shop', 'Order').objects.exists():\n\
         \x20   schema_editor.execute('a')\n\
         else:\n\
         \x20   schema_editor.execute('b')\n\
         schema_editor.execute('c')",
    );
    assert_eq!(effects, ["sql a ?", "sql b ?", "sql c"]);
    let returns = body("if unknown():\n    return\nschema_editor.execute('c')");
    assert_eq!(returns, ["sql c ?"]);
    let raises = body("if unknown():\n    raise ValueError()\nschema_editor.execute('c')");
    assert_eq!(raises, ["sql c"]);
    let text = body("sql = 'a' if unknown() else 'b'\nschema_editor.execute(sql)");
    assert_eq!(text, ["sql a ?", "sql b ?"]);
    let bound = body("if unknown():\n    sql = 'a'\nelse:\n    sql = 'b'\nschema_editor.execute(sql)");
    assert_eq!(bound, ["sql a ?", "sql b ?"]);
}

#[test]
fn the_schema_editor_is_told_what_to_change() {
    let order = "Order = apps.get_model('shop', 'Order')\n";
    #[rustfmt::skip]
    let calls = [
        ("schema_editor.create_model(Order)", "create_model(shop.Order)"),
        ("schema_editor.delete_model(Order)", "delete_model(shop.Order)"),
        ("schema_editor.add_index(Order, models.Index(fields=['status'], name='i'))", "add_index(shop.Order, Index)"),
        ("schema_editor.remove_index(Order, models.Index(fields=['status'], name='i'))", "remove_index(shop.Order, Index)"),
        ("schema_editor.rename_index(Order, models.Index(fields=['a'], name='i'), models.Index(fields=['a'], name='j'))", "rename_index(shop.Order, Index, Index)"),
        ("schema_editor.add_constraint(Order, models.CheckConstraint(check=models.Q(a=1) & ~models.Q(b=2), name='c'))", "add_constraint(shop.Order, CheckConstraint)"),
        ("schema_editor.remove_constraint(Order, models.UniqueConstraint(fields=['a'], name='c'))", "remove_constraint(shop.Order, UniqueConstraint)"),
        ("schema_editor.alter_unique_together(Order, set(), {('a', 'b')})", "alter_unique_together(shop.Order, List([]), List([List([Str(\"a\"), Str(\"b\")])]))"),
        ("schema_editor.alter_db_table(Order, 'shop_order', 'shop_orders')", "alter_db_table(shop.Order, shop_order, shop_orders)"),
        ("schema_editor.alter_db_table(Order, Order._meta.db_table, 'shop_orders')", "alter_db_table(shop.Order, <table shop.Order>, shop_orders)"),
        ("field = models.IntegerField(null=True)\nfield.set_attributes_from_name('x')\nschema_editor.add_field(Order, field)", "add_field(shop.Order, x=IntegerField)"),
        ("schema_editor.remove_field(Order, Order._meta.get_field('x'))", "remove_field(shop.Order, shop.Order.x)"),
        ("old = Order._meta.get_field('x')\nnew = models.TextField()\nnew.set_attributes_from_name('x')\nschema_editor.alter_field(Order, old, new)", "alter_field(shop.Order, shop.Order.x, x=TextField)"),
        ("schema_editor.deferred_sql.append('CREATE INDEX a')", "deferred_sql.append(CREATE INDEX a)"),
    ];
    for (call, expected) in calls {
        assert_eq!(body(&format!("{order}{call}")), [expected], "{call}");
    }
}

#[test]
fn rows_that_are_written_are_told_with_their_reach() {
    let order = "Order = apps.get_model('shop', 'Order')\n";
    #[rustfmt::skip]
    let writes: &[(&str, &[&str])] = &[
        ("Order.objects.create(status='a', customer_id=1)", &["insert [\"status\", \"customer_id\"] shop.Order Few"]),
        ("Order(status='a').save()", &["insert [\"status\"] shop.Order Few"]),
        ("o = Order(status='a')\no.customer_id = 2\no.save()", &["insert [\"status\", \"customer_id\"] shop.Order Few"]),
        ("Order.objects.bulk_create([Order(status='a')])", &["insert [\"status\"] shop.Order Few"]),
        ("Order.objects.update(status='a')", &["update [\"status\"] shop.Order All"]),
        ("Order.objects.all().update(status='a')", &["update [\"status\"] shop.Order All"]),
        ("Order.objects.filter(status='b').update(status='a')", &["update [\"status\"] shop.Order Some"]),
        ("Order.objects.filter(pk=1).update(status='a')", &["update [\"status\"] shop.Order Few"]),
        ("Order.objects.filter(pk__in=set(Order.objects.values_list('pk', flat=True))).update(status='a')", &["read shop.Order All", "update [\"status\"] shop.Order All"]),
        ("for o in Order.objects.all():\n    o.status = 'x'\n    o.save()", &["read shop.Order All", "update [\"status\"] shop.Order All"]),
        ("for o in Order.objects.filter(customer_id=1):\n    o.customer_id = 2\n    o.save()", &["read shop.Order Some", "update [\"customer_id\"] shop.Order Some"]),
        ("for o in Order.objects.iterator():\n    o.delete()", &["read shop.Order All", "delete shop.Order All"]),
        ("Order.objects.all().delete()", &["delete shop.Order All"]),
        ("Order.objects.get_or_create(status='a', defaults={'customer_id': 1})", &["upsert [\"status\", \"customer_id\"] shop.Order Few"]),
        ("qs = Order.objects.filter(note=None)\nwhile qs.exists():\n    for o in qs[:1000]:\n        o.note = 'x'\n        o.save()", &["ask shop.Order Few", "read shop.Order Some", "update [\"note\"] shop.Order Some"]),
        ("for i in range(0, Order.objects.count(), 500):\n    for o in Order.objects.all()[i:i + 500]:\n        o.save(update_fields=['a'])", &["read shop.Order All", "update [\"a\"] shop.Order All"]),
        ("from django.core.paginator import Paginator\npages = Paginator(Order.objects.all(), 100)\nfor n in pages.page_range:\n    for o in pages.page(n).object_list:\n        o.save()", &["read shop.Order All", "update [] shop.Order All"]),
        ("changed = []\nfor o in Order.objects.all():\n    o.a = 1\n    changed.append(o)\nOrder.objects.bulk_update(changed, ['a'])", &["read shop.Order All", "update [\"a\"] shop.Order All"]),
        ("with transaction.atomic():\n    for o in Order.objects.select_for_update():\n        o.save()", &["begin", "read shop.Order All locked", "update [] shop.Order All locked", "end"]),
        ("for o in Order.objects.all():\n    o.tags.add(1)", &["read shop.Order All", "link shop.Order.tags All"]),
        ("o = Order.objects.first()\no.tags.set([1])", &["link shop.Order.tags Few"]),
        ("o = Order.objects.get(pk=1)\no.customer.save()", &["update ? shop.Order.customer Few"]),
        ("for d in apps.get_model('shop', 'Customer').objects.all():\n    Order.objects.create(customer=d)", &["read shop.Customer All", "insert [\"customer\"] shop.Order All"]),
        ("o = Order.objects.get(pk=1)\no.tags.clear()", &["unlink shop.Order.tags Few"]),
        ("Order.tags.through.objects.create(order_id=1, tag_id=2)", &["insert [\"order_id\", \"tag_id\"] shop.Order.tags.through Few"]),
        ("for o in Order.objects.all():\n    o.total = o.total * 2\n    o.save()", &["read shop.Order All", "update [\"total=from itself\"] shop.Order All"]),
        ("for o in Order.objects.all():\n    o.total += 1\n    o.save(update_fields=['total'])", &["read shop.Order All", "update [\"total=from itself\"] shop.Order All"]),
        ("for o in Order.objects.all():\n    o.name = o.name.strip().lower()\n    o.save()", &["read shop.Order All", "update [\"name\"] shop.Order All"]),
        ("for o in Order.objects.all():\n    o.name = o.first + o.last\n    o.save()", &["read shop.Order All", "update [\"name\"] shop.Order All"]),
        ("for o in Order.objects.all():\n    o.customer_id = o.customer_id\n    o.second = None\n    o.save()", &["read shop.Order All", "update [\"customer_id=itself\", \"second=None\"] shop.Order All"]),
        ("from django.db.models import F\nOrder.objects.update(total=F('total') * 100, other=F('total'))", &["update [\"total=from itself\", \"other\"] shop.Order All"]),
        ("Order.objects.update(total=models.F('total'))", &["update [\"total=itself\"] shop.Order All"]),
        ("Order.objects.bulk_create([Order(status='a')], ignore_conflicts=True)", &["upsert [\"status\"] shop.Order Few"]),
        ("Order.objects.select_for_update().exists()", &["ask shop.Order Few locked"]),
        ("list(Order.objects.select_for_update())", &["read shop.Order All locked"]),
        ("connection.check_constraints()", &["sql SET CONSTRAINTS ALL IMMEDIATE", "sql SET CONSTRAINTS ALL DEFERRED"]),
        ("def again(qs):\n    for o in qs[:10]:\n        o.save()\n    again(qs)\nagain(Order.objects.all())", &["read shop.Order All", "update [] shop.Order All"]),
    ];
    for (code, expected) in writes {
        assert_eq!(body(&format!("{order}{code}")), *expected, "{code}");
    }
}

/// The names of all that can be called, from Django: see conformance/callable.py.
fn callable(kind: &str) -> Vec<String> {
    let all: serde_json::Value = serde_json::from_str(include_str!("callable.json")).expect("it is JSON");
    let names = all[kind].as_array().expect("a list of names").iter();
    names.map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// The names of a kind that are followed by silence when they are called.
fn silent(kind: &str, call: impl Fn(&str) -> String) -> Vec<String> {
    let mut names = callable(kind);
    assert!(!names.is_empty());
    names.retain(|name| body(&call(name)).is_empty());
    names
}

/// They make texts and values, and send nothing: read in django/db/backends/{base,postgresql}/schema.py.
#[rustfmt::skip]
const ONLY_TEXTS: &[&str] = &[
    "_alter_column_comment_sql", "_alter_column_database_default_sql", "_alter_column_default_sql",
    "_alter_column_null_sql", "_check_sql", "_collate_sql", "_column_default_sql", "_column_generated_sql",
    "_comment_sql", "_create_check_sql", "_create_fk_sql", "_create_index_sql", "_create_like_index_sql",
    "_create_primary_key_sql", "_create_unique_sql", "_deferrable_constraint_sql", "_delete_check_sql",
    "_delete_constraint_sql", "_delete_fk_sql", "_delete_index_sql", "_delete_primary_key_sql",
    "_delete_unique_sql", "_field_indexes_sql", "_get_index_tablespace_sql", "_index_condition_sql",
    "_index_include_sql", "_iter_column_sql", "_model_indexes_sql", "_pk_constraint_sql", "_rename_field_sql",
    "_rename_index_sql", "_unique_index_nulls_distinct_sql", "_unique_sql", "_using_sql", "column_sql",
    "db_default_sql", "effective_default", "prepare_default", "quote_name", "quote_value", "skip_default",
    "skip_default_on_alter",
];

/// They fetch what was asked before, or prepare.
#[rustfmt::skip]
const ONLY_FETCH: &[&str] = &[
    "close", "fetchall", "fetchmany", "fetchone", "mogrify", "nextset", "scroll", "setinputsizes",
    "setoutputsize",
];

/// They send nothing that takes a lock or changes anything: read in django/db/backends/{base,postgresql}/base.py. A cursor and an
/// editor are followed where they are used, and `on_commit` runs when all is over.
#[rustfmt::skip]
const ONLY_CONNECT: &[&str] = &[
    "_cursor", "check_settings", "chunked_cursor", "clean_savepoints", "close", "close_if_health_check_failed",
    "close_if_unusable_or_obsolete", "connect", "constraint_checks_disabled", "copy", "create_cursor", "cursor",
    "dec_thread_sharing", "disable_constraint_checking", "enable_constraint_checking", "ensure_connection",
    "ensure_timezone", "get_autocommit", "get_connection_params", "get_rollback", "inc_thread_sharing",
    "is_usable", "make_cursor", "make_debug_cursor", "on_commit", "schema_editor", "validate_no_atomic_block",
    "validate_thread_sharing",
];

/// They read rows, or say which: read in django/db/models/query.py.
#[rustfmt::skip]
const ONLY_ASK: &[&str] = &[
    "aaggregate", "acontains", "acount", "aearliest", "aexists", "aexplain", "afirst", "aget", "aggregate",
    "ain_bulk", "aiterator", "alast", "alatest", "alias", "all", "annotate", "as_manager", "complex_filter",
    "contains", "count", "dates", "datetimes", "defer", "difference", "distinct", "earliest", "exclude",
    "exists", "explain", "extra", "filter", "first", "get", "in_bulk", "intersection", "iterator", "last",
    "latest", "none", "only", "order_by", "prefetch_related", "resolve_expression", "reverse",
    "select_for_update", "select_related", "union", "using", "values", "values_list",
];

/// They read the row, or say what is wrong with it: read in django/db/models/base.py.
#[rustfmt::skip]
const ONLY_LOOK: &[&str] = &[
    "arefresh_from_db", "check", "clean", "clean_fields", "date_error_message", "from_db", "full_clean",
    "get_constraints", "get_deferred_fields", "prepare_database_save", "refresh_from_db", "serializable_value",
    "unique_error_message", "validate_constraints", "validate_unique",
];

/// They read rows, or make ready to: read in django/db/models/fields/related_descriptors.py and manager.py.
#[rustfmt::skip]
const ONLY_ASK_RELATED: &[&str] = &[
    "_apply_rel_filters", "_build_remove_filters", "_check_fk_val", "_get_add_plan", "_get_missing_target_ids",
    "_get_queryset_methods", "_get_target_ids", "_queryset_class", "_remove_prefetched_objects",
    "_set_creation_counter", "aaggregate", "acontains", "acount", "aearliest", "aexists", "aexplain", "afirst",
    "aget", "aggregate", "ain_bulk", "aiterator", "alast", "alatest", "alias", "all", "annotate", "check",
    "complex_filter", "contains", "contribute_to_class", "count", "dates", "datetimes", "db_manager",
    "deconstruct", "defer", "difference", "distinct", "earliest", "exclude", "exists", "explain", "extra",
    "filter", "first", "from_queryset", "get", "get_prefetch_cache", "get_prefetch_queryset",
    "get_prefetch_querysets", "get_queryset", "in_bulk", "intersection", "iterator", "last", "latest", "none",
    "only", "order_by", "prefetch_related", "reverse", "select_for_update", "select_related", "union", "using",
    "values", "values_list",
];

#[test]
fn every_method_of_the_schema_editor_is_followed_or_told() {
    let call = |name: &str| format!("schema_editor.{name}(something(), otherwise())");
    assert_eq!(silent("schema_editor", call), ONLY_TEXTS);
    for name in [
        "deferred_sql.append",
        "deferred_sql.extend",
        "deferred_sql.clear",
        "invented_tomorrow",
    ] {
        assert!(!body(&call(name)).is_empty(), "{name}");
    }
}

#[test]
fn every_method_of_a_cursor_and_of_a_connection_is_followed_or_told() {
    let of_cursor = |name: &str| format!("c = connection.cursor()\nc.{name}('a', [])");
    assert_eq!(silent("cursor", of_cursor), ONLY_FETCH);
    let of_connection = |name: &str| format!("connection.{name}('a')");
    assert_eq!(silent("connection", of_connection), ONLY_CONNECT);
    for call in [of_cursor("invented_tomorrow"), of_connection("invented_tomorrow")] {
        assert_eq!(body(&call), ["unfollowed Cursor"]);
    }
    assert_eq!(body("unknown().execute('DROP TABLE a')"), ["unfollowed Cursor"]);
}

#[test]
fn every_method_of_the_orm_that_writes_is_told() {
    let order = "Order = apps.get_model('shop', 'Order')\n";
    for rows in ["Order.objects.all()", "Order.objects"] {
        assert_eq!(
            silent("queryset", |name| format!("{order}{rows}.{name}([])")),
            ONLY_ASK,
            "{rows}"
        );
    }
    for row in ["Order.objects.first()", "Order()"] {
        assert_eq!(
            silent("model", |name| format!("{order}{row}.{name}()")),
            ONLY_LOOK,
            "{row}"
        );
    }
    let related = |name: &str| match name {
        "update" | "aupdate" => format!("{order}Order.objects.first().tags.{name}(a=1)"),
        _ => format!("{order}Order.objects.first().tags.{name}(1)"),
    };
    assert_eq!(silent("related", related), ONLY_ASK_RELATED);
    assert!(!body(&format!("{order}Order.objects.first().invented_tomorrow()")).is_empty());
}

#[test]
fn what_runs_outside_of_the_migration_is_left_out() {
    for code in [
        "transaction.on_commit(lambda: schema_editor.execute('a'))",
        "connection.on_commit(lambda: schema_editor.execute('a'))",
        "from shop.tasks import fill\nfill.delay()",
        "from django.db.models.signals import post_migrate\npost_migrate.connect(lambda **kwargs: schema_editor.execute('a'))",
        "print(apps, schema_editor)",
        "import logging\nlogging.getLogger(__name__).info('%s', schema_editor)",
    ] {
        assert_eq!(body(code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn commands_are_told_by_name() {
    assert_eq!(body("call_command('loaddata', 'things.json')"), ["command loaddata"]);
    assert_eq!(body("call_command(unknown())"), ["command ?"]);
}

#[test]
fn a_context_manager_runs_around_its_body() {
    let text = "from contextlib import contextmanager\n\
        @contextmanager\n\
        def unlocked(editor):\n    editor.execute('before')\n    yield editor.connection.cursor()\n    editor.execute('after')\n\
        def code(apps, schema_editor):\n    with unlocked(schema_editor) as c:\n        c.execute('inside')\n";
    assert_eq!(run(text), ["sql before", "sql inside", "sql after"]);
}

#[test]
fn a_long_list_of_constants_whose_items_become_rows_is_gone_through() {
    let mut text = "CODES = (\n    ('code', 'name', 'language', 'category'),\n".to_owned();
    for code in 0..5_000 {
        let _ = writeln!(text, "    ('{code}', 'name of {code}', 'en', 'codes'),");
    }
    text.push_str(
        ")\ndef code(apps, schema_editor):\n    fields = CODES[0]\n    for entry in CODES[1:]:\n        given = {}\n        \
         for index, field in enumerate(fields):\n            given[field] = entry[index]\n        \
         apps.get_model('shop', 'Code').objects.get_or_create(**given)\n",
    );
    let effects = run(&text);
    assert!(
        effects.iter().all(|effect| effect.contains("shop.")),
        "{:?}",
        effects.last()
    );
    assert!(effects.len() >= 5_000);
}

#[test]
fn limits_end_in_a_gap_and_not_in_a_hang() {
    let deep = "def code(apps, schema_editor):\n    x = 'a'\n    for i in range(40):\n        x = x + x\n    schema_editor.execute(x)\n";
    assert_eq!(run(deep), ["unfollowed Editor"]);
    let loops = "def code(apps, schema_editor):\n    for a in range(1000):\n        for b in range(1000):\n            for c in range(1000):\n                pass\n    schema_editor.execute('a')\n";
    assert_eq!(run(loops), ["unfollowed Editor"]);
    let mut nested = "def code(apps, schema_editor):\n    x = ".to_owned();
    nested.push_str(&"(".repeat(180));
    nested.push('1');
    nested.push_str(&",)".repeat(180));
    nested.push_str("\n    schema_editor.execute('a')\n");
    assert_eq!(run(&nested), ["unfollowed Editor"]);
    let many = "def f(n):\n    pass\ndef code(apps, schema_editor):\n    if u():\n        if u():\n            if u():\n                f(1)\n";
    assert_eq!(run(many), Vec::<String>::new());
}

// As in django/db/backends/postgresql/schema.py of 4.2 and 5.2.
#[test]
fn templates_of_the_schema_editor_are_known() {
    let told = body(
        "changes = schema_editor.sql_alter_column_type % {'column': 'x', 'type': 'bigint', 'collation': ''}\n\
         schema_editor.execute(schema_editor.sql_alter_column % {'table': 'shop_order', 'changes': changes})\n\
         schema_editor.execute(schema_editor.sql_delete_column % {'table': 'shop_order', 'column': 'x'})\n\
         schema_editor.execute(schema_editor.sql_of_another_kind)",
    );
    let expected = [
        "sql ALTER TABLE shop_order ALTER COLUMN x TYPE bigint",
        "sql ALTER TABLE shop_order DROP COLUMN x CASCADE",
        "sql <?>",
    ];
    assert_eq!(told, expected);
}

/// Forty functions, each of which calls the next one twice; the last one does this.
fn doubling(last: &str, call: &str) -> String {
    let mut text = format!("def f40(x):\n    {last}\n");
    for at in (1..40).rev() {
        let next = call.replace("next", &format!("f{}", at + 1));
        let _ = writeln!(text, "def f{at}(x):\n    {next}");
    }
    text
}

#[test]
fn functions_that_call_each_other_twice_over_run_once_for_the_same_arguments() {
    let text = doubling("return x + ' x int'", "next(x)\n    return next(x)");
    let code = "def code(apps, schema_editor):\n    schema_editor.execute(f1('ALTER TABLE shop_order ADD'))\n";
    assert_eq!(run(&format!("{text}{code}")), [SQL]);
    let text = doubling("x.execute('SELECT 1')", "next(x); next(x)");
    let told = run(&format!(
        "{text}def code(apps, schema_editor):\n    f1(schema_editor)\n"
    ));
    let (last, sent) = told.split_last().expect("effects");
    assert_eq!(last, "unfollowed Editor");
    assert!(!sent.is_empty() && sent.iter().all(|effect| effect == "sql SELECT 1"));
    let text = doubling("x.execute('SELECT 1')", "next(x)");
    let told = run(&format!(
        "{text}def code(apps, schema_editor):\n    f1(schema_editor)\n    f9(schema_editor)\n"
    ));
    assert_eq!(told, ["sql SELECT 1", "sql SELECT 1"]);
}

#[test]
fn what_a_function_did_is_done_again_where_it_is_called_again() {
    let text = "def note(editor, name):\n    editor.execute(name)\n\
        def code(apps, schema_editor):\n    note(schema_editor, 'a')\n    note(schema_editor, 'b')\n    \
        if unknown():\n        note(schema_editor, 'a')\n    note(schema_editor, 'a')\n";
    let (work, _) = run_with(text, &[]);
    let told: Vec<_> = work.effects.iter().map(shown).collect();
    assert_eq!(told, ["sql a", "sql b", "sql a ?", "sql a"]);
    // A list that a function fills is another one each time.
    let text = "def more(items):\n    items.append('a')\n    return items\n\
        def code(apps, schema_editor):\n    items = []\n    more(items)\n    more(items)\n    \
        for item in items:\n        schema_editor.execute(item)\n";
    assert_eq!(run(text), ["sql a", "sql a"]);
}

#[test]
fn what_a_branch_returned_is_there_after_it() {
    let code =
        "def code(apps, schema_editor):\n    for name in names(unknown()):\n        schema_editor.execute(name)\n";
    let only = format!("def names(x):\n    if x:\n        return ['one', 'two']\n{code}");
    assert_eq!(run(&only), ["sql one ?", "sql two ?", "sql <?> ?"]);
    // The place of what one branch made is not given to what is made after it.
    let early = format!("def names(x):\n    if x:\n        return ['one', 'two']\n    return ['three']\n{code}");
    assert_eq!(run(&early), ["sql one ?", "sql two ?", "sql three ?"]);
    let raised = format!(
        "def names(x):\n    if x:\n        return ['one']\n    elif x is None:\n        own = ['two']\n        raise ValueError\n    \
         own = ['three']\n    return own\n{code}"
    );
    assert_eq!(run(&raised), ["sql one ?", "sql three ?"]);
}

#[test]
fn odd_code_is_a_gap_and_no_panic() {
    let most = i128::MAX;
    for code in [
        &format!("for i in range({}, {most}, {}): pass", most - 3, most),
        &format!("for i in range(0, {most}, {most}): schema_editor.execute(str(i))"),
        &format!("x = [1, 2][{most}:-{most}]"),
        "x = [1, 2][5:1]",
        "x, *y = []",
        "a, b, c = [1, 2]",
        "nonlocal x\nx = 1",
        "super().apply()",
        "super",
        "list()\ntuple()\nenumerate()\nzip()\nmap()\niter()\nnext()\nrange()\nsorted()\ntype()",
        "schema_editor.alter_field(1, 2)",
        "schema_editor.alter_field()",
        "x = 'a'.split('')",
        "x = 'a' * -5",
        "x = '%' % ()",
        "x = '%(a' % {'a': 1}",
        "x = '{' .format(1)",
        "while u():\n    x = [1]\n    if u():\n        break\n    y = x",
        "try:\n    x = [1]\nexcept ValueError:\n    raise\nelse:\n    y = x\nfinally:\n    z = x",
        "def f():\n    yield [1]\n    if u():\n        return [2]\nwith f() as x:\n    return x",
        "match u():\n    case 1:\n        return [1]\n    case _:\n        raise ValueError",
    ] {
        body(code);
    }
}

#[test]
fn a_condition_in_a_loop_is_no_filter_of_its_rows() {
    let head = "for order in apps.get_model('shop', 'Order').objects.all():";
    for guarded in [
        "    if order.status in ['a', 'b']:\n        order.status = 'c'\n        order.save()",
        "    if not order.owner:\n        order.owner = None\n        order.save()",
        "    kind = ''\n    for name in ['a', 'b']:\n        if order.path in name:\n            kind = name\n            break\n    if kind:\n        \
         apps.get_model('shop', 'Order').objects.filter(pk=order.pk).update(status=kind)",
        "    if 'x' in order.path:\n        order.path = order.path.replace('x', 'y')\n        order.save()",
    ] {
        let effects = body(&format!("{head}\n{guarded}"));
        assert!(
            effects
                .iter()
                .any(|effect| effect.contains("update") && effect.contains("All")),
            "{guarded}: {effects:?}"
        );
    }
}

#[test]
fn lookups_that_are_not_known_and_names_by_keyword_are_read() {
    let unpacked = "Order = apps.get_model('shop', 'Order')\nOrder.objects.filter(**lookups()).delete()";
    assert_eq!(body(unpacked), ["delete shop.Order Some"]);
    let quoted = "connection.cursor().execute('DELETE FROM ' + connection.ops.quote_name(name='a'))";
    assert_eq!(body(quoted), ["sql DELETE FROM \"a\""]);
}
