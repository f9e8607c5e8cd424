//! Objects from code alone.

fn main() {
    size::ask(size::typed());
}
