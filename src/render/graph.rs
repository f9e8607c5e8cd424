//! Pictures of paths as text for Graphviz and for Mermaid.

use std::fmt::{self, Display, Write};

use crate::paths::{Picture, Shape};

/// A picture in the language of Graphviz. `Display` writes it.
///
/// ```
/// use k8s_rbac::paths::Picture;
/// use k8s_rbac::render::Dot;
/// assert!(Dot(&Picture::default()).to_string().starts_with("digraph paths {\n"));
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "a view of one thing")]
pub struct Dot<'a>(pub &'a Picture);

impl Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("digraph paths {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n")?;
        for (number, shown) in self.0.boxes.iter().enumerate() {
            let shape = match shown.shape {
                Shape::Who => "",
                Shape::AnyOf => ", shape=ellipse",
                Shape::Goal => ", shape=doubleoctagon",
            };
            writeln!(f, "  n{number} [label=\"{}\"{shape}];", InDot(&shown.label))?;
        }
        for arrow in &self.0.arrows {
            let style = if arrow.step { "" } else { ", style=dashed" };
            writeln!(f, "  n{} -> n{} [label=\"{}\"{style}];", arrow.from, arrow.to, InDot(&arrow.label))?;
        }
        if self.0.left_out > 0 {
            writeln!(f, "  label=\"{} more are not drawn\";", self.0.left_out)?;
        }
        f.write_str("}\n")
    }
}

/// A picture as a Mermaid flowchart, which Markdown viewers draw. `Display` writes it.
///
/// ```
/// use k8s_rbac::paths::Picture;
/// use k8s_rbac::render::Mermaid;
/// assert_eq!(Mermaid(&Picture::default()).to_string(), "flowchart LR\n");
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "a view of one thing")]
pub struct Mermaid<'a>(pub &'a Picture);

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("flowchart LR\n")?;
        for (number, shown) in self.0.boxes.iter().enumerate() {
            let (open, close) = match shown.shape {
                Shape::Who => ("[", "]"),
                Shape::AnyOf => ("([", "])"),
                Shape::Goal => ("{{", "}}"),
            };
            writeln!(f, "  n{number}{open}\"{}\"{close}", InMermaid(&shown.label))?;
        }
        for arrow in &self.0.arrows {
            let line = if arrow.step { "-->" } else { "-.->" };
            write!(f, "  n{} {line}", arrow.from)?;
            if !arrow.label.is_empty() {
                write!(f, "|\"{}\"|", InMermaid(&arrow.label))?;
            }
            writeln!(f, " n{}", arrow.to)?;
        }
        if self.0.left_out > 0 {
            writeln!(f, "  more[\"{} more are not drawn\"]", self.0.left_out)?;
        }
        Ok(())
    }
}

struct InDot<'a>(&'a str);

impl Display for InDot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(f, "\\{c}"),
            '\n' => f.write_str("\\n"),
            c if c.is_control() => f.write_char('·'),
            c => f.write_char(c),
        })
    }
}

struct InMermaid<'a>(&'a str);

impl Display for InMermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '|' | '\\' => write!(f, "#{};", u32::from(c)),
            '\n' => f.write_str("<br>"),
            c if c.is_control() => f.write_char('·'),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
    use crate::paths::{Goal, Identity, Paths};
    use crate::{Authorizer, Policy};

    #[test]
    fn hostile_names_stay_inside_their_labels() {
        let mut policy = Policy::new();
        let name = "a\"];\n#<b>\\|";
        policy.insert(ClusterRole::new("r", [PolicyRule::resources(["impersonate"], [""], ["groups", "users"])]));
        policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user(name)]));
        let (paths, rbac) = (Paths::new(Default::default()), Authorizer::new(policy));
        let path = paths.of(&rbac).unwrap().path(&Identity::user(name), &Goal::ClusterAdmin).unwrap();
        let picture = Picture::of(&path);
        let (dot, mermaid) = (Dot(&picture).to_string(), Mermaid(&picture).to_string());
        assert!(dot.contains(r#"  n0 [label="User a\"];\n#<b>\\|"];"#), "{dot}");
        assert!(mermaid.contains("  n0[\"User a#34;];<br>#35;#60;b#62;#92;#124;\"]\n"), "{mermaid}");
        assert!(mermaid.contains("  n0 -->|\"E02 impersonate a user in a group\"| n1\n"), "{mermaid}");
    }
}
