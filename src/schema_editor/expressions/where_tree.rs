//! Conditions: `Q` objects as trees, and how Django writes them.
//!
//! See `Q` in `django/db/models/query_utils.py`, `Query._add_q` and `WhereNode` in django/db/models/sql.

use crate::unknown::{Sql, sql};
use crate::value::{Call, Operator, Value};

use super::cases::combine;
use super::compile::Compiler;
use super::compiled::{Clause, Compiled};

/// How the children of a node are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connector {
    And,
    Or,
    Xor,
}

/// A `Q` object.
#[derive(Clone, Debug)]
struct Node<'v> {
    connector: Connector,
    is_negated: bool,
    children: Vec<Child<'v>>,
}

#[derive(Clone, Debug)]
enum Child<'v> {
    Node(Node<'v>),
    /// `name__lookup=value`
    Lookup(&'v str, &'v Value),
    /// An expression that is a condition.
    Expression(&'v Value),
}

/// Whether an operator joins conditions, not numbers.
pub(super) fn is_condition(value: &Value) -> bool {
    match value {
        Value::Operation(Operator::And | Operator::Or | Operator::Xor | Operator::Invert, items) => {
            items.iter().all(is_condition)
        }
        Value::Call(call) => {
            !call.path.starts_with('.') && !matches!(call.class_name(), "F" | "SearchQuery" | "SearchVector")
        }
        _ => false,
    }
}

/// Whether a value is a `SearchQuery`, which takes `&` and `|` for itself.
pub(super) fn is_search_query(value: &Value) -> bool {
    match value {
        Value::Operation(_, items) => items.iter().all(is_search_query),
        Value::Call(call) => call.class_name() == "SearchQuery",
        _ => false,
    }
}

/// The tree of a condition.
fn node(value: &Value) -> Option<Node<'_>> {
    match value {
        Value::Call(call) if call.class_name() == "Q" => q_call(call),
        Value::Operation(Operator::Invert, items) => {
            let mut inner = child(items.first()?)?.into_node();
            inner.is_negated = !inner.is_negated;
            Some(inner)
        }
        Value::Operation(operator, items) => {
            let connector = match operator {
                Operator::And => Connector::And,
                Operator::Or => Connector::Or,
                Operator::Xor => Connector::Xor,
                _ => return None,
            };
            let mut joined: Option<Node<'_>> = None;
            for item in items {
                let next = child(item)?.into_node();
                joined = Some(match joined {
                    None => next,
                    Some(first) if first.children.is_empty() => next,
                    Some(first) if next.children.is_empty() => first,
                    Some(first) => {
                        let mut both = Node::new(connector);
                        both.add(Child::Node(first));
                        both.add(Child::Node(next));
                        both
                    }
                });
            }
            joined
        }
        _ => None,
    }
}

fn child(value: &Value) -> Option<Child<'_>> {
    match value {
        Value::Operation(..) => node(value).map(Child::Node),
        Value::Call(call) if call.class_name() == "Q" => q_call(call).map(Child::Node),
        Value::Call(_) => Some(Child::Expression(value)),
        Value::Tuple(pair) => match pair.as_slice() {
            [Value::Str(name), value] => Some(Child::Lookup(name, value)),
            _ => None,
        },
        _ => None,
    }
}

/// The fields that the lookups of a condition begin with.
pub(in super::super) fn fields_looked_up(condition: &Value) -> Vec<&str> {
    fn gather<'v>(node: &Node<'v>, names: &mut Vec<&'v str>) {
        for child in &node.children {
            match child {
                Child::Node(inner) => gather(inner, names),
                Child::Lookup(name, _) => names.extend(name.split("__").next()),
                Child::Expression(_) => {}
            }
        }
    }
    let mut names = Vec::new();
    if let Some(node) = node(condition) {
        gather(&node, &mut names);
    }
    names
}

fn connector(name: &str) -> Option<Connector> {
    match name.rsplit('.').next() {
        Some("AND") => Some(Connector::And),
        Some("OR") => Some(Connector::Or),
        Some("XOR") => Some(Connector::Xor),
        _ => None,
    }
}

/// `Q(*args, _connector=None, _negated=False, **kwargs)`: keywords come sorted.
fn q_call(call: &Call) -> Option<Node<'_>> {
    // `"OR"` or `Q.OR`
    let connector = match call.keyword("_connector") {
        None | Some(Value::None) => Connector::And,
        Some(Value::Str(name)) => self::connector(name)?,
        Some(Value::Name(name)) => self::connector(name)?,
        Some(_) => return None,
    };
    let mut children = call.args.iter().map(child).collect::<Option<Vec<_>>>()?;
    let mut named: Vec<_> = call
        .kwargs
        .iter()
        .filter(|(name, _)| name != "_connector" && name != "_negated")
        .collect();
    named.sort_by(|(left, _), (right, _)| left.cmp(right));
    children.extend(named.into_iter().map(|(name, value)| Child::Lookup(name, value)));
    Some(Node {
        connector,
        is_negated: call.keyword("_negated").and_then(Value::as_bool).unwrap_or_default(),
        children,
    })
}

