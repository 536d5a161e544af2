//! Projects that are not what is on disk: the tree of a commit, in real git repositories, and files that are changed or gone.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::path::Path;
use std::process::Command;

use forelock::files::{Files, Kind, Overlay, Unreadable};
use forelock::migration::Ownership;
use forelock::project::Project;
use scratch::{INITIAL, Scratch, index, load, migration, removal};

fn git(folder: &Path, words: &str) {
    let author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"];
    let mut command = Command::new("git");
    command.current_dir(folder).args(author).args(words.split_whitespace());
    let output = command.output().expect("git");
    assert!(output.status.success(), "git {words}: {output:?}");
}

fn commit(scratch: &Scratch) {
    git(&scratch.path(""), "add --all");
    git(&scratch.path(""), "commit --quiet --message=change");
}

/// All that was read of a project: migrations with their texts and places, settings, problems, notes.
fn content(project: &Project) -> String {
    let mut migrations: Vec<_> = project.migrations.iter().collect();
    migrations.sort_by(|one, other| one.key.cmp(&other.key));
    let content = format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{migrations:#?}",
        project.settings, project.session, project.problems, project.notes
    );
    // Files are numbered as they are met in one run of the program, here over several projects.
    let lines = content.lines().scan(false, |is_number, line| {
        let shown = if *is_number { "" } else { line };
        *is_number = line.ends_with("FileId(");
        Some(shown)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn names(project: &Project) -> Vec<String> {
    let mut names: Vec<_> = project
        .migrations
        .iter()
        .map(|migration| migration.key.to_string())
        .collect();
    names.sort();
    names
}

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n";

/// A repository with settings of several modules, an app under another label, one whose migrations lie elsewhere, a helper that
/// a migration imports, an app behind a link, a configuration and a requirement.
fn repository() -> Scratch {
    let fill = migration("bookshop", "0001_initial", "migrations.RunSQL(STATEMENT)");
    let scratch = Scratch::new()
        .file("backend/manage.py", MANAGE)
        .file(
            "backend/site/settings.py",
            "from .base import *\nTIME_ZONE = 'Europe/Berlin'\n",
        )
        .file(
            "backend/site/base.py",
            "MIGRATION_MODULES = {'blog': 'schema.for_blog'}\nTIME_ZONE = 'UTC'\nUSE_TZ = False\n",
        )
        .file("backend/forelock.toml", "exclude = ['drafts']\npostgres-version = 15\n")
        .file("requirements.txt", "django==5.1.4\n")
        .app("backend/shop")
        .file(
            "backend/shop/apps.py",
            "class Shop(AppConfig):\n    name = 'shop'\n    label = 'bookshop'\n",
        )
        .file(
            "backend/shop/helpers.py",
            "STATEMENT = 'UPDATE bookshop_order SET status = 1'\n",
        )
        .file(
            "backend/shop/migrations/0002_fill.py",
            fill.replacen("from", "from shop.helpers import STATEMENT\nfrom", 1),
        )
        .file("backend/shop/migrations/0003_broken.py", b"class Migration: '\xe9'\n")
        .file("backend/schema/for_blog/0001_initial.py", INITIAL)
        .app("backend/drafts")
        .app("packages/tags");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../packages/tags", scratch.path("backend/tags")).expect("a link");
        std::os::unix::fs::symlink("tags", scratch.path("backend/labels")).expect("a link");
        std::os::unix::fs::symlink("circle", scratch.path("backend/circle")).expect("a link");
        std::os::unix::fs::symlink("/somewhere/else", scratch.path("backend/out")).expect("a link");
    }
    git(&scratch.path(""), "init --quiet");
    commit(&scratch);
    scratch
}

/// The project of HEAD in a clean checkout.
fn checked_out(scratch: &Scratch, reference: &str) -> (Scratch, Project) {
    let clone = Scratch::new();
    let origin = scratch.path("");
    git(
        &clone.path(""),
        &format!("clone --quiet --no-checkout {} clone", origin.display()),
    );
    git(&clone.path("clone"), &format!("checkout --quiet --detach {reference}"));
    let project = load(&clone.path("clone/backend"), &Files::on_disk());
    (clone, project)
}

fn of_commit(scratch: &Scratch, reference: &str) -> Project {
    let folder = scratch.path("backend");
    let files = Files::of_commit(&folder, reference).expect("a commit");
    load(&folder, &files)
}

fn head(scratch: &Scratch) -> String {
    let mut command = Command::new("git");
    let output = command
        .current_dir(scratch.path(""))
        .args(["rev-parse", "HEAD"])
        .output();
    String::from_utf8(output.expect("git").stdout)
        .expect("a name")
        .trim()
        .to_owned()
}

#[test]
fn a_project_read_from_a_commit_is_the_one_of_its_clean_checkout() {
    let scratch = repository();
    let first = head(&scratch);
    let scratch = scratch
        .file(
            "backend/shop/migrations/0004_removal.py",
            removal("bookshop", "0002_fill"),
        )
        .file("backend/site/base.py", "USE_TZ = True\n");
    commit(&scratch);
    // What is on disk is something else altogether.
    std::fs::remove_dir_all(scratch.path("backend/shop")).expect("the shop");
    let scratch = scratch
        .app("backend/new")
        .file("backend/manage.py", "")
        .file("requirements.txt", "django==4.2\n");
    for (reference, name, is_later) in [("HEAD", "HEAD", true), ("HEAD~1", first.as_str(), false)] {
        let project = of_commit(&scratch, reference);
        let (_clone, expected) = checked_out(&scratch, name);
        assert_eq!(content(&project), content(&expected), "{reference}");
        let names = names(&project);
        assert_eq!(
            names.contains(&"bookshop.0004_removal".to_owned()),
            is_later,
            "{names:?}"
        );
        assert!(names.contains(&"bookshop.0002_fill".to_owned()), "{names:?}");
        // The settings of the first commit say so, those of the second do not.
        assert_eq!(names.contains(&"blog.0001_initial".to_owned()), !is_later, "{names:?}");
        assert_eq!(
            names.contains(&"labels.0001_initial".to_owned()),
            cfg!(unix),
            "{names:?}"
        );
        assert!(
            !names
                .iter()
                .any(|name| name.starts_with("drafts") || name.starts_with("new"))
        );
        assert_eq!(project.problems.len(), 1, "{:?}", project.problems);
    }
}

#[test]
fn installed_packages_are_those_of_the_machine_whatever_the_commit() {
    let site_packages = "backend/.venv/lib/python3.12/site-packages";
    let key = "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"vendor.Order\", models.CASCADE, null=True))";
    let key = migration("bookshop", "0002_fill", key)
        .replace("\"0002_fill\")]", "\"0002_fill\"), (\"vendor\", \"0001_initial\")]");
    let scratch = repository()
        .file(".gitignore", ".venv\n")
        .file("backend/shop/migrations/0004_tag.py", key);
    commit(&scratch);
    let scratch = scratch
        .file(&format!("{site_packages}/django/__init__.py"), "")
        .app(&format!("{site_packages}/vendor"));
    let project = of_commit(&scratch, "HEAD");
    let vendor = project
        .migrations
        .iter()
        .find(|migration| migration.key.app == "vendor");
    assert_eq!(vendor.map(|migration| migration.ownership), Some(Ownership::Package));
}

#[test]
fn a_commit_is_read_as_git_has_it_from_any_folder_of_the_repository() {
    let scratch = repository();
    let large = std::fs::File::create(scratch.path("backend/large.py")).expect("a file");
    large.set_len((16 << 20) + 1).expect("a long file");
    commit(&scratch);
    let files = Files::of_commit(&scratch.path("backend/shop"), "HEAD").expect("a commit");
    let kind = |path: &str| files.kind(&scratch.path(path));
    assert!(matches!(kind("backend/shop"), Ok(Some(Kind::Folder))));
    assert!(matches!(kind("backend/shop/apps.py"), Ok(Some(Kind::File))));
    assert!(matches!(kind("backend/shop/gone.py"), Ok(None)));
    assert!(matches!(kind("backend/shop/apps.py/gone"), Ok(None)));
    assert!(files.holds_repository(&scratch.path("")));
    assert!(!files.holds_repository(&scratch.path("backend")));
    let read = |path: &str| files.read(&scratch.path(path));
    assert!(matches!(
        read("backend/large.py"),
        Err(Unreadable::TooLarge(16_777_217))
    ));
    // The answer before does not get in the way of the next.
    assert!(matches!(read("requirements.txt"), Ok(Some(text)) if text == b"django==5.1.4\n"));
    assert!(matches!(read("backend"), Err(Unreadable::NotAFile(Kind::Folder))));
    #[cfg(unix)]
    {
        assert!(
            matches!(read("backend/labels/migrations/0001_initial.py"), Ok(Some(text)) if text == INITIAL.as_bytes())
        );
        let real = files.real(&scratch.path("backend/labels/migrations")).expect("a place");
        assert_eq!(real, Some(scratch.path("packages/tags/migrations")));
        assert!(matches!(read("backend/circle"), Err(Unreadable::Circle)));
        assert!(matches!(read("backend/out"), Err(Unreadable::LeadsOut)));
    }
}

#[test]
fn a_reference_that_names_no_commit_and_a_folder_in_no_repository_are_errors() {
    let scratch = repository();
    let error = Files::of_commit(&scratch.path(""), "nowhere").expect_err("no commit");
    assert_eq!(error.to_string(), "`nowhere` is no commit that git knows here");
    let outside = Scratch::new();
    let error = Files::of_commit(&outside.path(""), "HEAD").expect_err("no repository");
    assert!(error.to_string().ends_with("is in no git repository"), "{error}");
}

#[test]
fn files_changed_added_and_removed_are_read_as_if_they_were_saved() {
    let on_disk = Scratch::shop().file("shop/migrations/0003_removal.py", removal("shop", "0002_index"));
    let text = index("shop", "0001_initial").replace("shop_status", "other");
    let overlay = Overlay::default()
        .with(on_disk.path("shop/migrations/0002_index.py"), text.clone().into_bytes())
        .with(on_disk.path("blog/migrations/0001_initial.py"), INITIAL.into())
        .without(on_disk.path("shop/migrations/0003_removal.py"));
    let saved = Scratch::shop()
        .file("shop/migrations/0002_index.py", text)
        .file("blog/migrations/0001_initial.py", INITIAL);
    let project = load(&on_disk.path(""), &Files::on_disk().with(overlay));
    assert_eq!(
        names(&project),
        ["blog.0001_initial", "shop.0001_initial", "shop.0002_index"]
    );
    assert_eq!(content(&project), content(&load(&saved.path(""), &Files::on_disk())));
}

#[test]
fn an_overlay_may_lie_over_a_commit() {
    let scratch = repository();
    let overlay = Overlay::default().with(
        scratch.path("backend/shop/migrations/0004_removal.py"),
        removal("bookshop", "0002_fill").into_bytes(),
    );
    let files = Files::of_commit(&scratch.path(""), "HEAD")
        .expect("a commit")
        .with(overlay);
    let names = names(&load(&scratch.path("backend"), &files));
    assert!(names.contains(&"bookshop.0004_removal".to_owned()), "{names:?}");
}
