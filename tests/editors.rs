//! For editors and pull requests: text that is not saved yet, and annotations.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Run, Scratch, index, removal};

/// Runs forelock with a text on standard input.
fn with_input(scratch: &Scratch, folder: &str, words: &str, text: &str) -> Run {
    Run::of(
        scratch
            .forelock_in(folder)
            .args(words.split_whitespace())
            .write_stdin(text),
    )
}

// Text that is not saved yet.

#[test]
fn unsaved_text_takes_the_place_of_the_file_and_others_are_not_reported() {
    let scratch = Scratch::shop().file("shop/migrations/0003_other.py", removal("shop", "0002_index"));
    let text = removal("shop", "0001_initial");
    let words = "check --stdin-filename shop/migrations/0002_index.py --output-format json";
    let run = with_input(&scratch, "", words, &text);
    assert_eq!(run.findings(), ["shop/migrations/0002_index.py: drop-column-in-use"]);
}

#[test]
fn unsaved_text_gets_the_answer_that_the_saved_file_gets() {
    let words = "--output-format json --django-version 5.2 --postgres-version 16";
    let files = [
        ("shop/migrations/0002_index.py", "0001_initial"),
        ("shop/migrations/0003_new.py", "0002_index"),
    ];
    for (file, parent) in files {
        let text = removal("shop", parent);
        let unsaved = with_input(
            &Scratch::shop(),
            "",
            &format!("check --stdin-filename {file} {words}"),
            &text,
        );
        let saved = Scratch::shop().file(file, &text).run(&format!("check {file} {words}"));
        assert_eq!(unsaved.findings(), [format!("{file}: drop-column-in-use")]);
        assert_eq!(unsaved.out, saved.out);
        assert_eq!(unsaved.notes, saved.notes);
    }
}

#[test]
fn unsaved_text_that_cannot_be_decoded_is_shown_as_it_is_and_not_as_it_was_saved() {
    let scratch = Scratch::shop();
    let mut command = scratch.forelock();
    command
        .args(["check", "--stdin-filename", "shop/migrations/0002_index.py"])
        .args(["--output-format", "json"])
        .write_stdin(b"class Migration:\n    pass\n# caf\xe9\n".to_vec());
    let run = Run::of(&mut command);
    assert_eq!(run.findings(), ["shop/migrations/0002_index.py: unreadable-file"]);
    assert_eq!(run.json()["findings"][0]["range"]["start"]["line"], 3);
}

#[cfg(unix)]
#[test]
fn unsaved_text_of_a_file_named_through_a_link_takes_the_place_of_the_file() {
    let scratch = Scratch::shop();
    scratch::link(&scratch.path("shop"), &scratch.path("app"));
    for (file, parent) in [("0002_index.py", "0001_initial"), ("0003_new.py", "0002_index")] {
        let text = removal("shop", parent);
        let words = format!("check --stdin-filename app/migrations/{file} --output-format json");
        let run = with_input(&scratch, "", &words, &text);
        assert_eq!(run.findings(), [format!("shop/migrations/{file}: drop-column-in-use")]);
    }
}

#[test]
fn a_file_that_was_never_saved_is_judged_with_the_history_of_its_project() {
    let scratch = Scratch::shop();
    let text = removal("shop", "0002_index");
    let words = "check --stdin-filename shop/migrations/0003_new.py --output-format json";
    let run = with_input(&scratch, "", words, &text);
    assert_eq!(run.findings(), ["shop/migrations/0003_new.py: drop-column-in-use"]);
    let words = "check --stdin-filename 0003_new.py --output-format json";
    let run = with_input(&scratch, "shop/migrations", words, &text);
    assert_eq!(run.findings(), ["0003_new.py: drop-column-in-use"]);
}

#[test]
fn text_half_written_is_an_error_at_its_place() {
    let scratch = Scratch::shop();
    let text = removal("shop", "0002_index").replace("\"status\")", "\"status\"");
    let words = "check --stdin-filename shop/migrations/0003_new.py --output-format concise";
    let run = with_input(&scratch, "", words, &text);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.out.starts_with("shop/migrations/0003_new.py:"), "{run:?}");
}

#[test]
fn text_that_is_no_migration_is_nobodys_concern() {
    let run = with_input(&Scratch::shop(), "", "check --stdin-filename shop/models.py", "x = 1\n");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.notes.contains("shop/models.py: no migration, nothing to judge"),
        "{run:?}"
    );
}

#[test]
fn the_text_of_one_file_and_paths_exclude_each_other() {
    let run = with_input(
        &Scratch::shop(),
        "",
        "check --stdin-filename shop/migrations/0002_index.py shop",
        "",
    );
    assert_eq!(run.code, 2, "{run:?}");
}

// Annotations.

#[test]
fn github_shows_a_finding_at_its_place_with_its_advice() {
    let scratch = Scratch::shop();
    let run = scratch.run("check --output-format github");
    assert_eq!(run.code, 1);
    let annotation = run.out.lines().next().expect("an annotation");
    let file = scratch.path("shop/migrations/0002_index.py").display().to_string();
    let expected = format!(
        "::error file={file},line=7,endLine=7,col=9,endColumn=28,title=forelock%3A create-index-blocking-writes::"
    );
    assert!(annotation.starts_with(&expected), "{annotation}");
    assert!(
        annotation.contains("wait%0A%0A"),
        "the advice stands below the message: {annotation}"
    );
    assert!(!annotation.contains("%%"), "{annotation}");
}

#[test]
fn what_would_end_a_property_or_a_command_is_escaped() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("a,b")
        .file("a,b/migrations/0002_100%: x.py", index("a,b", "0001_initial"));
    let run = scratch.run("check --output-format github");
    let annotation = run
        .out
        .lines()
        .find(|line| line.starts_with("::"))
        .expect("an annotation");
    assert!(
        annotation.contains("/a%2Cb/migrations/0002_100%25%3A x.py,line="),
        "{annotation}"
    );
}
