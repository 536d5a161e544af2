//! What a body sends, statement by statement, in the order in which it runs.

use crate::python_work::Certainty;
use crate::sql::cursor::Cursor;
use crate::sql::expression;
use crate::sql::token::Token;
use crate::sql::{Tokens as Cut, heads, query, rows, split};
use crate::statement::{Command, Inner, QueryReads, Rows, Statement, TransactionChange};

use super::guards::Decided;
use super::structure::{Arm, Block, Condition, Declared, Leaving, Over, Step, Tokens, targets};
use super::text::{Folding, Text, Value, Variables};

/// Commands that begin or end a transaction, or a part of one.
const COMMANDS_OF_TRANSACTIONS: &[&str] = &[
    "abort",
    "begin",
    "commit",
    "end",
    "release",
    "rollback",
    "savepoint",
    "start",
];

const PUT_TOGETHER: &str = "EXECUTE runs SQL that is put together at run time";

/// Bodies within bodies deeper than this are not followed.
const DEEPEST: usize = 7;

/// Where a body stands.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// It begins at this byte of the text that people see.
    At(usize),
    /// All of it is told at the statement that leads to it, if that has a place.
    Of(Option<(usize, usize)>),
}

/// Whether a body may end the transaction that it runs in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Where nobody else has begun it.
    Possible,
    /// Never, for this reason.
    Refused(&'static str),
}

/// How the run of some statements ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// What follows runs.
    GoesOn,
    /// A condition decides whether what follows runs.
    MayLeave(Leaving),
    /// What follows does not run.
    Leaves(Leaving),
}

