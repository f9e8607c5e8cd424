//! Paths and the graph as a picture: boxes and arrows, for whatever draws them.

use std::collections::{BTreeSet, VecDeque};

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

use super::class::{Class, Target};
use super::closure::Closure;
use super::graph::{Kind, Node};
use super::{Goal, Identity, Path, Yield};

/// Boxes, and arrows between them. Drawn by `render`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Picture {
    /// The boxes.
    pub boxes: Vec<Box>,
    /// The arrows, each pair of boxes once.
    pub arrows: Vec<Arrow>,
    /// How many boxes were left out because there were too many.
    pub left_out: usize,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Shape {
    /// Somebody, or several who are alike.
    Who,
    /// Any one of many.
    AnyOf,
    /// What is to be had.
    Goal,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Box {
    /// What it says.
    pub label: String,
    /// What it stands for.
    pub shape: Shape,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Arrow {
    /// The number of the box that it starts at.
    pub from: usize,
    /// The number of the box that it points to.
    pub to: usize,
    /// What it says; may be empty.
    pub label: String,
    /// Whether it is a step; else it says that one is a member or a case of the other.
    pub step: bool,
}

/// The most names that a box lists.
const NAMES: usize = 3;

impl Picture {
    /// The picture of a path.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self::of_all([path])
    }

    /// The picture of several paths, in which the same identity is drawn once.
    ///
    /// ```
    /// use k8s_rbac::paths::{Goal, Identity, Paths, Picture};
    /// use k8s_rbac::{Authorizer, KubeVersion, bootstrap, version::Profile};
    /// let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
    /// let paths = Paths::new(Profile::default());
    /// let closure = paths.of(&rbac)?;
    /// let to = |name| closure.path(&Identity::service_account("kube-system", name), &Goal::ClusterAdmin);
    /// let paths: Vec<_> = ["job-controller", "cronjob-controller"].into_iter().filter_map(to).collect();
    /// let boxes = |paths: &[_]| Picture::of_all(paths).boxes.len();
    /// assert!(boxes(&paths) < boxes(&paths[..1]) + boxes(&paths[1..]), "what they share is drawn once");
    /// # Ok::<(), k8s_rbac::paths::TooLarge>(())
    /// ```
    #[must_use]
    pub fn of_all<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Self {
        let mut drawing = Drawing::default();
        for path in paths {
            let mut at = drawing.enter(path.from.to_string(), Shape::Who);
            for step in &path.steps {
                let (label, shape) = match &step.yields {
                    Yield::Becomes(identity) => (identity.to_string(), Shape::Who),
                    Yield::Holds { role, namespace } if namespace.is_empty() => (format!("{}, with {role}", step.by), Shape::Who),
                    Yield::Holds { role, namespace } => (format!("{}, with {role} in {namespace}", step.by), Shape::Who),
                    Yield::ClusterAdmin => ("cluster-admin".to_owned(), Shape::Goal),
                    Yield::Outcome(outcome) => (outcome.as_str().to_owned(), Shape::Goal),
                };
                let next = drawing.enter(label, shape);
                drawing.point(at, next, format!("{} {}", step.edge, step.title), true);
                at = next;
            }
            let goal = match &path.to {
                Goal::ClusterAdmin => Some("cluster-admin".to_owned()),
                Goal::Request(request) => Some(request.to_string()),
                Goal::Identity(_) | Goal::Outcome(_) => None,
            };
            if let Some(goal) = goal {
                let goal = drawing.enter(goal, Shape::Goal);
                drawing.point(at, goal, "holds".to_owned(), false);
            }
        }
        drawing.finish(0)
    }
}

/// A picture in the making.
#[derive(Debug, Default)]
struct Drawing {
    boxes: IndexMap<String, Shape>,
    arrows: IndexMap<(usize, usize), (BTreeSet<String>, bool)>,
}

impl Drawing {
    fn enter(&mut self, label: String, shape: Shape) -> usize {
        let entry = self.boxes.entry(label);
        let number = entry.index();
        entry.or_insert(shape);
        number
    }

    fn point(&mut self, from: usize, to: usize, label: String, step: bool) {
        if from == to {
            return;
        }
        let (labels, steps) = self.arrows.entry((from, to)).or_default();
        *steps |= step;
        if !label.is_empty() {
            labels.insert(label);
        }
    }

    fn finish(self, left_out: usize) -> Picture {
        let label = |labels: BTreeSet<String>| labels.into_iter().collect::<Vec<_>>().join(", ");
        let arrows = self.arrows.into_iter();
        let arrows = arrows.map(|((from, to), (labels, step))| Arrow { from, to, label: label(labels), step }).collect();
        let boxes = self.boxes.into_iter().map(|(label, shape)| Box { label, shape }).collect();
        Picture { boxes, arrows, left_out }
    }
}

impl Closure<'_> {
    /// The picture of all ways to a goal, of at most so many boxes; without a goal, of all ways to anything. Classes of equal identities
    /// are one box, and what leads nowhere is left out. Cost: `O(arcs)`.
    ///
    /// ```
    /// use k8s_rbac::paths::{Goal, Paths};
    /// use k8s_rbac::{Authorizer, KubeVersion, bootstrap, version::Profile};
    /// let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
    /// let paths = Paths::new(Profile::default());
    /// let closure = paths.of(&rbac)?;
    /// let whole = closure.picture(Some(&Goal::ClusterAdmin), 1000);
    /// let part = closure.picture(Some(&Goal::ClusterAdmin), 5);
    /// assert_eq!((whole.left_out, part.boxes.len()), (0, 5));
    /// assert_eq!(part.boxes.len() + part.left_out, whole.boxes.len());
    /// # Ok::<(), k8s_rbac::paths::TooLarge>(())
    /// ```
    #[must_use]
    pub fn picture(&self, to: Option<&Goal>, most: usize) -> Picture {
        let live = self.live(to);
        let nodes = (0..).zip(&self.graph.nodes).map(|(number, _)| number).filter(|node| live.contains(node));
        self.draw(&nodes.collect(), most)
    }

    /// The picture of all that somebody can become or get, of at most so many boxes, the nearest ones. Cost: `O(arcs)`.
    ///
    /// ```
    /// use k8s_rbac::paths::{Identity, Paths};
    /// use k8s_rbac::{Authorizer, KubeVersion, bootstrap, version::Profile};
    /// let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
    /// let paths = Paths::new(Profile::default());
    /// let closure = paths.of(&rbac)?;
    /// let controller = Identity::service_account("kube-system", "job-controller");
    /// assert!(closure.picture_from(&controller, 10).arrows.len() > 1);
    /// assert!(closure.picture_from(&Identity::user("jane"), 10).arrows.is_empty(), "nobody gave her anything");
    /// # Ok::<(), k8s_rbac::paths::TooLarge>(())
    /// ```
    #[must_use]
    pub fn picture_from(&self, from: &Identity, most: usize) -> Picture {
        let live = self.live(None);
        let start = self.class(from).and_then(|class| self.graph.number(Node::Class(class)));
        let mut found: IndexSet<u32> = start.into_iter().collect();
        let mut queue: VecDeque<u32> = found.iter().copied().collect();
        let out = self.graph.out();
        while let Some(node) = queue.pop_front() {
            for next in out.get(node as usize).into_iter().flatten().filter_map(|arc| self.graph.arcs.get(*arc as usize)) {
                if live.contains(&next.to) && found.insert(next.to) {
                    queue.push_back(next.to);
                }
            }
        }
        self.draw(&found, most)
    }

    /// The nodes from which there is a way.
    fn live(&self, to: Option<&Goal>) -> BTreeSet<u32> {
        let terminal = |node: &Node| matches!(node, Node::Hub(Target::Admin | Target::Outcome(_)));
        let goals = match to {
            Some(goal) => self.goals(goal),
            None => (0..).zip(&self.graph.nodes).filter(|(_, node)| terminal(node)).map(|(node, _)| (node, 0)).collect(),
        };
        let ways = self.graph.ways(goals);
        (0..).zip(&self.graph.nodes).map(|(node, _)| node).filter(|node| ways.cost(*node).is_some()).collect()
    }

    fn draw(&self, nodes: &IndexSet<u32>, most: usize) -> Picture {
        let mut drawing = Drawing::default();
        let drawn: IndexSet<u32> = nodes.iter().copied().take(most).collect();
        let boxes: IndexMap<u32, usize> =
            drawn.iter().filter_map(|node| self.enter(&mut drawing, *node).map(|number| (*node, number))).collect();
        for arc in &self.graph.arcs {
            let Some((from, to)) = boxes.get(&arc.from).zip(boxes.get(&arc.to)) else { continue };
            let (label, step) = self.says(arc.from, arc.kind);
            drawing.point(*from, *to, label, step);
        }
        drawing.finish(nodes.len() - drawn.len())
    }

    fn enter(&self, drawing: &mut Drawing, node: u32) -> Option<usize> {
        let (label, shape) = match self.graph.nodes.get_index(node as usize)? {
            Node::Class(class) => (self.name_of_class(self.classes.get(*class as usize)?), Shape::Who),
            Node::Hub(target) => self.name_of_hub(*target),
        };
        Some(drawing.enter(label, shape))
    }

    fn name_of_class(&self, class: &Class<'_>) -> String {
        let names = class.members.iter().filter_map(|member| self.world.identity(*member)).map(ToString::to_string);
        let mut lines: Vec<String> = names.take(NAMES).collect();
        if let Some(more) = class.members.len().checked_sub(NAMES).filter(|more| *more > 0) {
            lines.push(format!("and {more} more"));
        }
        lines.join("\n")
    }

    fn name_of_hub(&self, target: Target) -> (String, Shape) {
        let every = |scope| {
            if scope == super::world::EVERY { "any namespace".to_owned() } else { self.world.namespace(scope).to_owned() }
        };
        match target {
            Target::Admin => ("cluster-admin".to_owned(), Shape::Goal),
            Target::Outcome(outcome) => (outcome.as_str().to_owned(), Shape::Goal),
            Target::Accounts(scope) => (format!("any ServiceAccount of {}", every(scope)), Shape::AnyOf),
            Target::Pods(scope) => (format!("any Pod of {}", every(scope)), Shape::AnyOf),
            Target::Users => ("any User".to_owned(), Shape::AnyOf),
            Target::AnyUser => ("any User or Group".to_owned(), Shape::AnyOf),
            Target::NodeRoot => ("a node, as root".to_owned(), Shape::AnyOf),
            Target::Identity(identity) => {
                (self.world.identity(identity).map(ToString::to_string).unwrap_or_default(), Shape::Who)
            }
        }
    }

    /// What an arrow says, and whether it is a step.
    fn says(&self, from: u32, kind: Kind) -> (String, bool) {
        let row = |index: u32| {
            let Some(Node::Class(class)) = self.graph.nodes.get_index(from as usize) else { return None };
            let step = self.classes.get(*class as usize)?.moves.get(index as usize)?;
            self.table.rows.get(step.row as usize)
        };
        match kind {
            Kind::InGroup | Kind::OneOf => (String::new(), false),
            Kind::Extra(index) => {
                (self.extras.get(index as usize).map_or_else(String::new, |extra| extra.id.clone().into_owned()), true)
            }
            Kind::Kubelet => (super::edges::NODE.id.to_owned(), true),
            Kind::Move(index) => match row(index) {
                Some(row) if row.edge.id == super::edges::HOLDS_EVERYTHING.id => ("holds".to_owned(), false),
                row => (row.map_or("", |row| row.edge.id).to_owned(), true),
            },
        }
    }
}
