//! The command line: exit codes, what is said where, colours, closed pipes.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::process::Stdio;

use scratch::{INITIAL, Run, Scratch, index, migration, removal, unreadable_operation};

/// A project without a finding.
fn clean() -> Scratch {
    Scratch::new().file("manage.py", "").app("shop")
}

/// A project whose only finding is a warning, `not-analysed`.
fn unclear() -> Scratch {
    clean().file(
        "shop/migrations/0002_x.py",
        unreadable_operation("shop", "0001_initial"),
    )
}

/// A project whose only finding is of severity info, `drop-unique`.
fn harmless() -> Scratch {
    let shared = "migrations.AlterField(\"order\", \"status\", models.CharField(max_length=20))";
    clean()
        .file(
            "shop/migrations/0001_initial.py",
            INITIAL.replace("max_length=20", "max_length=20, unique=True"),
        )
        .file("shop/migrations/0002_x.py", migration("shop", "0001_initial", shared))
}

#[test]
fn a_default_that_is_known_only_when_it_runs_is_no_gap() {
    let added = "migrations.AddField(\"order\", \"at\", models.DateTimeField(default=timezone.now))";
    let text = migration("shop", "0001_initial", added).replacen('f', "from django.utils import timezone\nf", 1);
    let run = clean().file("shop/migrations/0002_x.py", text).run("-v --statistics");
    assert!(run.out.contains("add-column-default-dropped"), "{run:?}");
    assert!(!run.out.contains("not analysed"), "{run:?}");
}

// Exit codes.

#[test]
fn a_clean_project_exits_with_zero() {
    let run = clean().run("");
    assert_eq!(run.code, 0);
    assert!(run.out.contains("1 migration"), "{run:?}");
}

#[test]
fn an_error_exits_with_one() {
    assert_eq!(Scratch::shop().run("").code, 1);
}

#[test]
fn warnings_and_infos_are_no_reason_to_fail() {
    assert_eq!(unclear().run("").code, 0);
    assert_eq!(harmless().run("").code, 0);
}

#[test]
fn fail_on_lowers_the_bar() {
    let codes = |scratch: &Scratch| {
        ["error", "warning", "info", "not-analysed", "error,not-analysed"]
            .map(|severity| scratch.run(&format!("--fail-on {severity}")).code)
    };
    assert_eq!(codes(&clean()), [0, 0, 0, 0, 0]);
    assert_eq!(codes(&harmless()), [0, 0, 1, 0, 0]);
    assert_eq!(codes(&unclear()), [0, 1, 1, 1, 1]);
    assert_eq!(codes(&Scratch::shop()), [1, 1, 1, 1, 1]);
}

#[test]
fn an_unknown_severity_is_a_usage_error() {
    let run = clean().run("--fail-on fatal");
    assert_eq!(run.code, 2);
    assert!(run.notes.contains("invalid value 'fatal'"), "{}", run.notes);
    assert!(
        run.notes
            .contains("[possible values: error, warning, info, not-analysed]"),
        "{}",
        run.notes
    );
}

#[test]
fn exit_zero_shows_the_findings_and_exits_with_zero() {
    let run = Scratch::shop().run("--exit-zero");
    assert_eq!(run.code, 0);
    assert!(run.out.contains("create-index-blocking-writes"), "{run:?}");
}

#[test]
fn exit_zero_does_not_excuse_a_run_that_could_not_judge() {
    assert_eq!(clean().run("--exit-zero gone").code, 2);
    assert_eq!(Scratch::new().run("--exit-zero").code, 2);
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let run = clean().run("--selekt drop-column-in-use");
    assert_eq!(run.code, 2);
    assert!(run.notes.contains("'--select'"), "{}", run.notes);
    assert_eq!(run.out, "");
}

// Selection.

/// A project with two findings: `create-index-blocking-writes` and `drop-column-in-use`.
fn two_findings() -> Scratch {
    Scratch::shop().file("shop/migrations/0003_removal.py", removal("shop", "0002_index"))
}

fn rules(scratch: &Scratch, options: &str) -> Vec<String> {
    let run = scratch.run(&format!("--output-format json {options}"));
    let findings = run.findings().into_iter();
    findings
        .filter_map(|finding| Some(finding.split_once(": ")?.1.to_owned()))
        .collect()
}

