//! The structure of a PL/pgSQL body: its statements as a tree, over the tokens that they are written in.

use crate::sql::token::Token;

/// Tokens of a body, in a row.
pub(super) type Tokens<'a> = &'a [Token];

/// `[DECLARE ..] BEGIN .. [EXCEPTION ..] END`
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    pub declarations: Vec<Declaration<'a>>,
    pub steps: Vec<Step<'a>>,
    /// What runs after `WHEN .. THEN`, in the order of the conditions.
    pub handlers: Vec<Vec<Step<'a>>>,
}

/// A variable of a block.
#[derive(Debug)]
pub(super) struct Declaration<'a> {
    pub name: &'a str,
    pub value: Declared<'a>,
}

/// What a variable begins with.
#[derive(Debug)]
pub(super) enum Declared<'a> {
    /// NULL.
    Nothing,
    /// `:= value`, `DEFAULT value`
    Value(Tokens<'a>),
    /// `CURSOR FOR query`: it runs when the cursor is opened.
    Cursor(Tokens<'a>),
}

/// One statement.
#[derive(Debug)]
pub(super) enum Step<'a> {
    Block(Block<'a>),
    /// `IF`, and `CASE`, whose conditions may be values to be compared with.
    If {
        arms: Vec<Arm<'a>>,
        otherwise: Option<Vec<Step<'a>>>,
    },
    Loop {
        over: Over<'a>,
        steps: Vec<Step<'a>>,
    },
    /// `variable := value`; not `whole` where it is a field or an element that is set.
    Assign {
        variable: &'a str,
        is_whole: bool,
        value: Tokens<'a>,
    },
    /// Values that are computed: of `RETURN`, `RAISE`, `ASSERT`.
    Evaluate(Tokens<'a>),
    /// A statement of SQL as it stands there.
    Sql(Tokens<'a>),
    /// A query behind `PERFORM`, `RETURN QUERY`, `OPEN .. FOR`; its own words, and the whole.
    Query {
        query: Tokens<'a>,
        whole: Tokens<'a>,
    },
    /// `OPEN cursor`
    Open(&'a str),
    /// `EXECUTE text [INTO ..] [USING ..]`, also behind `RETURN QUERY`, `FOR .. IN`, `OPEN .. FOR`
    Execute {
        text: Tokens<'a>,
        whole: Tokens<'a>,
    },
    /// `COMMIT`, `ROLLBACK`
    EndTransaction(Tokens<'a>),
    /// What follows does not run, if the condition holds.
    Leave {
        leaves: Leaving,
        when: Option<Tokens<'a>>,
    },
    /// Variables get values that are not known: `GET DIAGNOSTICS`, `FETCH`.
    Forget(Vec<&'a str>),
    /// What could not be read.
    Unread {
        tokens: Tokens<'a>,
        reason: String,
    },
}

/// `condition THEN steps`
#[derive(Debug)]
pub(super) struct Arm<'a> {
    pub condition: Condition<'a>,
    pub steps: Vec<Step<'a>>,
}

/// What decides whether an arm runs.
#[derive(Debug)]
pub(super) enum Condition<'a> {
    Holds(Tokens<'a>),
    /// `CASE value WHEN a, b THEN`
    Equals(Tokens<'a>, Tokens<'a>),
}

/// What a loop goes over.
#[derive(Debug)]
pub(super) enum Over<'a> {
    /// `LOOP`: until something leaves it.
    Nothing,
    While(Tokens<'a>),
    /// `FOR i IN [REVERSE] a .. b [BY c]`; the bounds as they stand there.
    Range {
        variable: &'a str,
        bounds: Tokens<'a>,
    },
    /// `FOR a, b IN query`; the query is a statement of SQL
    Query {
        variables: Vec<&'a str>,
        query: Tokens<'a>,
    },
    /// `FOR a IN EXECUTE text`
    Execute {
        variables: Vec<&'a str>,
        text: Tokens<'a>,
        whole: Tokens<'a>,
    },
    /// `FOR a IN cursor`
    Cursor {
        variables: Vec<&'a str>,
        cursor: &'a str,
    },
    /// `FOREACH a IN ARRAY value`
    Array {
        variables: Vec<&'a str>,
        value: Tokens<'a>,
    },
}

/// How far a statement leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaving {
    /// `CONTINUE`: the turn of the loop.
    Turn,
    /// `EXIT`
    Loop,
    /// `RETURN`
    Body,
    /// `RAISE EXCEPTION`: everything is rolled back.
    Everything,
}

impl<'a> Block<'a> {
    /// The variables that its statements set.
    pub(super) fn set_variables(&self, found: &mut Vec<&'a str>) {
        found.extend(self.declarations.iter().map(|declaration| declaration.name));
        let handlers = self.handlers.iter().flatten();
        self.steps
            .iter()
            .chain(handlers)
            .for_each(|step| step.set_variables(found));
    }
}

impl<'a> Step<'a> {
    /// The variables that it sets.
    pub(super) fn set_variables(&self, found: &mut Vec<&'a str>) {
        match self {
            Step::Block(block) => block.set_variables(found),
            Step::If { arms, otherwise } => {
                let steps = arms.iter().flat_map(|arm| &arm.steps);
                steps
                    .chain(otherwise.iter().flatten())
                    .for_each(|step| step.set_variables(found));
            }
            Step::Loop { over, steps } => {
                found.extend(over.variables());
                steps.iter().for_each(|step| step.set_variables(found));
            }
            Step::Assign { variable, .. } => found.push(variable),
            Step::Sql(tokens) | Step::Query { whole: tokens, .. } | Step::Execute { whole: tokens, .. } => {
                found.extend(targets(tokens));
            }
            Step::Forget(variables) => found.extend(variables),
            Step::Evaluate(_) | Step::Open(_) | Step::EndTransaction(_) | Step::Leave { .. } | Step::Unread { .. } => {}
        }
    }
}

impl<'a> Over<'a> {
    /// The variables of the loop.
    pub(super) fn variables(&self) -> Vec<&'a str> {
        match self {
            Over::Nothing | Over::While(_) => Vec::new(),
            Over::Range { variable, .. } => vec![variable],
            Over::Query { variables, .. }
            | Over::Execute { variables, .. }
            | Over::Cursor { variables, .. }
            | Over::Array { variables, .. } => variables.clone(),
        }
    }
}

/// The variables behind `INTO` of a statement, where that is not the table of an `INSERT`.
pub(super) fn targets(tokens: Tokens<'_>) -> Vec<&str> {
    let mut found = Vec::new();
    let mut depth = 0i32;
    for (index, token) in tokens.iter().enumerate() {
        depth += token.nesting();
        let of_rows = index > 0 && (tokens[index - 1].is("insert") || tokens[index - 1].is("merge"));
        if depth == 0 && token.is("into") && !of_rows {
            found.extend(names_at(&tokens[index + 1..]));
        }
    }
    found
}

/// `[STRICT] a, b.c, ..`
fn names_at(tokens: Tokens<'_>) -> Vec<&str> {
    let mut rest = tokens;
    if let [first, after @ ..] = rest
        && first.is("strict")
    {
        rest = after;
    }
    let mut found = Vec::new();
    while let [first, after @ ..] = rest
        && let Some(name) = first.name()
    {
        found.push(name);
        rest = after;
        while let [dot, _, after @ ..] = rest
            && dot.is_symbol(".")
        {
            rest = after;
        }
        match rest {
            [comma, after @ ..] if comma.is_symbol(",") => rest = after,
            _ => break,
        }
    }
    found
}
