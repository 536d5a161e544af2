//! Enumerations and their members: `Status.NEW`, `Status("new")`, `Status["NEW"]`, and going through them.

use std::rc::Rc;

use super::super::{Class, Module};
use super::Runner;
use super::data::{Datum, Given};

/// The member of an enumeration that a text or number is, which equals its value.
pub(super) struct Member<'a> {
    datum: Datum<'a>,
    home: &'a Module,
    class: &'a Class,
    name: String,
}

impl<'a> Runner<'a> {
    /// A member of an enumeration: what it equals, or its name where it is nothing but that.
    pub(super) fn member(&mut self, home: &'a Module, class: &'a Class, name: &str) -> Datum<'a> {
        let known = self
            .members
            .iter()
            .find(|known| std::ptr::eq(known.class, class) && known.name == name);
        if let Some(known) = known {
            return known.datum.clone();
        }
        let datum = match class.attribute(name).map(|attribute| &attribute.value) {
            Some(value) if value.unknown().is_none() => self.class_value(home, value),
            Some(_) | None => return Datum::name(format!("{}.{}.{name}", home.path, class.name)),
        };
        self.members.push(Member {
            datum: datum.clone(),
            home,
            class,
            name: name.to_owned(),
        });
        datum
    }

    /// `value`, `name` or `label` of a member that equals its value. Text made elsewhere is another, if it reads the same.
    pub(super) fn part_of_member(&mut self, datum: &Datum<'a>, part: &str) -> Option<Datum<'a>> {
        let is_it = |known: &&Member<'a>| match (datum, &known.datum) {
            (Datum::Text(one), Datum::Text(other)) => Rc::ptr_eq(one, other),
            (Datum::Constant(one), Datum::Constant(other)) => Rc::ptr_eq(one, other),
            _ => false,
        };
        let member = self.members.iter().find(is_it)?;
        let (home, class) = (member.home, member.class);
        let part = class.attribute(&format!("{}.{part}", member.name))?;
        Some(self.class_value(home, &part.value))
    }

    /// The class of an enumeration, and the name of the member of it that a path leads to.
    pub(super) fn member_at<'p>(&self, path: &'p str) -> Option<(&'a Module, &'a Class, &'p str)> {
        let (class, member) = path.rsplit_once('.')?;
        let (home, class) = self.modules.class(self.start, class)?;
        class.member(member)?;
        Some((home, class, member))
    }

    /// The enumeration that something stands for.
    pub(super) fn enumeration(&self, datum: &Datum<'a>) -> Option<(&'a Module, &'a Class)> {
        let (home, class) = match datum {
            Datum::Class(home, class) => (*home, *class),
            datum => self.modules.class(self.start, datum.as_name()?)?,
        };
        (!class.members().is_empty()).then_some((home, class))
    }

    /// The members of an enumeration, in order.
    pub(super) fn members_of(&mut self, datum: &Datum<'a>) -> Option<Vec<Datum<'a>>> {
        let (home, class) = self.enumeration(datum)?;
        let names = class.members();
        Some(names.iter().map(|name| self.member(home, class, name)).collect())
    }

    /// `Status["NEW"]`
    pub(super) fn member_called(&mut self, datum: &Datum<'a>, name: &Datum<'a>) -> Option<Datum<'a>> {
        let (home, class) = self.enumeration(datum)?;
        match self.known_text(name) {
            Some(name) => {
                class.member(&name)?;
                Some(self.member(home, class, &name))
            }
            None => self.members_of(datum)?.into_iter().reduce(Datum::or),
        }
    }

    /// `Status.__members__`
    pub(super) fn members_by_name(&mut self, home: &'a Module, class: &'a Class) -> Datum<'a> {
        let names = class.members();
        let items = names
            .iter()
            .map(|name| (Datum::text(name), self.member(home, class, name)))
            .collect();
        self.state.dict(items)
    }

    /// `Status("new")`: one of the members where the value is not known.
    pub(super) fn member_with_value(&mut self, home: &'a Module, class: &'a Class, given: &Given<'a>) -> Datum<'a> {
        let any = |runner: &mut Self| {
            let members = runner.members_of(&Datum::Class(home, class)).unwrap_or_default();
            members.into_iter().reduce(Datum::or)
        };
        let value = given.get(0, "value").cloned().unwrap_or_else(Datum::none);
        let member = match self.plain_value(&value) {
            Some(value) => {
                let is_it = |name: &&str| {
                    let own = class.attribute(&format!("{name}.value"));
                    own.is_some_and(|own| own.value == value)
                };
                let name = class.members().into_iter().find(is_it);
                name.map(|name| self.member(home, class, name))
            }
            None => any(self),
        };
        member.unwrap_or_else(|| Datum::unknown("no member of the enumeration has this value"))
    }
}
