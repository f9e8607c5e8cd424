//! Objects from code, or the default policy.

fn main() {
    size::ask(if size::wants_default() { size::default_policy() } else { size::typed() });
}
