//! A guide: Kubernetes RBAC, and this crate with it, from one refused request to the algebra.
//!
//! Every chapter stands for itself, its code runs as a test, and each ends where the next begins. Nothing here is code of the crate.
//!
//! | chapter | the question |
//! | --- | --- |
//! | [`story`] | what is RBAC, on one account that is refused and then let in? |
//! | [`objects`] | which objects are there, and how do they get into a policy? |
//! | [`deciding`] | what is a request, and when is it allowed? |
//! | [`reasons`] | what does the server say, and can a program read it? |
//! | [`why`] | why was it allowed, why not, and what would turn it? |
//! | [`who`] | who can do this? |
//! | [`what`] | what can somebody do? |
//! | [`scopes`] | in the cluster, in a namespace, in some, in every one? |
//! | [`refusals`] | what would a server refuse to store, and to whom? |
//! | [`sets`] | what do rules allow, reckoned exactly? |
//! | [`change`] | what did a change grant, and how is it gated? |
//! | [`risk`] | what is risky or wrong in a policy? |
//! | [`escalating`] | who can become whom? |
//! | [`releases`] | what is different in an older cluster? |
//! | [`embedding`] | how does this stand in a controller, a webhook, a user interface? |
//! | [`limits`] | what does it cost, and what stops hostile input? |
//!
//! The mistakes that are made with all of this are listed in
//! [FALSE_FRIENDS.md](https://docs.rs/crate/k8s-rbac/latest/source/docs/FALSE_FRIENDS.md), each with a test.

/// Declares the chapters; their code takes what the default features bring.
macro_rules! chapters {
    ($($(#[doc = $line:literal])+ $name:ident = $file:literal;)*) => {
        $(
            $(#[doc = $line])+
            #[cfg_attr(all(feature = "yaml", feature = "bootstrap"), doc = include_str!($file))]
            pub mod $name {}
        )*
    };
}

chapters! {
    /// What RBAC is, on one account that is refused and then let in.
    ///
    story = "story.md";
    /// The objects, and how they get into a policy.
    ///
    objects = "objects.md";
    /// Requests, and when one is allowed.
    ///
    deciding = "deciding.md";
    /// What the server says, and how a program reads it.
    ///
    reasons = "reasons.md";
    /// Why, why not, and what would turn the answer.
    ///
    why = "why.md";
    /// Who can do something.
    ///
    who = "who.md";
    /// What somebody can do.
    ///
    what = "what.md";
    /// The cluster, a namespace, some namespace, every namespace.
    ///
    scopes = "scopes.md";
    /// What a server refuses to store: invalid objects, and those that grant too much.
    ///
    refusals = "refusals.md";
    /// Permissions as sets.
    ///
    sets = "sets.md";
    /// What a change grants and takes away, and how it is gated.
    ///
    change = "change.md";
    /// What is risky or wrong in a policy.
    ///
    risk = "risk.md";
    /// Who can become whom.
    ///
    escalating = "escalating.md";
    /// What differs between releases of Kubernetes.
    ///
    releases = "releases.md";
    /// The crate inside another program.
    ///
    embedding = "embedding.md";
    /// What answers cost, and what stops hostile input.
    ///
    limits = "limits.md";
}
