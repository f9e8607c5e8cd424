//! Label selectors: `app=web,tier in (a,b),!old` (`apimachinery/pkg/labels/selector.go`).

use std::collections::BTreeSet;

use super::{LabelRequirement, Operator, SelectorError};
use crate::model::labels;
use crate::quote::{Aggregate, Quoted};

/// The requirements of a label selector, sorted by label.
///
/// Cost: `O(length · log length)`.
///
/// ```
/// use k8s_rbac::request::selector::{Operator, parse_labels};
/// let labels = parse_labels("tier in (b,a), app=web, !old")?;
/// assert_eq!(labels[0].key, "app");
/// assert_eq!((labels[2].operator, labels[2].values.join(" ")), (Operator::In, "a b".to_owned()));
/// assert_eq!(parse_labels("a,").unwrap_err().to_string(), "found '', expected: identifier after ','");
/// # Ok::<(), k8s_rbac::request::selector::SelectorError>(())
/// ```
///
/// # Errors
/// The text does not follow the grammar, or a label or a value its syntax.
pub fn parse_labels(selector: &str) -> Result<Vec<LabelRequirement>, SelectorError> {
    let mut parser = Parser { tokens: tokens(selector), position: 0 };
    let mut requirements = parser.requirements()?;
    requirements.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(requirements)
}

/// A requirement of these parts (`labels.NewRequirement`). `values` is `None` for Go's nil.
///
/// ```
/// use k8s_rbac::request::selector::{Operator, label_requirement};
/// assert!(label_requirement("tier", Operator::In, Some(vec!["web".into()])).is_ok());
/// assert!(label_requirement("tier", Operator::Exists, Some(vec!["web".into()])).is_err());
/// ```
///
/// # Errors
/// The label or a value does not follow its syntax, or the operator does not go with so many values.
pub fn label_requirement(key: &str, operator: Operator, values: Option<Vec<String>>) -> Result<LabelRequirement, SelectorError> {
    let mut problems: Vec<String> = labels::key_problem(key, labels::KEY).into_iter().collect();
    let list = values.as_deref().unwrap_or_default();
    problems.extend(arity(operator, list.len()).map(|problem| labels::arity_problem(values.as_deref(), problem)));
    if matches!(operator, Operator::GreaterThan | Operator::LessThan) {
        problems.extend(list.iter().enumerate().filter(|(_, value)| value.parse::<i64>().is_err()).map(|(i, value)| {
            format!("values[{i}]: Invalid value: {}: for 'Gt', 'Lt' operators, the value must be an integer", Quoted(value))
        }));
    }
    problems.extend(labels::value_problems(key, list));
    match Aggregate::new(problems) {
        Some(problems) => Err(SelectorError(problems.to_string())),
        None => Ok(LabelRequirement { key: key.to_owned(), operator, values: values.unwrap_or_default() }),
    }
}

/// What is wrong where the operator does not go with so many values.
fn arity(operator: Operator, values: usize) -> Option<&'static str> {
    match operator {
        Operator::In | Operator::NotIn if values == 0 => Some(labels::WANTS_VALUES),
        Operator::Equals | Operator::DoubleEquals | Operator::NotEquals if values != 1 => {
            Some("exact-match compatibility requires one single value")
        }
        Operator::Exists | Operator::DoesNotExist if values != 0 => Some(labels::WANTS_NO_VALUES),
        Operator::GreaterThan | Operator::LessThan if values != 1 => {
            Some("for 'Gt', 'Lt' operators, exactly one value is required")
        }
        _ => None,
    }
}

/// A word, a symbol, or the end, which is `""`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'a>(&'a str);

impl Token<'_> {
    const END: Self = Token("");

    /// Whether it is an identifier where `in` and `notin` are no operators.
    fn is_identifier(self) -> bool {
        !self.0.is_empty() && !self.0.starts_with(is_symbol)
    }
}

const fn is_symbol(c: char) -> bool {
    matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The tokens up to the end (`Lexer`). A NUL ends a token, and the text where no token has begun.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while let Some(c) = rest.chars().next().filter(|c| *c != '\0') {
        let length = if is_symbol(c) {
            symbol_length(rest)
        } else {
            rest.find(|c| c == '\0' || is_symbol(c) || is_space(c)).unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token(token));
        rest = after.strip_prefix('\0').unwrap_or(after).trim_start_matches(is_space);
    }
    tokens.push(Token::END);
    tokens
}

