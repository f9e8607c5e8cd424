//! Objects from a file, or the default policy.

fn main() {
    size::ask(if size::wants_default() { size::default_policy() } else { size::text() });
}