/// A body while it runs.
pub(super) struct Course<'a> {
    cursor: Cursor<'a>,
    place: Place,
    depth: usize,
    ending: Ending,
    certainty: Certainty,
    variables: Variables,
    /// The records of loops that go over all rows of a query.
    of_all_rows: Vec<&'a str>,
    /// The queries of cursors.
    cursors: Vec<(&'a str, Tokens<'a>)>,
    found: Vec<Inner>,
    /// Whether the same text may be gone through often: in a function, or in a loop that is unrolled.
    is_repeated: bool,
    is_exhausted: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(cursor: Cursor<'a>, place: Place, ending: Ending, variables: Variables, depth: usize) -> Self {
        Self {
            cursor,
            place,
            depth,
            ending,
            certainty: Certainty::Certain,
            variables,
            of_all_rows: Vec::new(),
            cursors: Vec::new(),
            found: Vec::new(),
            is_repeated: matches!(place, Place::Of(None)),
            is_exhausted: false,
        }
    }

    /// What the body sends.
    pub(super) fn of_body(mut self, body: &Block<'a>) -> Vec<Inner> {
        self.block(body);
        self.found
    }

    fn folding(&self) -> Folding<'_> {
        Folding {
            variables: &self.variables,
            reading: self.cursor.reading,
        }
    }

    fn block(&mut self, block: &Block<'a>) -> Flow {
        for declaration in &block.declarations {
            match declaration.value {
                Declared::Nothing => self.variables.set(declaration.name, Value::Null),
                Declared::Value(value) => self.assign(declaration.name, value),
                Declared::Cursor(query) => self.cursors.push((declaration.name, query)),
            }
        }
        if block.handlers.is_empty() {
            return self.steps(&block.steps);
        }
        // What fails here is caught, and with it all that the block has done: whatever it does is done or not.
        let (certainty, ending) = (self.certainty, self.ending);
        self.certainty = Certainty::Doubtful;
        if ending == Ending::Possible {
            self.ending = Ending::Refused("PL/pgSQL allows no COMMIT or ROLLBACK in a block with an EXCEPTION clause");
        }
        let before = self.variables.clone();
        let flow = self.steps(&block.steps);
        self.ending = ending;
        let mut leaves = flow;
        self.variables.keep_common(&before);
        for handler in &block.handlers {
            let before = self.variables.clone();
            self.certainty = Certainty::Doubtful;
            leaves = leaves.or(self.steps(handler));
            self.variables.keep_common(&before);
        }
        self.certainty = certainty;
        leaves.perhaps()
    }

    /// Runs statements. Behind one that may leave, the others are in doubt, also for those who called this.
    fn steps(&mut self, steps: &[Step<'a>]) -> Flow {
        let mut flow = Flow::GoesOn;
        for step in steps {
            match self.step(step) {
                Flow::GoesOn => {}
                Flow::MayLeave(leaving) => {
                    self.certainty = Certainty::Doubtful;
                    flow = flow.or(Flow::MayLeave(leaving));
                }
                Flow::Leaves(leaving) => return flow.then(leaving),
            }
        }
        flow
    }

    fn step(&mut self, step: &Step<'a>) -> Flow {
        match step {
            Step::Block(block) => return self.block(block),
            Step::If { arms, otherwise } => return self.branches(arms, otherwise.as_deref()),
            Step::Loop { over, steps } => return self.repeat(over, steps),
            Step::Assign {
                variable,
                is_whole: true,
                value,
            } => self.assign(variable, value),
            Step::Assign { variable, value, .. } => {
                self.evaluate(value);
                self.variables.forget(variable);
            }
            Step::Evaluate(tokens) => self.evaluate(tokens),
            Step::Sql(tokens) => self.sql(tokens),
            Step::Query { query, whole } => self.query(query, whole),
            Step::Open(cursor) => self.open(cursor),
            Step::Execute { text, whole } => self.execute(text, whole),
            Step::EndTransaction(tokens) => self.end_transaction(tokens),
            Step::Leave { leaves, when } => return self.leave(*leaves, *when),
            Step::Forget(variables) => variables.iter().for_each(|variable| self.variables.forget(variable)),
            Step::Unread { tokens, reason } => self.unread(tokens, reason),
        }
        Flow::GoesOn
    }

    fn leave(&mut self, leaves: Leaving, when: Option<Tokens<'a>>) -> Flow {
        let Some(condition) = when else {
            return Flow::Leaves(leaves);
        };
        self.evaluate(condition);
        match self.folding().decide(condition) {
            Decided::Holds => Flow::Leaves(leaves),
            Decided::Fails => Flow::GoesOn,
            Decided::Unknown => Flow::MayLeave(leaves),
        }
    }

    fn assign(&mut self, variable: &str, value: Tokens<'a>) {
        self.evaluate(value);
        let value = self.folding().value(value);
        self.variables.forget(variable);
        self.variables.set(variable, value);
    }

    // Conditions.

    fn branches(&mut self, arms: &[Arm<'a>], otherwise: Option<&[Step<'a>]>) -> Flow {
        let certainty = self.certainty;
        let before = self.variables.clone();
        let mut merged: Option<(Variables, Flow)> = None;
        let mut is_covered = false;
        for arm in arms {
            let decided = self.condition(&arm.condition);
            if decided == Decided::Fails {
                continue;
            }
            is_covered = decided == Decided::Holds;
            if !is_covered {
                self.certainty = Certainty::Doubtful;
            }
            merged = Some(self.branch(&arm.steps, &before, merged));
            if is_covered {
                break;
            }
        }
        if !is_covered {
            merged = Some(self.branch(otherwise.unwrap_or_default(), &before, merged));
        }
        self.certainty = certainty;
        let Some((variables, flow)) = merged else {
            return Flow::GoesOn;
        };
        self.variables = variables;
        flow
    }

    /// Runs one of several branches, and says what is true after any of them.
    fn branch(
        &mut self,
        steps: &[Step<'a>],
        before: &Variables,
        others: Option<(Variables, Flow)>,
    ) -> (Variables, Flow) {
        let certainty = self.certainty;
        self.variables = before.clone();
        let flow = self.steps(steps);
        self.certainty = certainty;
        let mut variables = std::mem::take(&mut self.variables);
        self.variables = before.clone();
        match others {
            None => (variables, flow),
            // Where everything is rolled back nothing follows.
            Some((_, Flow::Leaves(Leaving::Everything))) => (variables, flow),
            Some(others) if flow == Flow::Leaves(Leaving::Everything) => others,
            Some((known, other)) => {
                variables.keep_common(&known);
                (variables, other.or(flow))
            }
        }
    }

    fn condition(&mut self, condition: &Condition<'a>) -> Decided {
        match condition {
            Condition::Holds(tokens) => {
                self.evaluate(tokens);
                self.folding().decide(tokens)
            }
            Condition::Equals(operand, values) => {
                self.evaluate(operand);
                self.evaluate(values);
                self.matches(operand, values)
            }
        }
    }

    /// Whether a value is one of several.
    fn matches(&self, operand: Tokens<'a>, values: Tokens<'a>) -> Decided {
        let folding = self.folding();
        let operand = folding.value(operand);
        let values = Cursor::comma_separated(values);
        let values: Vec<Value> = values.into_iter().map(|value| folding.value(value)).collect();
        let constants: Option<Vec<&str>> = values.iter().map(Value::constant).collect();
        match (operand.constant(), constants) {
            (Some(operand), Some(constants)) if constants.contains(&operand) => Decided::Holds,
            (Some(_), Some(_)) => Decided::Fails,
            _ => Decided::Unknown,
        }
    }

    // Loops.

    fn repeat(&mut self, over: &Over<'a>, steps: &[Step<'a>]) -> Flow {
        let turns = self.turns(over);
        if let Some(turns) = turns {
            return self.unroll(turns, steps);
        }
        let (certainty, ending) = (self.certainty, self.ending);
        match over {
            Over::Nothing => {}
            Over::While(condition) => self.evaluate(condition),
            Over::Range { bounds, .. } => self.evaluate(bounds),
            Over::Array { value, .. } => self.evaluate(value),
            Over::Query { query, .. } => self.sql(query),
            Over::Execute { text, whole, .. } => self.execute(text, whole),
            Over::Cursor { cursor, .. } => self.open(cursor),
        }
        if !matches!(over, Over::Nothing) {
            self.certainty = Certainty::Doubtful;
        }
        if let Over::Query { query, .. } = over
            && ending == Ending::Possible
            && query.first().is_some_and(changes_rows)
        {
            self.ending =
                Ending::Refused("PL/pgSQL allows no COMMIT or ROLLBACK in a loop over rows that its query changes");
        }
        let mut set = over.variables();
        steps.iter().for_each(|step| step.set_variables(&mut set));
        set.iter().for_each(|variable| self.variables.forget(variable));
        let outer = self.of_all_rows.len();
        if let Over::Query { variables, query } = over
            && takes_all_rows(query)
            && reads_tables(&query::reads(&self.cursor, query))
        {
            self.of_all_rows.extend(variables);
        }
        let flow = self.steps(steps);
        self.of_all_rows.truncate(outer);
        set.iter().for_each(|variable| self.variables.forget(variable));
        (self.certainty, self.ending) = (certainty, ending);
        match flow {
            Flow::Leaves(leaving) | Flow::MayLeave(leaving) if leaving <= Leaving::Loop => Flow::GoesOn,
            Flow::Leaves(_) if matches!(over, Over::Nothing) => flow,
            flow => flow.perhaps(),
        }
    }

    /// The variables of each turn, where the loop goes over constants.
    fn turns(&self, over: &Over<'a>) -> Option<Vec<Vec<(String, Value)>>> {
        let folding = self.folding();
        match over {
            Over::Range { variable, bounds } => {
                let range = range(&folding, bounds)?;
                let turn = |number: i64| vec![((*variable).to_owned(), Value::text(number.to_string()))];
                Some(range.into_iter().map(turn).collect())
            }
            Over::Array { variables, value } => match folding.value(value) {
                Value::List(items) => {
                    let variable = variables.first()?;
                    let turn = |item: &Value| vec![((*variable).to_owned(), item.clone())];
                    Some(items.iter().map(turn).collect())
                }
                Value::Text(_) | Value::Null | Value::Unknown => None,
            },
            Over::Query { variables, query } => {
                let rows = folding.rows(&self.cursor, query)?;
                let turn = |row: &Vec<Value>| named(variables, &rows.columns, row);
                Some(rows.rows.iter().map(turn).collect())
            }
            Over::Nothing | Over::While(_) | Over::Execute { .. } | Over::Cursor { .. } => None,
        }
    }

    fn unroll(&mut self, turns: Vec<Vec<(String, Value)>>, steps: &[Step<'a>]) -> Flow {
        let (certainty, is_repeated) = (self.certainty, self.is_repeated);
        self.is_repeated = true;
        let mut whole = Flow::GoesOn;
        for turn in turns {
            if self.is_exhausted || !self.cursor.reading.take_statement() {
                self.exhaust();
                break;
            }
            for (name, value) in turn {
                self.variables.set(&name, value);
            }
            match self.steps(steps) {
                Flow::GoesOn => {}
                Flow::Leaves(Leaving::Turn) => {}
                Flow::MayLeave(Leaving::Turn) => self.certainty = certainty,
                Flow::Leaves(Leaving::Loop) => break,
                Flow::MayLeave(Leaving::Loop) => {}
                Flow::Leaves(leaving) => {
                    whole = whole.then(leaving);
                    break;
                }
                Flow::MayLeave(leaving) => whole = whole.or(Flow::MayLeave(leaving)),
            }
        }
        (self.certainty, self.is_repeated) = (certainty, is_repeated);
        whole
    }

    // What is sent.

    /// Where tokens of the body stand in the text that people see.
    fn place_of(&self, tokens: Tokens<'_>) -> Option<(usize, usize)> {
        match (self.place, tokens.first(), tokens.last()) {
            (Place::At(base), Some(first), Some(last)) => Some((base + first.start, base + last.end)),
            (Place::Of(place), ..) => place,
            (Place::At(_), ..) => None,
        }
    }

    fn push(&mut self, statement: Statement, text: String, place: Option<(usize, usize)>) {
        if self.is_exhausted {
            return;
        }
        if self.is_repeated && !self.cursor.reading.take_statement() {
            self.exhaust();
            return;
        }
        self.found.push(Inner {
            statement,
            text,
            place,
            certainty: self.certainty,
        });
    }

    /// Takes over what was found further down, and counted there.
    fn take_over(&mut self, inner: Inner, place: Option<(usize, usize)>) {
        let certainty = self.certainty.max(inner.certainty);
        let statement = self.within_this(inner.statement);
        self.found.push(Inner {
            statement,
            text: inner.text,
            place,
            certainty,
        });
    }

    /// Says once that no more is followed.
    fn exhaust(&mut self) {
        if std::mem::replace(&mut self.is_exhausted, true) {
            return;
        }
        self.found.push(Inner {
            statement: Statement::Unread {
                text: String::new(),
                reason: "runs more statements than are followed".to_owned(),
            },
            text: String::new(),
            place: self.place_of(self.cursor.tokens),
            certainty: self.certainty,
        });
    }

    fn send(&mut self, tokens: Tokens<'_>, statement: Statement) {
        let (text, place) = (self.cursor.source(tokens), self.place_of(tokens));
        self.push(statement, text, place);
    }

    fn unread(&mut self, tokens: Tokens<'_>, reason: &str) {
        let text = self.cursor.source(tokens);
        let reason = reason.to_owned();
        self.send(tokens, Statement::Unread { text, reason });
    }

    /// A statement of SQL as it stands in the body.
    fn sql(&mut self, tokens: Tokens<'a>) {
        let variables: Vec<&str> = targets(tokens);
        match tokens.first() {
            None => return,
            // `SELECT .. INTO variable` makes no table here.
            Some(first) if is_query(first) => self.query(tokens, tokens),
            Some(_) => self.statement(tokens),
        }
        variables.iter().for_each(|variable| self.variables.forget(variable));
    }

    fn statement(&mut self, tokens: Tokens<'a>) {
        let first = &tokens[0];
        if COMMANDS_OF_TRANSACTIONS.iter().any(|word| first.is(word)) {
            self.refuse(tokens, "a body has no such command");
            return;
        }
        if self.call(tokens) {
            return;
        }
        match heads::read(self.cursor.text, tokens, self.cursor.reading, self.depth + 1) {
            Ok(mut statements) => {
                if self.is_keyed_by_all_rows(tokens) {
                    statements.iter_mut().for_each(reach_all_rows);
                }
                self.all(tokens, statements);
            }
            Err(problem) => self.unread(tokens, &problem.to_string()),
        }
        self.follow(tokens, tokens);
    }

    /// Whether each row of a loop over all rows says which rows the statement is about: `WHERE id = row.id`.
    fn is_keyed_by_all_rows(&self, tokens: Tokens<'a>) -> bool {
        let is_record = |token: &Token| token.name().is_some_and(|name| self.of_all_rows.contains(&name));
        let Some(at) = tokens.iter().position(|token| token.is("where")) else {
            return false;
        };
        tokens[at..]
            .windows(2)
            .any(|pair| pair[0].is_symbol("=") && is_record(&pair[1]))
    }

    /// Each of the statements that one comes to; those of a block within at their own places.
    fn all(&mut self, tokens: Tokens<'a>, statements: Vec<Statement>) {
        for statement in statements {
            match statement.into_block() {
                Ok(block) => self.adopt(block, tokens),
                Err(statement) => self.send(tokens, statement),
            }
        }
    }

    /// Takes over what a body within the statement sends: its places count from the beginning of this body's text.
    fn adopt(&mut self, block: Vec<Inner>, tokens: Tokens<'_>) {
        for inner in block {
            let place = match (self.place, inner.place) {
                (Place::At(base), Some((start, end))) => Some((base + start, base + end)),
                _ => self.place_of(tokens),
            };
            self.take_over(inner, place);
        }
    }

    /// A COMMIT that is allowed where it stands fails where this body may not end its transaction.
    fn within_this(&self, statement: Statement) -> Statement {
        match (&statement, self.ending) {
            (Statement::Command { text, command }, Ending::Refused(reason))
                if matches!(**command, Command::Transaction(TransactionChange::EndInBody)) =>
            {
                Statement::Command {
                    text: text.clone(),
                    command: Box::new(Command::RefusedInBody {
                        reason: reason.to_owned(),
                    }),
                }
            }
            _ => statement,
        }
    }

    /// A query whose rows go to nobody, to variables or to the caller.
    fn query(&mut self, query: Tokens<'a>, whole: Tokens<'a>) {
        let cursor = Cursor::new(self.cursor.text, query, self.cursor.reading);
        let with = query.first().is_some_and(|first| first.is("with"));
        let read = if with {
            rows::with(&mut cursor.clone(), self.depth + 1)
        } else {
            rows::select(&mut cursor.clone())
        };
        match read {
            Ok(statements) => {
                for statement in statements.into_iter().map(into_query) {
                    if !reads_nothing(&statement) {
                        self.send(whole, statement);
                    }
                }
            }
            Err(problem) => self.unread(whole, &problem.to_string()),
        }
        self.follow(query, whole);
    }

    /// The queries within an expression, and the functions that it calls.
    fn evaluate(&mut self, tokens: Tokens<'a>) {
        if tokens.is_empty() || !tokens.iter().any(|token| token.is_symbol("(")) {
            return;
        }
        let cursor = Cursor::new(self.cursor.text, tokens, self.cursor.reading);
        match rows::select(&mut cursor.clone()) {
            Ok(_) => {
                let reads = of_condition(&cursor, tokens);
                if reads_tables(&reads) {
                    let text = self.cursor.source(tokens);
                    let command = Box::new(Command::Select { reads });
                    self.send(tokens, Statement::Command { text, command });
                }
            }
            Err(problem) => self.unread(tokens, &problem.to_string()),
        }
        self.follow(tokens, tokens);
    }

    fn open(&mut self, name: &str) {
        let query = self.cursors.iter().rev().find(|(cursor, _)| *cursor == name);
        if let Some((_, query)) = query.copied() {
            self.query(query, query);
        }
    }

    fn end_transaction(&mut self, tokens: Tokens<'a>) {
        match self.ending {
            Ending::Possible => {
                let text = self.cursor.source(tokens);
                let command = Box::new(Command::Transaction(TransactionChange::EndInBody));
                self.send(tokens, Statement::Command { text, command });
            }
            Ending::Refused(reason) => self.refuse(tokens, reason),
        }
    }

    fn refuse(&mut self, tokens: Tokens<'a>, reason: &str) {
        let text = self.cursor.source(tokens);
        let reason = reason.to_owned();
        let command = Box::new(Command::RefusedInBody { reason });
        self.send(tokens, Statement::Command { text, command });
    }

    // EXECUTE.

    fn execute(&mut self, text: Tokens<'a>, whole: Tokens<'a>) {
        self.evaluate(text);
        let value = self.folding().value(text);
        targets(whole)
            .iter()
            .for_each(|variable| self.variables.forget(variable));
        let Value::Text(text) = value else {
            self.unread(whole, PUT_TOGETHER);
            return;
        };
        if text.says_something() {
            self.run_text(&text, whole);
        } else {
            self.unread(whole, PUT_TOGETHER);
        }
    }

    /// The statements of a text; each at its own place, if the text stands in the body as it is.
    fn run_text(&mut self, text: &Text, whole: Tokens<'a>) {
        let from = self.found.len();
        let unknowns = text.unknown_parts();
        for piece in split::split(&text.shown, &unknowns) {
            let place = self.place_in(text, (piece.start, piece.end), whole);
            if self.depth > DEEPEST {
                self.push_unread(piece.sql(), "is nested too deep".to_owned(), place);
                continue;
            }
            match &piece.tokens {
                Cut::Broken(reason) => self.push_unread(piece.sql(), reason.clone(), place),
                Cut::Read(tokens) => self.run_piece(piece.text, tokens, place),
            }
        }
        if !unknowns.is_empty() {
            self.found[from..].iter_mut().for_each(say_what_is_known);
        }
    }

    /// Where a part of the text stands.
    fn place_in(&self, text: &Text, part: (usize, usize), whole: Tokens<'a>) -> Option<(usize, usize)> {
        let quoted = text
            .literal
            .and_then(|(start, end)| super::verbatim(self.cursor.text, start, end, &text.shown));
        match (self.place, quoted) {
            (Place::At(base), Some(quoted)) => Some((base + quoted + part.0, base + quoted + part.1)),
            _ => self.place_of(whole),
        }
    }

    fn push_unread(&mut self, text: &str, reason: String, place: Option<(usize, usize)>) {
        let unread = Statement::Unread {
            text: text.to_owned(),
            reason,
        };
        self.push(unread, text.to_owned(), place);
    }

    fn run_piece(&mut self, text: &str, tokens: &[Token], place: Option<(usize, usize)>) {
        let source = Cursor::new(text, tokens, self.cursor.reading).source(tokens);
        if COMMANDS_OF_TRANSACTIONS.iter().any(|word| tokens[0].is(word)) {
            let reason = "EXECUTE runs no command that begins or ends a transaction".to_owned();
            let command = Box::new(Command::RefusedInBody { reason });
            let statement = Statement::Command {
                text: source.clone(),
                command,
            };
            self.push(statement, source, place);
            return;
        }
        let piece = Cursor::new(text, tokens, self.cursor.reading);
        match super::calls::read(&piece, &self.folding(), self.depth + 1, self.ending) {
            Ok(read) => {
                for (statement, own) in read {
                    let statement = self.within_this(statement);
                    self.push(statement, own.unwrap_or_else(|| source.clone()), place);
                }
            }
            Err(problem) => self.push_unread(&source, problem.to_string(), place),
        }
    }

    // Functions.

    /// `CALL procedure(..)` of one that is known.
    fn call(&mut self, tokens: Tokens<'a>) -> bool {
        let is_known = tokens[0].is("call")
            && expression::call_sites(&tokens[1..])
                .any(|(_, name)| !super::calls::bodies(self.cursor.reading, name).is_empty());
        if is_known {
            self.follow(&tokens[1..], tokens);
        }
        is_known
    }

    /// Goes into the functions that some tokens call.
    fn follow(&mut self, tokens: Tokens<'a>, whole: Tokens<'a>) {
        let is_call = whole.first().is_some_and(|first| first.is("call"));
        let ending = match self.ending {
            Ending::Possible if !is_call => Ending::Refused(super::calls::IN_FUNCTION),
            ending => ending,
        };
        let inner = super::calls::sent(&self.folding(), &self.cursor, tokens, ending);
        let place = self.place_of(whole);
        inner.into_iter().for_each(|inner| self.take_over(inner, place));
    }
}

impl Flow {
    /// Either of the two happens.
    fn or(self, other: Flow) -> Flow {
        match (self, other) {
            (Flow::GoesOn, Flow::GoesOn) => Flow::GoesOn,
            (Flow::Leaves(one), Flow::Leaves(other)) => Flow::Leaves(one.min(other)),
            // An error ends the migration: whatever follows had none.
            (Flow::Leaves(Leaving::Everything), flow) | (flow, Flow::Leaves(Leaving::Everything)) => flow,
            (Flow::GoesOn, Flow::Leaves(leaving) | Flow::MayLeave(leaving))
            | (Flow::Leaves(leaving) | Flow::MayLeave(leaving), Flow::GoesOn) => Flow::MayLeave(leaving),
            (Flow::Leaves(one) | Flow::MayLeave(one), Flow::Leaves(other) | Flow::MayLeave(other)) => {
                Flow::MayLeave(one.max(other))
            }
        }
    }

    /// It happens, or what was so far.
    fn then(self, leaving: Leaving) -> Flow {
        match self {
            Flow::GoesOn | Flow::Leaves(_) => Flow::Leaves(leaving),
            Flow::MayLeave(other) => Flow::Leaves(other.min(leaving)),
        }
    }

    /// It happens, or not.
    fn perhaps(self) -> Flow {
        match self {
            Flow::Leaves(Leaving::Everything) | Flow::GoesOn => Flow::GoesOn,
            Flow::MayLeave(leaving) | Flow::Leaves(leaving) => Flow::MayLeave(leaving),
        }
    }
}

/// Of a text with unknown parts that cannot be read, what is known.
fn say_what_is_known(inner: &mut Inner) {
    if let Statement::Unread { text, reason } = &mut inner.statement {
        let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = shown.chars().take(200).collect();
        *reason = format!("{PUT_TOGETHER}: `{shown}`");
    }
}

/// `SELECT .. FROM table`, and no word that leaves rows out.
fn takes_all_rows(query: Tokens<'_>) -> bool {
    const FEWER: &[&str] = &[
        "where", "limit", "fetch", "group", "having", "join", "distinct", "offset",
    ];
    query.first().is_some_and(|first| first.is("select"))
        && query.iter().filter(|token| token.is("from")).count() == 1
        && !query.iter().any(|token| FEWER.iter().any(|word| token.is(word)))
}

/// What a loop does row by row it does to all rows.
fn reach_all_rows(statement: &mut Statement) {
    if let Statement::Command { command, .. } = statement
        && let Command::Update { rows, .. } | Command::Delete { rows, .. } = command.as_mut()
    {
        *rows = Rows::All;
    }
}

/// `SELECT INTO` makes no table in a body.
fn into_query(statement: Statement) -> Statement {
    match statement {
        Statement::Command { text, command } => {
            let command = match *command {
                Command::CreateTableAs { reads, .. } => Command::Select { reads },
                command => command,
            };
            Statement::Command {
                text,
                command: Box::new(command),
            }
        }
        statement => statement,
    }
}

fn reads_nothing(statement: &Statement) -> bool {
    match statement {
        Statement::Command { command, .. } => match command.as_ref() {
            Command::Select { reads } => !reads_tables(reads),
            _ => false,
        },
        _ => false,
    }
}

/// Whether it reads more than the database's own catalogs.
fn reads_tables(reads: &QueryReads) -> bool {
    reads
        .relations
        .iter()
        .any(|relation| !relation.starts_with("pg_") && !relation.starts_with("information_schema"))
}

/// What a condition reads. `EXISTS` of a table without a condition stops at its first row.
fn of_condition(cursor: &Cursor<'_>, tokens: Tokens<'_>) -> QueryReads {
    let is_plain = |token: &Token| {
        !["where", "join", "group", "order", "union", "having", "with"]
            .iter()
            .any(|word| token.is(word))
    };
    let mut rest = tokens;
    while rest
        .first()
        .is_some_and(|first| first.is("not") || first.is_symbol("("))
    {
        rest = &rest[1..];
    }
    let only_exists = rest.first().is_some_and(|first| first.is("exists"))
        && rest.iter().all(is_plain)
        && rest.iter().filter(|token| token.is("from")).count() == 1;
    if only_exists {
        QueryReads::default()
    } else {
        query::reads(cursor, tokens)
    }
}

fn is_query(first: &Token) -> bool {
    first.is_symbol("(") || ["select", "with", "values", "table"].iter().any(|word| first.is(word))
}

fn changes_rows(first: &Token) -> bool {
    ["insert", "update", "delete", "merge"]
        .iter()
        .any(|word| first.is(word))
}

/// The variables of one turn: each a column, or all of them the fields of a record.
fn named(variables: &[&str], columns: &[String], row: &[Value]) -> Vec<(String, Value)> {
    let mut named: Vec<(String, Value)> = match variables {
        [record] => {
            let fields = columns.iter().zip(row);
            fields
                .map(|(column, value)| (format!("{record}.{column}"), value.clone()))
                .collect()
        }
        several => several
            .iter()
            .zip(row)
            .map(|(variable, value)| ((*variable).to_owned(), value.clone()))
            .collect(),
    };
    // Where the variable is no record, it is the only column.
    if let ([variable], [value]) = (variables, row) {
        named.push(((*variable).to_owned(), value.clone()));
    }
    named
}

/// `1 .. 12`, `REVERSE 12 .. 1`, without `BY`.
fn range(folding: &Folding<'_>, bounds: Tokens<'_>) -> Option<Vec<i64>> {
    const LONGEST: i64 = 1_000;
    let is_reversed = bounds.first()?.is("reverse");
    let bounds = &bounds[usize::from(is_reversed)..];
    if bounds.iter().any(|token| token.is("by")) {
        return None;
    }
    let at = bounds
        .windows(2)
        .position(|pair| super::reader::is_between(&pair[0], &pair[1]))?;
    let number = |tokens: Tokens<'_>| match tokens {
        [
            Token {
                kind: crate::sql::token::Kind::Number(number),
                ..
            },
        ] => number.trim_matches('.').parse::<i64>().ok(),
        tokens => folding.value(tokens).constant()?.trim_matches('.').parse().ok(),
    };
    let is_dot = |token: &Token| token.is_symbol(".");
    let from = &bounds[..at + usize::from(!is_dot(&bounds[at]))];
    let to = &bounds[at + 1 + usize::from(is_dot(&bounds[at + 1]))..];
    let (from, to) = (number(from)?, number(to)?);
    let (low, high) = if is_reversed { (to, from) } else { (from, to) };
    if high.checked_sub(low)? > LONGEST {
        return None;
    }
    let mut numbers: Vec<i64> = (low..=high).collect();
    if is_reversed {
        numbers.reverse();
    }
    Some(numbers)
}