impl<'v> Child<'v> {
    fn into_node(self) -> Node<'v> {
        match self {
            Child::Node(node) => node,
            other => Node {
                children: vec![other],
                ..Node::new(Connector::And)
            },
        }
    }
}

impl<'v> Node<'v> {
    fn new(connector: Connector) -> Self {
        Self {
            connector,
            is_negated: false,
            children: Vec::new(),
        }
    }

    /// `Node.add` in django/utils/tree.py: squashes what it can.
    fn add(&mut self, data: Child<'v>) {
        match data {
            Child::Node(node) if !node.is_negated && (node.connector == self.connector || node.children.len() == 1) => {
                self.children.extend(node.children);
            }
            other => self.children.push(other),
        }
    }
}

/// A `WhereNode`: its children compiled or nodes themselves.
struct Where {
    connector: Connector,
    is_negated: bool,
    children: Vec<WhereChild>,
}

enum WhereChild {
    Node(Where),
    Clause(Clause),
}

impl Where {
    /// `Node.add`, for compiled children.
    fn add(&mut self, child: Where) {
        if !child.is_negated && (child.connector == self.connector || child.children.len() == 1) {
            self.children.extend(child.children);
        } else {
            self.children.push(WhereChild::Node(child));
        }
    }

    /// Adds a lookup to a node of `AND`, once.
    fn add_clause(&mut self, clause: Compiled) {
        let is_there =
            |child: &WhereChild| matches!(child, WhereChild::Clause(Clause::Sql(sql)) if sql.sql == clause.sql);
        if !self.children.iter().any(is_there) {
            self.children.push(WhereChild::Clause(Clause::Sql(clause)));
        }
    }

    /// `WhereNode.as_sql`
    fn clause(self, resolved: Resolved, compiler: &Compiler<'_, '_>) -> Clause {
        if self.connector == Connector::Xor {
            return self.exclusive(resolved, compiler);
        }
        let count = self.children.len();
        let (full_needed, empty_needed) = match self.connector {
            Connector::And => (count, 1),
            Connector::Or | Connector::Xor => (1, count),
        };
        let clauses = self.children.into_iter().map(|child| child.clause(compiler));
        join(clauses.collect(), self.connector, full_needed, empty_needed).finished(self.is_negated, resolved)
    }

    /// PostgreSQL has no XOR: at least one of them, and an odd number of them.
    fn exclusive(self, resolved: Resolved, compiler: &Compiler<'_, '_>) -> Clause {
        let clauses: Vec<Clause> = self.children.into_iter().map(|child| child.clause(compiler)).collect();
        let count = clauses.len();
        let cases: Vec<Compiled> = clauses.iter().filter_map(case).collect();
        if cases.len() != count {
            return Clause::unknown("a condition that always or never holds, beside another");
        }
        let any = join(clauses, Connector::Or, 1, count).finished(false, Resolved::Once);
        let sum = cases.into_iter().reduce(|left, right| combine(&left, "+", &right));
        let (Clause::Sql(any), Some(sum)) = (any, sum) else {
            return Clause::Never;
        };
        // Django 5.0 began to count modulo 2.
        let is_odd = if count > 2 && compiler.since(5, 0) {
            sql!("1 = (MOD({}, 2))", sum.sql)
        } else if sum.sql.shown().starts_with('(') {
            sql!("1 = {}", sum.sql)
        } else {
            sql!("1 = ({})", sum.sql)
        };
        let is_odd = Compiled::condition(is_odd, [&sum]);
        join(vec![Clause::Sql(any), Clause::Sql(is_odd)], Connector::And, 2, 1).finished(self.is_negated, resolved)
    }
}

impl WhereChild {
    fn clause(self, compiler: &Compiler<'_, '_>) -> Clause {
        match self {
            WhereChild::Node(node) => node.clause(Resolved::Once, compiler),
            WhereChild::Clause(clause) => clause,
        }
    }
}

/// `Case(When(c, then=1), default=0)`
fn case(clause: &Clause) -> Option<Compiled> {
    match clause {
        Clause::Sql(compiled) => Some(Compiled::over(
            sql!("CASE WHEN {} THEN 1 ELSE 0 END", compiled.sql),
            [compiled],
        )),
        Clause::Never | Clause::Always => None,
    }
}

/// How often Django resolved a condition: the second time it gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resolved {
    Once,
    Twice,
}

/// The children of a node, joined but not finished.
enum Joined {
    Parts(Compiled, usize),
    Never,
    Always,
}