fn symbol_length(text: &str) -> usize {
    if text.starts_with("==") || text.starts_with("!=") { 2 } else { 1 }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.position).copied().unwrap_or(Token::END)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn requirements(&mut self) -> Result<Vec<LabelRequirement>, SelectorError> {
        let mut requirements = Vec::new();
        let mut token = self.peek();
        if token == Token::END {
            return Ok(requirements);
        }
        if !starts_requirement(token) {
            return Err(expected(token, "!, identifier, or 'end of string'"));
        }
        loop {
            let requirement =
                self.requirement().map_err(|error| SelectorError(format!("unable to parse requirement: {error}")))?;
            requirements.push(requirement);
            token = self.next();
            match token.0 {
                "" => return Ok(requirements),
                "," if starts_requirement(self.peek()) => {}
                "," => return Err(expected(self.peek(), "identifier after ','")),
                _ => return Err(expected(token, "',' or 'end of string'")),
            }
        }
    }

    fn requirement(&mut self) -> Result<LabelRequirement, SelectorError> {
        let negated = self.peek().0 == "!";
        self.position += usize::from(negated);
        let key = self.next();
        if !key.is_identifier() {
            return Err(expected(key, "identifier"));
        }
        if let Some(problem) = labels::key_problem(key.0, "<nil>") {
            return Err(SelectorError(problem));
        }
        if negated || matches!(self.peek().0, "" | ",") {
            let operator = if negated { Operator::DoesNotExist } else { Operator::Exists };
            return label_requirement(key.0, operator, Some(Vec::new()));
        }
        let operator = self.operator()?;
        let values = if matches!(operator, Operator::In | Operator::NotIn) { self.values()? } else { self.exact_value()? };
        label_requirement(key.0, operator, Some(values.into_iter().map(str::to_owned).collect()))
    }

    fn operator(&mut self) -> Result<Operator, SelectorError> {
        let token = self.next();
        Ok(match token.0 {
            "in" => Operator::In,
            "notin" => Operator::NotIn,
            "=" => Operator::Equals,
            "==" => Operator::DoubleEquals,
            "!=" => Operator::NotEquals,
            ">" => Operator::GreaterThan,
            "<" => Operator::LessThan,
            _ => return Err(expected(token, "in, notin, =, ==, !=, gt, lt")),
        })
    }

    fn exact_value(&mut self) -> Result<BTreeSet<&'a str>, SelectorError> {
        if matches!(self.peek().0, "" | ",") {
            return Ok([""].into());
        }
        let token = self.next();
        if token.is_identifier() { Ok([token.0].into()) } else { Err(expected(token, "identifier")) }
    }

    /// `(a,b)`, where what stands between two commas, or next to a bracket and a comma, may be nothing.
    fn values(&mut self) -> Result<BTreeSet<&'a str>, SelectorError> {
        let token = self.next();
        if token.0 != "(" {
            return Err(SelectorError(format!("found '{}' expected: '('", token.0)));
        }
        let first = self.peek();
        if first.0 == ")" {
            self.position += 1;
            return Ok([""].into());
        }
        if !first.is_identifier() && first.0 != "," {
            return Err(expected(first, "',', ')' or identifier"));
        }
        let values = self.value_list()?;
        self.position += 1;
        Ok(values)
    }

    /// Up to the closing bracket, which is left.
    fn value_list(&mut self) -> Result<BTreeSet<&'a str>, SelectorError> {
        let mut values = BTreeSet::new();
        loop {
            let token = self.next();
            let following = self.peek().0;
            if token.is_identifier() {
                values.insert(token.0);
                match following {
                    "," => {}
                    ")" => return Ok(values),
                    _ => return Err(expected(self.peek(), "',' or ')'")),
                }
            } else if token.0 == "," {
                if values.is_empty() || matches!(following, ")" | ",") {
                    values.insert("");
                }
                if following == ")" {
                    return Ok(values);
                }
            } else {
                return Err(expected(token, "',', or identifier"));
            }
        }
    }
}