#[test]
fn select_and_ignore_take_rules_and_harms() {
    let scratch = two_findings();
    let (index, removal) = ("create-index-blocking-writes", "drop-column-in-use");
    assert_eq!(rules(&scratch, ""), [index, removal]);
    assert_eq!(rules(&scratch, &format!("--select {index}")), [index]);
    assert_eq!(rules(&scratch, "--select blocks-writes"), [index]);
    assert_eq!(
        rules(&scratch, &format!("--select {index},{removal}")),
        [index, removal]
    );
    assert_eq!(
        rules(&scratch, &format!("--select {index} --select {removal}")),
        [index, removal]
    );
    assert_eq!(rules(&scratch, &format!("--ignore {removal}")), [index]);
    assert_eq!(rules(&scratch, "--ignore breaks-running-code"), [index]);
    assert_eq!(
        rules(
            &scratch,
            "--select blocks-writes,breaks-running-code --ignore blocks-writes"
        ),
        [removal]
    );
}

#[test]
fn what_is_not_selected_does_not_gate() {
    let scratch = two_findings();
    assert_eq!(scratch.run("--select fails").code, 0);
    assert_eq!(scratch.run("--ignore blocks-writes,breaks-running-code").code, 0);
}

#[test]
fn an_unknown_rule_is_named_with_what_was_meant() {
    for option in ["--select", "--ignore"] {
        let run = clean().run(&format!("{option} drop-colum-in-use"));
        assert_eq!(run.code, 2);
        assert_eq!(
            run.notes,
            "error: there is no rule called `drop-colum-in-use`, did you mean `drop-column-in-use`?; `forelock rules` \
             lists all names\n"
        );
    }
}

// What is said where.

#[test]
fn quiet_prints_findings_and_nothing_else() {
    let quiet = Scratch::shop().run("-q --output-format concise");
    assert_eq!(quiet.out.lines().count(), 1, "{quiet:?}");
    assert_eq!(quiet.notes, "");
    let nothing = clean().run("-q");
    assert_eq!((nothing.out.as_str(), nothing.notes.as_str()), ("", ""));
}

#[test]
fn quiet_does_not_hide_why_nothing_could_be_judged() {
    let run = Scratch::new().run("-q");
    assert_eq!(run.code, 2);
    assert!(run.notes.starts_with("error: .: no migrations found"), "{}", run.notes);
}

#[test]
fn verbose_prints_what_is_worth_knowing_and_what_was_not_analysed() {
    let (plain, verbose) = (harmless().run(""), harmless().run("-v"));
    assert!(!plain.out.contains("drop-unique"), "{plain:?}");
    assert!(verbose.out.contains("drop-unique"), "{verbose:?}");
    let unread = "shop/migrations/0002_x.py:8:9";
    let (plain, verbose) = (
        unclear().run("--ignore not-analysed"),
        unclear().run("-v --ignore not-analysed"),
    );
    assert!(!plain.out.contains(unread), "{plain:?}");
    assert!(verbose.out.contains(unread), "{verbose:?}");
}

#[test]
fn quiet_and_verbose_at_once_are_a_usage_error() {
    let run = clean().run("-q -v");
    assert_eq!(run.code, 2);
    assert!(run.notes.contains("cannot be used with"), "{}", run.notes);
}

#[test]
fn statistics_count_findings_by_rule() {
    let run = two_findings().run("--statistics");
    for rule in ["create-index-blocking-writes", "drop-column-in-use"] {
        let mut lines = run.out.lines().map(str::split_whitespace);
        let counted = format!("error[{rule}]");
        assert!(lines.any(|words| words.eq(["1", &counted])), "{}", run.out);
    }
}

#[test]
fn json_is_one_document_and_notes_stand_beside_it() {
    let run = Scratch::shop().run("--output-format json");
    assert_eq!(run.json()["version"], 1);
    assert!(run.notes.starts_with("note: Django 5.2 is assumed"), "{}", run.notes);
}

