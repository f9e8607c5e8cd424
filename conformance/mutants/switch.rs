//! A source text with its mutants behind switches.
//!
//! Everything is insertion: what was there stays, so that mutants inside of one another get along. `crate::switch::on(7)` is whether mutant 7
//! is the one.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprBinary, ExprMatch, ExprStruct, ExprUnary, FieldValue, ReturnType, Signature};

use crate::Result;
use crate::list::{Genre, Mutant, Place};

/// The module that the switches ask. Which mutants a program reaches is noted in a file, if one is named.
pub const MODULE: &str = r#"
mod switch {
    use std::collections::HashSet;
    use std::io::Write;
    use std::sync::{LazyLock, Mutex};
    static ACTIVE: LazyLock<u32> = LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|id| id.parse().ok()).unwrap_or(u32::MAX));
    static REACHED: LazyLock<Option<Mutex<(std::fs::File, HashSet<u32>)>>> = LazyLock::new(|| {
        let path = std::env::var_os("MUTANTS_REACHED")?;
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path).ok()?;
        Some(Mutex::new((file, HashSet::new())))
    });
    pub(crate) fn on(id: u32) -> bool {
        if let Some(reached) = &*REACHED
            && let Ok(mut reached) = reached.lock()
            && reached.1.insert(id)
        {
            writeln!(reached.0, "{id}").ok();
        }
        *ACTIVE == id
    }
}
"#;

/// The text with those of the mutants that it can hold, and which they are.
pub fn switch(text: &str, mutants: &[(usize, &Mutant)]) -> Result<(String, BTreeSet<usize>)> {
    let file = syn::parse_file(text)?;
    let mut switches = Switches { text, mutants, insertions: Vec::new(), held: BTreeSet::new() };
    switches.visit_file(&file);
    let Switches { mut insertions, held, .. } = switches;
    // What opens was put in on the way down, what closes on the way up.
    insertions.sort_by_key(|(at, _)| *at);
    let (mut switched, mut done) = (String::new(), 0);
    for (at, inserted) in insertions {
        switched += &text[done..at];
        switched += &inserted;
        done = at;
    }
    switched += &text[done..];
    Ok((switched, held))
}

struct Switches<'a> {
    text: &'a str,
    mutants: &'a [(usize, &'a Mutant)],
    insertions: Vec<(usize, String)>,
    held: BTreeSet<usize>,
}