fn starts_requirement(token: Token<'_>) -> bool {
    token.is_identifier() || token.0 == "!"
}

fn expected(found: Token<'_>, expected: &str) -> SelectorError {
    SelectorError(format!("found '{}', expected: {expected}", found.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(selector: &str) -> String {
        match parse_labels(selector) {
            Ok(labels) => labels.iter().map(|r| format!("{} {} {:?};", r.key, r.operator, r.values)).collect(),
            Err(error) => error.to_string(),
        }
    }

    /// Each row was answered by `labels.Parse`.
    #[test]
    fn selectors_are_parsed_as_upstream_parses_them() {
        let rows = [
            ("", ""),
            ("a", "a exists [];"),
            ("!a", "a ! [];"),
            ("a=b", r#"a = ["b"];"#),
            ("a==b", r#"a == ["b"];"#),
            ("a!=b", r#"a != ["b"];"#),
            ("a in (x,,y,x)", r#"a in ["", "x", "y"];"#),
            ("a notin ()", r#"a notin [""];"#),
            ("a > 1, a< 2", r#"a gt ["1"];a lt ["2"];"#),
            ("in in (in)", r#"in in ["in"];"#),
            ("notin", "notin exists [];"),
            ("a in (,,)", r#"a in [""];"#),
            ("a in (x,)", r#"a in ["", "x"];"#),
            ("b,a", "a exists [];b exists [];"),
            ("a\0", "a exists [];"),
            ("\0a", ""),
            ("=", "found '=', expected: !, identifier, or 'end of string'"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("a in", "unable to parse requirement: found '' expected: '('"),
            ("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
            ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in (,", "unable to parse requirement: found '', expected: ',', or identifier"),
            ("a in x", "unable to parse requirement: found 'x' expected: '('"),
            ("a in (!)", "unable to parse requirement: found '!', expected: ',', ')' or identifier"),
            ("a in (x y)", "unable to parse requirement: found 'y', expected: ',' or ')'"),
            ("a in (x) b", "found 'b', expected: ',' or 'end of string'"),
            ("a,,b", "found ',', expected: identifier after ','"),
            ("a,", "found '', expected: identifier after ','"),
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a!", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"),
            ("a\0b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("!a=b", "found '=', expected: ',' or 'end of string'"),
            ("a=b=c", "found '=', expected: ',' or 'end of string'"),
            ("a=!", "unable to parse requirement: found '!', expected: identifier"),
            ("a=>b", "unable to parse requirement: found '>', expected: identifier"),
            (
                "a<x",
                r#"unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer"#,
            ),
            (
                "a>",
                r#"unable to parse requirement: values[0]: Invalid value: "": for 'Gt', 'Lt' operators, the value must be an integer"#,
            ),
        ];
        for (selector, expected) in rows {
            assert_eq!(told(selector), expected, "{selector}");
        }
        let told = told("a in (-x,-y)");
        assert!(
            told.starts_with(r#"unable to parse requirement: [values[0][a]: Invalid value: "-x": a valid label must be"#),
            "{told}"
        );
        assert!(
            told.contains(r#", values[1][a]: Invalid value: "-y": a valid label must be"#) && told.ends_with("')]"),
            "{told}"
        );
    }

    #[test]
    fn requirements_that_cannot_be_say_all_that_is_wrong() {
        let told = |key, operator, values| label_requirement(key, operator, values).unwrap_err().to_string();
        let none = told("-", Operator::In, None);
        assert!(none.starts_with(r#"[key: Invalid value: "-": name part must consist of"#), "{none}");
        assert!(
            none.ends_with("), values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty]"),
            "{none}"
        );
        let some = told("a", Operator::Exists, Some(vec!["x".into(), "-".into()]));
        let expected =
            r#"[values: Invalid value: ["x","-"]: values set must be empty for exists and does not exist, values[1][a]: "#;
        assert!(some.starts_with(expected), "{some}");
        assert!(told("-a", Operator::Exists, None).starts_with(r#"key: Invalid value: "-a": "#));
    }
}