#[test]
fn concise_is_a_line_with_the_place() {
    let run = Scratch::shop().run("-q --output-format concise");
    assert!(
        run.out
            .starts_with("shop/migrations/0002_index.py:7:9: error[create-index-blocking-writes] "),
        "{}",
        run.out
    );
}

// Commands.

#[test]
fn check_is_what_is_done_where_no_command_is_given() {
    let scratch = Scratch::shop();
    assert_eq!(scratch.run("check").out, scratch.run("").out);
    assert_eq!(scratch.run("check shop").out, scratch.run("shop").out);
}

#[test]
fn options_may_stand_before_the_command() {
    let scratch = Scratch::shop();
    let (before, behind) = (
        scratch.run("-q --django-version 4.2 sql shop 0002"),
        scratch.run("sql -q --django-version 4.2 shop 0002"),
    );
    assert_eq!(before.out, behind.out);
    assert!(before.out.contains("CREATE INDEX"), "{before:?}");
}

#[test]
fn a_folder_called_like_a_command_needs_check() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("rules")
        .file("rules/migrations/0002_index.py", index("rules", "0001_initial"))
        .app("sql")
        .file("sql/migrations/0002_index.py", index("sql", "0001_initial"));
    assert!(scratch.run("rules").out.contains("drop-column-in-use"));
    assert_eq!(
        scratch.run("check rules --output-format json").findings(),
        ["rules/migrations/0002_index.py: create-index-blocking-writes"]
    );
    assert_eq!(
        scratch.run("check sql --output-format json").findings(),
        ["sql/migrations/0002_index.py: create-index-blocking-writes"]
    );
    assert_eq!(
        scratch.run("--output-format json -- sql").findings(),
        ["sql/migrations/0002_index.py: create-index-blocking-writes"]
    );
}

#[test]
fn sql_takes_an_app_and_the_beginning_of_a_migration() {
    let scratch = two_findings().app("blog");
    let run = |words: &str| scratch.run(&format!("sql --output-format json {words}"));
    let names = |words: &str| -> Vec<String> {
        let document = run(words).json();
        let migrations = document.as_array().expect("an array").iter();
        migrations
            .map(|migration| format!("{}.{}", migration["app"], migration["migration"]).replace('"', ""))
            .collect()
    };
    assert_eq!(names("blog"), ["blog.0001_initial"]);
    assert_eq!(
        names("shop"),
        ["shop.0001_initial", "shop.0002_index", "shop.0003_removal"]
    );
    assert_eq!(names("shop 0003"), ["shop.0003_removal"]);
    assert_eq!(names("shop 0003_removal"), ["shop.0003_removal"]);
}

#[test]
fn sql_says_which_app_or_migration_there_is_not() {
    let scratch = two_findings().app("blog");
    let complaint = |words: &str| {
        let run = scratch.run(&format!("sql {words}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{words}");
        run.notes
    };
    assert_eq!(
        complaint("shopp"),
        "error: no app with migrations is labelled `shopp`; did you mean `shop`?\n"
    );
    assert_eq!(
        complaint("accounts"),
        "error: no app with migrations is labelled `accounts`; the apps with migrations are blog, shop\n"
    );
    assert_eq!(
        complaint("shop 0002_indx"),
        "error: shop has no migration `0002_indx`; did you mean `0002_index`?\n"
    );
    assert_eq!(
        complaint("shop 0009"),
        "error: shop has no migration `0009`; `forelock sql shop` prints all of them\n"
    );
    assert_eq!(
        complaint("shop 000"),
        "error: `000` begins more than one migration of shop: 0001_initial, 0002_index; write more of the name\n"
    );
}

#[test]
fn sql_is_written_for_the_server_and_the_django_that_are_asked_for() {
    let default = "migrations.AddField(\"order\", \"note\", models.TextField(default=\"\"))";
    let scratch = clean().file("shop/migrations/0002_x.py", migration("shop", "0001_initial", default));
    assert_eq!(scratch.run("sql --django-version 4.2").code, 0);
    for (option, message) in [
        (
            "--django-version 1.11",
            "Django 1.11 is not known to forelock; it knows 4.2, 5.0, 5.1, 5.2, 6.0 and 6.1",
        ),
        (
            "--postgres-version 9.6",
            "PostgreSQL 9.6 is not known to forelock; it knows 12 to 18",
        ),
    ] {
        for command in ["check", "sql"] {
            let run = scratch.run(&format!("{command} {option}"));
            assert_eq!(run.code, 2);
            assert!(run.notes.contains(message), "{}", run.notes);
        }
    }
}

#[test]
fn a_version_on_the_command_line_leaves_nothing_to_assume() {
    let run = clean().run("--django-version 5.1");
    assert!(!format!("{}{}", run.out, run.notes).contains("assumed"), "{run:?}");
}

#[test]
fn explain_takes_rules_and_lock_modes_and_says_what_there_is_not() {
    let scratch = Scratch::new();
    assert!(
        scratch
            .run("explain create-index-blocking-writes")
            .out
            .contains("AddIndexConcurrently")
    );
    let mode = Run::of(scratch.forelock().args(["explain", "share row exclusive"]));
    assert!(mode.out.contains("SHARE ROW EXCLUSIVE"), "{mode:?}");
    let unknown = scratch.run("explain create-indx-blocking-writes");
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.notes.contains("did you mean `create-index-blocking-writes`?"),
        "{}",
        unknown.notes
    );
}