impl<'a> Switches<'a> {
    fn at(&self, span: Span, genre: Genre) -> Vec<(usize, &'a Mutant)> {
        let place = Place::from(span.start());
        self.mutants.iter().filter(|(_, mutant)| mutant.genre == genre && mutant.span.start == place).copied().collect()
    }

    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.insertions.push((at, text.into()));
    }

    fn hold(&mut self, mutants: &[(usize, &Mutant)]) {
        self.held.extend(mutants.iter().map(|(id, _)| id));
    }

    fn written(&self, node: &impl Spanned) -> &'a str {
        &self.text[node.span().byte_range()]
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        let opaque = matches!(&signature.output, ReturnType::Type(_, of) if self.written(of).contains("impl "));
        let Some(first) = block.stmts.first().filter(|_| signature.constness.is_none() && !opaque) else { return };
        for (id, mutant) in self.at(first.span(), Genre::FnValue) {
            self.insert(first.span().byte_range().start, format!("if {} {{ return {}; }} ", on(id), mutant.replacement));
            self.held.insert(id);
        }
    }

    /// `(if … { CHANGED } else if … { CHANGED } else { AS IT WAS })`
    fn instead(&mut self, node: &Expr, changed: &[(usize, String)], deeper: impl FnOnce(&mut Self)) {
        let range = node.span().byte_range();
        let branches: String = changed.iter().map(|(id, text)| format!("if {} {{ {text} }} else ", on(*id))).collect();
        self.insert(range.start, format!("({branches}{{ "));
        deeper(self);
        self.insert(range.end, " })");
        self.held.extend(changed.iter().map(|(id, _)| id));
    }

    fn binary(&mut self, node: &Expr, binary: &ExprBinary) {
        let mutants = self.at(binary.op.span(), Genre::BinaryOperator);
        if mutants.is_empty() || has_let(&binary.left) || has_let(&binary.right) {
            return visit::visit_expr_binary(self, binary);
        }
        let (left, right) = (self.written(&binary.left), self.written(&binary.right));
        let changed: Vec<_> =
            mutants.iter().map(|(id, mutant)| (*id, format!("({left} {} {right})", mutant.replacement))).collect();
        if is_assignment(binary.op) {
            // A statement of its own, without a value to put in brackets.
            let range = node.span().byte_range();
            let branches: String = changed.iter().map(|(id, text)| format!("if {} {{ {text}; }} else ", on(*id))).collect();
            self.insert(range.start, format!("{{ {branches}{{ "));
            visit::visit_expr_binary(self, binary);
            self.insert(range.end, "; } }");
            return self.hold(&mutants);
        }
        self.instead(node, &changed, |deeper| visit::visit_expr_binary(deeper, binary));
    }

    fn unary(&mut self, node: &Expr, unary: &ExprUnary) {
        let mutants = self.at(unary.op.span(), Genre::UnaryOperator);
        if mutants.is_empty() {
            return visit::visit_expr_unary(self, unary);
        }
        let changed: Vec<_> = mutants.iter().map(|(id, _)| (*id, format!("({})", self.written(&unary.expr)))).collect();
        self.instead(node, &changed, |deeper| visit::visit_expr_unary(deeper, unary));
    }

    /// A field that is left out comes from the base.
    fn fields(&mut self, node: &Expr, literal: &ExprStruct) {
        let of = |field: &FieldValue| self.at(field.span(), Genre::StructField).first().map(|(id, _)| *id);
        let whole = self.written(node);
        let start = node.span().byte_range().start;
        let without = |field: &FieldValue| {
            let range = field.span().byte_range();
            let rest = &whole[range.end - start..];
            let comma = rest.find(',').filter(|at| rest[..*at].trim().is_empty()).map_or(0, |at| at + 1);
            format!("{}{}", &whole[..range.start - start], &rest[comma..])
        };
        let changed: Vec<_> = literal.fields.iter().filter_map(|field| Some((of(field)?, without(field)))).collect();
        if changed.is_empty() {
            return visit::visit_expr_struct(self, literal);
        }
        self.instead(node, &changed, |deeper| visit::visit_expr_struct(deeper, literal));
    }

    fn guard(&mut self, guard: &Expr) {
        let mutants = self.at(guard.span(), Genre::MatchArmGuard);
        if mutants.is_empty() || has_let(guard) {
            return self.visit_expr(guard);
        }
        let range = guard.span().byte_range();
        let of = |value| mutants.iter().filter(move |(_, mutant)| mutant.replacement == value).map(|(id, _)| *id);
        let always: String = of("true").map(|id| format!("{} || ", on(id))).collect();
        let never: String = of("false").map(|id| format!("!{} && ", on(id))).collect();
        self.insert(range.start, format!("({always}({never}("));
        self.visit_expr(guard);
        self.insert(range.end, ")))");
        self.hold(&mutants);
    }

    fn arm(&mut self, arm: &Arm) {
        let mutants = self.at(arm.span(), Genre::MatchArm);
        if let Some((_, guard)) = &arm.guard {
            self.guard(guard);
        } else if let Some((id, _)) = mutants.first() {
            self.insert(arm.pat.span().byte_range().end, format!(" if !{}", on(*id)));
            self.hold(&mutants);
        }
        self.visit_expr(&arm.body);
    }
}

impl<'ast> Visit<'ast> for Switches<'_> {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.function(&node.sig, &node.block);
        if node.sig.constness.is_none() {
            visit::visit_item_fn(self, node);
        }
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.function(&node.sig, &node.block);
        if node.sig.constness.is_none() {
            visit::visit_impl_item_fn(self, node);
        }
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.function(&node.sig, block);
        }
        visit::visit_trait_item_fn(self, node);
    }

    /// Constants and the lengths of arrays ask no switch.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_expr(&mut self, node: &'ast Expr) {
        match node {
            Expr::Binary(binary) => self.binary(node, binary),
            Expr::Unary(unary) => self.unary(node, unary),
            Expr::Struct(literal) => self.fields(node, literal),
            _ => visit::visit_expr(self, node),
        }
    }

    fn visit_expr_match(&mut self, node: &'ast ExprMatch) {
        self.visit_expr(&node.expr);
        node.arms.iter().for_each(|arm| self.arm(arm));
    }
}

fn on(id: usize) -> String {
    format!("crate::switch::on({id})")
}

fn has_let(node: &Expr) -> bool {
    match node {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn is_assignment(op: BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign, ShrAssign, SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}
