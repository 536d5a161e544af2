//! Commands of `manage.py` that code calls: Django's own are known, the project's are followed.

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Datum, Given};
use crate::python_work::{Action, Handed};
use crate::value::Value;

/// Commands of Django that send nothing to the database but questions, or have a connection of their own.
/// See django/core/management/commands and django/contrib/*/management/commands of Django 5.2.
#[rustfmt::skip]
const QUIET: &[&str] = &[
    "check", "collectstatic", "compilemessages", "dbshell", "diffsettings", "dumpdata", "findstatic", "inspectdb",
    "makemessages", "makemigrations", "ogrinspect", "optimizemigration", "runserver", "sendtestemail", "shell",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "startapp", "startproject",
];

/// Commands of Django that write rows and leave the schema alone.
#[rustfmt::skip]
const WRITING_ROWS: &[&str] = &[
    "changepassword", "clearsessions", "createsuperuser", "remove_stale_contenttypes",
];

/// Commands of Django that change the schema, take all rows and a lock for it, or write rows by the models of the code
/// that is deployed, whatever the migrations have made of their tables: `loaddata`.
const TO_BE_TOLD: &[&str] = &["createcachetable", "flush", "loaddata", "migrate", "test", "testserver"];

impl<'a> Runner<'a> {
    /// `call_command("name", ..)` and `call_command(Command(), ..)`
    pub(super) fn command(&mut self, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let called = given.get(0, "command_name").cloned().unwrap_or_else(Datum::none);
        if let Datum::Object(_) = called {
            return self.handle(&called, given, place);
        }
        let name = self.known_text(&called);
        match name.as_deref() {
            Some(name) if QUIET.contains(&name) => {}
            Some(name) if WRITING_ROWS.contains(&name) => {
                let reason = format!("which rows the command `{name}` writes is not known");
                self.unfollowed(reason, Some(Handed::Apps), place);
            }
            Some(name) if !TO_BE_TOLD.contains(&name) => match self.own_command(name) {
                Some(class) => {
                    let command = self.call_datum(&class, Given::default(), Some(place));
                    return self.handle(&command, given, place);
                }
                None => self.send_command(Some(name), given, place),
            },
            name => self.send_command(name, given, place),
        }
        Datum::none()
    }

    fn send_command(&mut self, name: Option<&str>, given: &Given<'a>, place: TextRange) {
        let rest = given.args.iter().skip(1);
        let arguments: Vec<String> = rest.filter_map(|datum| self.known_text(datum)).collect();
        let name = name.map(str::to_owned);
        self.effect(Action::Command { name, arguments }, place);
    }

    /// What `handle` of a command's object does. Its options are known only to its parser.
    fn handle(&mut self, command: &Datum<'a>, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let options = Given {
            args: Vec::new(),
            kwargs: given.kwargs.clone(),
            is_open: true,
        };
        let name = match command {
            Datum::Object(id) if self.method_of(*id, "handle_noargs", 0).is_some() => "handle_noargs",
            _ => "handle",
        };
        self.call_method(command, name, options, place)
    }

    /// The class of a command, of the first installed app that has it.
    fn own_command(&mut self, name: &str) -> Option<Datum<'a>> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(is_plain) {
            return None;
        }
        for app in self.installed_apps() {
            let path = format!("{app}.management.commands.{name}");
            if let Some(home) = self.modules.get(&path) {
                let class = home.class("Command")?;
                return Some(Datum::Class(home, class));
            }
            if !self.modules.knows(&path) {
                self.asked.push(path);
            }
        }
        None
    }

    /// The packages of the installed apps; at least that of the migration.
    fn installed_apps(&mut self) -> Vec<String> {
        let own = self.start.path.split(".migrations").next().unwrap_or_default();
        let mut apps = vec![own.to_owned()];
        let installed = self.setting("INSTALLED_APPS");
        let items = match self.plain_value(&installed) {
            Some(Value::List(items) | Value::Tuple(items)) => items,
            _ => Vec::new(),
        };
        for item in items.iter().filter_map(Value::as_str) {
            let package = item.split(".apps.").next().unwrap_or(item);
            if !package.starts_with("django.") && !apps.iter().any(|app| app == package) {
                apps.push(package.to_owned());
            }
        }
        apps
    }
}
