//! Conditions: `Q` objects as trees, and how Django writes them.
//!
//! See `Q` in `django/db/models/query_utils.py`, `Query._add_q` and `WhereNode` in django/db/models/sql.

use crate::value::{Call, Operator, Value};

use super::compile::{Compiled, Compiler};

/// How the children of a node are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connector {
    And,
    Or,
    Xor,
}

impl Connector {
    fn sql(self) -> &'static str {
        match self {
            Connector::And => " AND ",
            Connector::Or => " OR ",
            Connector::Xor => " XOR ",
        }
    }
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

/// What a condition comes to.
#[derive(Clone, Debug)]
pub(super) enum Clause {
    /// SQL.
    Sql(Compiled),
    /// It can never hold (`EmptyResultSet`).
    Never,
    /// It always holds (`FullResultSet`).
    Always,
}

/// Whether an operator joins conditions, not numbers.
pub(super) fn is_condition(value: &Value) -> bool {
    match value {
        Value::Operation(Operator::And | Operator::Or | Operator::Xor | Operator::Invert, items) => {
            items.iter().all(is_condition)
        }
        Value::Call(call) => !matches!(call.class_name(), "F"),
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

/// `Q(*args, _connector=None, _negated=False, **kwargs)`: keywords come sorted.
fn q_call(call: &Call) -> Option<Node<'_>> {
    let connector = match call.keyword("_connector") {
        Some(Value::Str(name)) if name == "OR" => Connector::Or,
        Some(Value::Str(name)) if name == "XOR" => Connector::Xor,
        _ => Connector::And,
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

    /// `WhereNode.as_sql`
    fn clause(self) -> Clause {
        let count = self.children.len();
        let (mut full_needed, mut empty_needed) = match self.connector {
            Connector::And => (count, 1),
            Connector::Or | Connector::Xor => (1, count),
        };
        let mut parts = Vec::new();
        for child in self.children {
            let clause = match child {
                WhereChild::Node(node) => node.clause(),
                WhereChild::Clause(clause) => clause,
            };
            match clause {
                Clause::Sql(compiled) => parts.push(compiled),
                Clause::Never => empty_needed = empty_needed.saturating_sub(1),
                Clause::Always => full_needed = full_needed.saturating_sub(1),
            }
            if empty_needed == 0 {
                return if self.is_negated { Clause::Always } else { Clause::Never };
            }
            if full_needed == 0 {
                return if self.is_negated { Clause::Never } else { Clause::Always };
            }
        }
        if parts.is_empty() {
            return Clause::Always;
        }
        let texts: Vec<&str> = parts.iter().map(|part| part.sql.as_str()).collect();
        let joined = texts.join(self.connector.sql());
        let sql = if self.is_negated {
            format!("NOT ({joined})")
        } else if parts.len() > 1 {
            format!("({joined})")
        } else {
            joined
        };
        Clause::Sql(Compiled {
            is_condition: true,
            ..Compiled::over(sql, &parts)
        })
    }
}

impl Compiler<'_, '_> {
    /// `Query.build_where`, compiled.
    pub(super) fn condition(&self, value: &Value) -> Compiled {
        match self.clause(value) {
            Clause::Sql(compiled) => compiled,
            Clause::Never => Compiled::unknown("a condition that can never hold"),
            Clause::Always => Compiled::unknown("a condition that always holds"),
        }
    }

    fn clause(&self, value: &Value) -> Clause {
        match child(value) {
            Some(Child::Node(node)) => self.where_node(&node, false).clause(),
            Some(Child::Expression(expression)) => self.expression_node(expression).clause(),
            Some(Child::Lookup(name, value)) => self.lookup_node(name, value, false).clause(),
            None => Clause::Sql(Compiled::unknown(&super::super::prepare::reason(value))),
        }
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
                Child::Expression(expression) => self.expression_node(expression),
            };
            if !compiled.children.is_empty() {
                target.add(compiled);
            }
        }
        target
    }

    fn expression_node(&self, expression: &Value) -> Where {
        let compiled = self.compile(expression);
        single(vec![Clause::Sql(compiled)])
    }

    /// `Query.build_filter` of a lookup: a negated one on a nullable column also asks that it is not null.
    fn lookup_node(&self, name: &str, value: &Value, current_negated: bool) -> Where {
        let lookup = self.lookup(name, value);
        let mut clauses = vec![lookup.clause];
        if current_negated && lookup.can_miss_nulls && lookup.is_nullable {
            clauses.push(Clause::Sql(Compiled {
                is_condition: true,
                ..Compiled::over(format!("{} IS NOT NULL", lookup.column.sql), [&lookup.column])
            }));
        }
        single(clauses)
    }
}

fn single(clauses: Vec<Clause>) -> Where {
    Where {
        connector: Connector::And,
        is_negated: false,
        children: clauses.into_iter().map(WhereChild::Clause).collect(),
    }
}
