//! The tokens of a PL/pgSQL body -> its structure. See `pl_gram.y` in PostgreSQL.
//!
//! Linear in the tokens, and never fails as a whole: what does not fit is a [`Step::Unread`], up to its semicolon where
//! that can be found, else up to the end.

use crate::sql::cursor::{Cursor, Problem, Read};
use crate::sql::token::Token;

use super::clauses::{assigned, closing, declaration, dynamic, open, over};
use super::structure::{Arm, Block, Condition, Declaration, Leaving, Over, Step, Tokens};

/// Blocks, conditions and loops within each other deeper than this are not followed.
const DEEPEST: usize = 32;

/// Words that end a list of statements.
const CLOSERS: &[&str] = &["end", "else", "elsif", "elseif", "when", "exception"];

/// Reads a whole body.
pub(super) fn read(cursor: Cursor<'_>) -> Block<'_> {
    let mut reader = Reader {
        cursor,
        depth: 0,
        is_open: false,
    };
    let start = reader.cursor.at;
    let mut block = reader.block().unwrap_or_else(|problem| Block {
        steps: vec![reader.lose(start, &problem)],
        ..Block::default()
    });
    let rest = reader.cursor.rest();
    if !rest.is_empty() {
        block.steps.push(Step::Unread {
            tokens: rest,
            reason: "stands behind the end of the body".to_owned(),
        });
    }
    block
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    depth: usize,
    /// Whether a bracket is open at the end of the text.
    is_open: bool,
}

impl<'a> Reader<'a> {
    /// What is left cannot be told apart.
    fn lose(&mut self, start: usize, problem: &Problem) -> Step<'a> {
        self.cursor.rest();
        Step::Unread {
            tokens: &self.cursor.tokens[start.min(self.cursor.tokens.len())..],
            reason: problem.to_string(),
        }
    }

    /// `[<<label>>] [DECLARE ..] BEGIN ..`, up to its `END`
    fn block(&mut self) -> Read<Block<'a>> {
        self.labels();
        let mut block = Block::default();
        while self.cursor.eat(&["declare"]) {
            self.declarations(&mut block.declarations);
        }
        self.cursor.expect("begin")?;
        block.steps = self.steps();
        if self.cursor.eat(&["exception"]) {
            while self.cursor.eat(&["when"]) {
                self.until_word("then")?;
                block.handlers.push(self.steps());
            }
        }
        self.end(None)?;
        Ok(block)
    }

    fn labels(&mut self) {
        while self.cursor.eat_symbol("<<") {
            self.cursor.until(|token| token.is_symbol(">>"));
            self.cursor.eat_symbol(">>");
        }
        // `#variable_conflict use_column`
        while self.cursor.eat_symbol("#") {
            self.cursor.at += 2;
        }
    }

    fn declarations(&mut self, found: &mut Vec<Declaration<'a>>) {
        while !self.cursor.is_done() && !self.cursor.sees(&["begin"]) && !self.cursor.sees(&["declare"]) {
            let start = self.cursor.at;
            let tokens = self.statement();
            if self.cursor.at == start {
                return;
            }
            found.extend(declaration(&self.cursor, tokens));
        }
    }

    /// Statements up to a word that closes them, or the end.
    fn steps(&mut self) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        if self.depth >= DEEPEST {
            let start = self.cursor.at;
            steps.push(self.lose(start, &Problem::Other("is nested too deep".to_owned())));
            return steps;
        }
        self.depth += 1;
        loop {
            self.labels();
            if self.cursor.eat_symbol(";") {
                continue;
            }
            if self.cursor.is_done() || self.is_at_closer() {
                break;
            }
            let start = self.cursor.at;
            match self.step(&mut steps) {
                // What it has swallowed is not known.
                Ok(()) if self.is_open => {
                    let problem = Problem::Other("a bracket is not closed".to_owned());
                    self.is_open = false;
                    steps.push(self.lose(start, &problem));
                }
                Ok(()) if self.cursor.at > start => {}
                Ok(()) => steps.push(self.lose(start, &Problem::Other("no statement begins here".to_owned()))),
                Err(problem) => steps.push(self.lose(start, &problem)),
            }
        }
        self.depth -= 1;
        steps
    }

    fn is_at_closer(&self) -> bool {
        CLOSERS.iter().any(|word| self.cursor.sees(&[word]))
    }

    /// `END [IF] [label] ;`; at the end of the text everything is closed.
    fn end(&mut self, of: Option<&'static str>) -> Read<()> {
        if self.cursor.is_done() {
            return Ok(());
        }
        self.cursor.expect("end")?;
        if let Some(of) = of {
            self.cursor.expect(of)?;
        }
        if self.cursor.peek().is_some_and(|token| token.name().is_some()) {
            self.cursor.at += 1;
        }
        if self.cursor.is_done() {
            return Ok(());
        }
        self.cursor.expect_symbol(";")
    }

    fn step(&mut self, steps: &mut Vec<Step<'a>>) -> Read<()> {
        if let Some(step) = self.assignment() {
            steps.push(step);
            return Ok(());
        }
        let word = self.cursor.peek().and_then(Token::word).unwrap_or_default();
        let step = match word {
            "declare" | "begin" => Step::Block(self.block()?),
            "if" => self.condition()?,
            "case" => self.case()?,
            "loop" | "while" | "for" | "foreach" => self.repeated(word)?,
            "return" => {
                self.returned(steps);
                return Ok(());
            }
            "raise" => {
                self.raise(steps);
                return Ok(());
            }
            "exit" | "continue" => {
                let tokens = self.statement();
                let when = tokens.iter().position(|token| token.is("when"));
                let when = when.map(|at| &tokens[at + 1..]);
                let leaves = if word == "exit" { Leaving::Loop } else { Leaving::Turn };
                Step::Leave { leaves, when }
            }
            _ => self.simple(word),
        };
        steps.push(step);
        Ok(())
    }

    /// A statement that has no others within it.
    fn simple(&mut self, word: &str) -> Step<'a> {
        let tokens = self.statement();
        let behind = tokens.get(1..).unwrap_or_default();
        match word {
            "null" | "close" => Step::Evaluate(&[]),
            "assert" => Step::Evaluate(behind),
            "get" => Step::Forget(assigned(behind)),
            "fetch" | "move" => Step::Forget(super::structure::targets(tokens)),
            "perform" => Step::Query {
                query: behind,
                whole: tokens,
            },
            "execute" => Step::Execute {
                text: dynamic(behind),
                whole: tokens,
            },
            "open" => open(tokens),
            "commit" | "rollback" => Step::EndTransaction(tokens),
            _ => Step::Sql(tokens),
        }
    }

    /// `variable := value;`, `record.field = value;`, `list[1] := value;`
    fn assignment(&mut self) -> Option<Step<'a>> {
        let variable = self.cursor.peek()?.name()?;
        let tokens = &self.cursor.tokens[self.cursor.at..];
        let mut at = 1;
        loop {
            let token = tokens.get(at)?;
            if token.is_symbol(":=") || token.is_symbol("=") {
                break;
            } else if token.is_symbol(".") {
                at += 2;
            } else if token.is_symbol("[") {
                at += closing(&tokens[at..])?;
            } else {
                return None;
            }
        }
        let whole = self.statement();
        let value = whole.get(at + 1..).unwrap_or_default();
        Some(Step::Assign {
            variable,
            is_whole: at == 1,
            value,
        })
    }

    fn condition(&mut self) -> Read<Step<'a>> {
        self.cursor.expect("if")?;
        let mut arms = Vec::new();
        loop {
            let condition = Condition::Holds(self.until_word("then")?);
            let steps = self.steps();
            arms.push(Arm { condition, steps });
            if self.cursor.eat_one_of(&["elsif", "elseif"]).is_none() {
                break;
            }
        }
        let otherwise = self.cursor.eat(&["else"]).then(|| self.steps());
        self.end(Some("if"))?;
        Ok(Step::If { arms, otherwise })
    }

    fn case(&mut self) -> Read<Step<'a>> {
        self.cursor.expect("case")?;
        let operand = if self.cursor.sees(&["when"]) {
            None
        } else {
            Some(self.cursor.until(|token| token.is("when")))
        };
        let mut arms = Vec::new();
        while self.cursor.eat(&["when"]) {
            let values = self.until_word("then")?;
            let condition = operand.map_or(Condition::Holds(values), |operand| Condition::Equals(operand, values));
            let steps = self.steps();
            arms.push(Arm { condition, steps });
        }
        let otherwise = self.cursor.eat(&["else"]).then(|| self.steps());
        self.end(Some("case"))?;
        Ok(Step::If { arms, otherwise })
    }

    fn repeated(&mut self, word: &str) -> Read<Step<'a>> {
        self.cursor.at += 1;
        let head = if word == "loop" {
            &[][..]
        } else {
            self.until_word("loop")?
        };
        let over = match word {
            "loop" => Over::Nothing,
            "while" => Over::While(head),
            _ => over(&self.cursor, head)?,
        };
        let steps = self.steps();
        self.end(Some("loop"))?;
        Ok(Step::Loop { over, steps })
    }

    fn returned(&mut self, steps: &mut Vec<Step<'a>>) {
        let whole = self.statement();
        let leave = Step::Leave {
            leaves: Leaving::Body,
            when: None,
        };
        match whole {
            [_, next, value @ ..] if next.is("next") => steps.push(Step::Evaluate(value)),
            [_, query, execute, text @ ..] if query.is("query") && execute.is("execute") => {
                let text = dynamic(text);
                steps.push(Step::Execute { text, whole });
            }
            [_, word, query @ ..] if word.is("query") => steps.push(Step::Query { query, whole }),
            [_, value @ ..] => steps.extend([Step::Evaluate(value), leave]),
            [] => {}
        }
    }

    /// `RAISE [level] [format, ..] [USING ..]`: without a level it is an exception.
    fn raise(&mut self, steps: &mut Vec<Step<'a>>) {
        let whole = self.statement();
        steps.push(Step::Evaluate(whole.get(1..).unwrap_or_default()));
        let levels = ["debug", "log", "info", "notice", "warning"];
        let is_told = whole
            .get(1)
            .is_some_and(|level| levels.iter().any(|word| level.is(word)));
        if !is_told {
            steps.push(Step::Leave {
                leaves: Leaving::Everything,
                when: None,
            });
        }
    }

    /// Everything up to the semicolon, and past it.
    fn statement(&mut self) -> Tokens<'a> {
        let start = self.cursor.at;
        let mut depth = 0i32;
        while let Some(token) = self.cursor.peek() {
            depth = (depth + token.nesting()).max(0);
            if depth == 0 && token.is_symbol(";") {
                break;
            }
            self.cursor.at += 1;
        }
        self.is_open |= depth > 0;
        let tokens = &self.cursor.tokens[start..self.cursor.at];
        self.cursor.eat_symbol(";");
        tokens
    }

    /// Everything up to a word outside of brackets, and past it; there is none behind a semicolon.
    fn until_word(&mut self, word: &'static str) -> Read<Tokens<'a>> {
        let tokens = self.cursor.until(|token| token.is(word) || token.is_symbol(";"));
        self.cursor.expect(word)?;
        Ok(tokens)
    }
}
