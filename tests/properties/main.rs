//! Properties on random policies with hostile vocabularies, each against a plain model. `PROPTEST_CASES` sets how many cases each gets.

mod cluster;
mod diff;
mod index;
mod model;
mod paths;
mod permission;
mod policy;
mod query;
mod reason;
mod rule;
mod small;
mod suggest;
mod url;
mod vocabulary;
