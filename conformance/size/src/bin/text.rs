//! Objects from a file alone.

fn main() {
    size::ask(size::text());
}