fn join(clauses: Vec<Clause>, connector: Connector, mut full_needed: usize, mut empty_needed: usize) -> Joined {
    let mut parts = Vec::new();
    for clause in clauses {
        match clause {
            Clause::Sql(compiled) => parts.push(compiled),
            Clause::Never => empty_needed = empty_needed.saturating_sub(1),
            Clause::Always => full_needed = full_needed.saturating_sub(1),
        }
        if empty_needed == 0 {
            return Joined::Never;
        }
        if full_needed == 0 {
            return Joined::Always;
        }
    }
    if parts.is_empty() {
        return Joined::Always;
    }
    let separator = match connector {
        Connector::And => " AND ",
        Connector::Or | Connector::Xor => " OR ",
    };
    Joined::Parts(Compiled::condition(Sql::join(&parts, separator), &parts), parts.len())
}

impl Joined {
    fn finished(self, is_negated: bool, resolved: Resolved) -> Clause {
        let (compiled, count) = match (self, is_negated) {
            (Joined::Never, false) | (Joined::Always, true) => return Clause::Never,
            (Joined::Never, true) | (Joined::Always, false) => return Clause::Always,
            (Joined::Parts(compiled, count), _) => (compiled, count),
        };
        let sql = if is_negated {
            sql!("NOT ({})", compiled.sql)
        } else if count > 1 || resolved == Resolved::Twice {
            sql!("({})", compiled.sql)
        } else {
            compiled.sql
        };
        Clause::Sql(Compiled { sql, ..compiled })
    }
}

impl Compiler<'_, '_> {
    /// `Query.build_where`, compiled.
    pub(super) fn condition(&self, value: &Value) -> Compiled {
        let clause = match child(value) {
            Some(Child::Node(node)) => self.where_node(&node, false).clause(Resolved::Once, self),
            Some(Child::Expression(expression)) => self.filter(expression),
            Some(Child::Lookup(name, value)) => self.lookup_node(name, value, false).clause(Resolved::Once, self),
            None => Clause::unknown(&super::super::prepare::reason(value)),
        };
        match clause {
            Clause::Sql(compiled) => compiled,
            Clause::Never => Compiled::refused("the condition can never hold, and Django has no SQL for that"),
            Clause::Always => Compiled::refused("the condition always holds, and Django has no SQL for that"),
        }
    }

    /// A condition as an expression: `Q.resolve_expression`, or an expression that is a condition.
    pub(super) fn clause(&self, value: &Value) -> Clause {
        let resolved = if self.is_resolved_twice {
            Resolved::Twice
        } else {
            Resolved::Once
        };
        match child(value) {
            Some(Child::Node(node)) => self.where_node(&node, false).clause(resolved, self),
            Some(Child::Expression(Value::Call(call))) => match self.lookup_class(call) {
                Some(clause) => clause,
                None => Clause::Sql(self.compile(&Value::Call(call.clone()))),
            },
            Some(Child::Expression(expression)) => Clause::Sql(self.compile(expression)),
            Some(Child::Lookup(..)) | None => Clause::unknown(&super::super::prepare::reason(value)),
        }
    }

    /// `Query.build_filter` of an expression: a lookup as it is, anything else is compared with true.
    fn filter(&self, expression: &Value) -> Clause {
        let lookup = expression.as_call().and_then(|call| self.lookup_class(call));
        lookup.unwrap_or_else(|| Clause::Sql(self.of_left_side().compile(expression)))
    }

    /// `Query._add_q`
    fn where_node(&self, node: &Node<'_>, current_negated: bool) -> Where {
        let current_negated = current_negated ^ node.is_negated;
        let mut target = Where {
            connector: node.connector,
            is_negated: node.is_negated,
            children: Vec::new(),
        };
        for child in &node.children {
            let compiled = match child {
                Child::Node(inner) => self.where_node(inner, current_negated),
                Child::Lookup(name, value) => self.lookup_node(name, value, current_negated),
                Child::Expression(expression) => single(self.filter(expression)),
            };
            if !compiled.children.is_empty() {
                target.add(compiled);
            }
        }
        target
    }

    /// `Query.build_filter` of a lookup. A negated one also asks that the columns in it are not null.
    fn lookup_node(&self, name: &str, value: &Value, current_negated: bool) -> Where {
        let lookup = self.lookup(name, value);
        let mut node = single(lookup.clause);
        if current_negated {
            for column in lookup.nullable {
                let sql = sql!("{} IS NOT NULL", column.sql);
                node.add_clause(Compiled::condition(sql, [&column]));
            }
        }
        node
    }
}

fn single(clause: Clause) -> Where {
    Where {
        connector: Connector::And,
        is_negated: false,
        children: vec![WhereChild::Clause(clause)],
    }
}