#[test]
fn explain_rules_and_completions_need_no_project() {
    let scratch = Scratch::new().file("pyproject.toml", "[tool.forelock]\nno-such-key = 1\n");
    for words in ["rules", "explain drop-column-in-use", "completions bash"] {
        let run = scratch.run(words);
        assert_eq!((run.code, run.notes.as_str()), (0, ""), "{words}");
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = Scratch::new().run(&format!("completions {shell}"));
        assert_eq!(run.code, 0);
        for word in ["explain", "fail-on", "exit-zero"] {
            assert!(run.out.contains(word), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    let run = Scratch::new().run("--version");
    assert_eq!(run.out, format!("forelock {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run.code, 0);
}

#[test]
fn help_tells_the_exit_codes() {
    let run = Scratch::new().run("--help");
    assert_eq!(run.code, 0);
    assert!(run.out.contains("Exit code 0"), "{}", run.out);
}

// Colours.

fn is_coloured(options: &str, variables: &[(&str, &str)]) -> bool {
    let scratch = Scratch::shop();
    let mut command = scratch.forelock();
    command.args(options.split_whitespace()).envs(variables.iter().copied());
    let run = Run::of(&mut command);
    assert!(run.out.contains("create-index-blocking-writes"), "{run:?}");
    run.out.contains('\u{1b}')
}

#[test]
fn a_pipe_gets_no_colours_unless_somebody_asks() {
    assert!(!is_coloured("", &[]));
    assert!(is_coloured("--color always", &[]));
    assert!(is_coloured("", &[("CLICOLOR_FORCE", "1")]));
    assert!(is_coloured("", &[("FORCE_COLOR", "1")]));
}

#[test]
fn the_option_outweighs_variables_and_no_color_those_that_force() {
    assert!(is_coloured("--color always", &[("NO_COLOR", "1")]));
    assert!(!is_coloured("--color never", &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured("", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn programs_get_no_colours_whatever_is_asked() {
    assert!(!is_coloured("--output-format json --color always", &[]));
}

#[test]
fn a_dumb_terminal_gets_ascii() {
    let scratch = Scratch::shop();
    let run = Run::of(scratch.forelock().env("TERM", "dumb"));
    assert!(run.out.is_ascii(), "{}", run.out);
    assert!(!scratch.run("").out.is_ascii());
}

// Closed pipes.

/// Runs forelock with an output that nobody reads any more; its exit code and what it says about that.
#[cfg(unix)]
fn unread(scratch: &Scratch, words: &str) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let program = scratch.forelock();
    let mut command = std::process::Command::new(program.get_program());
    command
        .args(words.split_whitespace())
        .current_dir(scratch.path(""))
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::piped());
    let output = command.output().expect("forelock starts");
    let notes = String::from_utf8(output.stderr).expect("what forelock writes is UTF-8");
    (output.status.code(), notes)
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_nobodys_fault() {
    let scratch = Scratch::shop();
    for words in [
        "sql -q",
        "sql -q --output-format json",
        "rules",
        "explain drop-column-in-use",
        "completions zsh",
        "--help",
        "--version",
    ] {
        assert_eq!(unread(&scratch, words), (Some(0), String::new()), "{words}");
    }
}

#[cfg(unix)]
#[test]
fn findings_gate_even_if_nobody_reads_them() {
    for words in ["-q", "-q --output-format json", "-q --output-format concise"] {
        assert_eq!(unread(&Scratch::shop(), words), (Some(1), String::new()), "{words}");
        assert_eq!(unread(&clean(), words), (Some(0), String::new()), "{words}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let scratch = Scratch::shop();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a full disk");
    let program = scratch.forelock();
    let mut command = std::process::Command::new(program.get_program());
    command
        .current_dir(scratch.path(""))
        .stdout(full)
        .stderr(Stdio::piped());
    let output = command.output().expect("forelock starts");
    assert_eq!(output.status.code(), Some(2));
    let notes = String::from_utf8_lossy(&output.stderr);
    assert!(notes.starts_with("error: cannot write: "), "{notes}");
}

// Many files, as a hook passes them.

#[test]
fn a_thousand_paths_are_one_report() {
    let mut scratch = Scratch::new().file("manage.py", "").file("shop/__init__.py", "");
    let mut parent = "0001_initial".to_owned();
    scratch = scratch.file("shop/migrations/0001_initial.py", INITIAL);
    for number in 2..=1000 {
        let name = format!("{number:04}_note");
        let note = format!("migrations.AddField(\"order\", \"note_{number}\", models.TextField(null=True))");
        scratch = scratch.file(&format!("shop/migrations/{name}.py"), migration("shop", &parent, &note));
        parent = name;
    }
    scratch = scratch.file("shop/migrations/1001_index.py", index("shop", &parent));
    let files = std::fs::read_dir(scratch.path("shop/migrations")).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    let run = Run::of(scratch.forelock().args(["--output-format", "json"]).args(paths));
    assert_eq!(
        run.findings(),
        ["shop/migrations/1001_index.py: create-index-blocking-writes"]
    );
    assert_eq!(run.json()["summary"]["migrations"], 1001);
}

#[test]
fn what_a_field_class_that_nobody_knows_has_for_a_default_is_not_guessed() {
    let scratch = Scratch::shop().file(
        "shop/migrations/0003_point.py",
        "from django.db import migrations\nfrom elsewhere import PointField, point\n\n\n\
         class Migration(migrations.Migration):\n    dependencies = [('shop', '0002_index')]\n    operations = [\n        \
         migrations.AddField('order', 'here', PointField()),\n        \
         migrations.AddField('order', 'there', PointField(null=True)),\n        \
         migrations.AddField('order', 'somewhere', point()),\n    ]\n",
    );
    let run = scratch.run("check shop/migrations/0003_point.py --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_point.py: not-analysed"]);
}

#[test]
fn a_migration_that_two_projects_have_is_asked_for_with_the_project() {
    let scratch = Scratch::new()
        .file("one/manage.py", "")
        .app("one/shop")
        .file("other/manage.py", "")
        .app("other/shop");
    let run = scratch.run("sql shop 0001");
    assert_eq!(
        run.notes,
        "error: more than one project has shop 0001_initial; name one with `--project FOLDER`\n"
    );
    assert_eq!(scratch.run("sql shop 0001 --project one").code, 0);
}

#[test]
fn what_cannot_be_read_of_an_operation_is_said_once_and_where_it_stands() {
    let scratch = Scratch::shop().file(
        "shop/migrations/0003_file.py",
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    \
         dependencies = [('shop', '0002_index')]\n    \
         operations = [migrations.RunSQL(open('lost.sql').read())]\n",
    );
    let run = scratch.run("check shop/migrations/0003_file.py --output-format concise");
    let found = "shop/migrations/0003_file.py:6:37: warning[not-analysed] could not be analysed: ";
    assert!(run.out.starts_with(found), "{run:?}");
    assert!(!run.out.contains("more)"), "{run:?}");
}
