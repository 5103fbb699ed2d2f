//! The sum of the events: exchanges, the flows that they form, and what GitLab was seen to store.
//!
//! [`tracer::Tracer`] takes events in; the rest is derived from them. Leaves out every judgement: whether
//! values agree, what GitLab accepts and what is wrong are rooms of their own.

pub(crate) mod association;
mod carried;
pub mod clock;
pub mod closed;
mod count;
pub mod exchange;
pub mod flow;
mod gitlab_said;
mod heading;
pub mod identities;
mod join;
mod joiner;
pub mod managed;
pub mod observation;
mod pool;
pub mod room;
pub mod seen;
mod settle;
pub mod tracer;

#[cfg(test)]
mod tests;
