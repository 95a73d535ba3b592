//! Why a decision is what it is, as data: a proof, or how near each permit came.
//!
//! `explanation` has the result, [`Explanation`], and builds it from the trace of a recorded decision and from the near misses of its
//! permits. `reason` has the nodes of the proof; `proof` and `atoms` build them, with the help of `other_times`, which finds facts that
//! ended or have not begun. `references` states each proof once.
//! `citations` collects the elements on which an answer rests, and their claims. `refusal` looks into refused events, and `remarks` finds advice for all answers. `unnamed` leaves out entities without a
//! name where others decide.
//!
//! An explanation names everything by id; [`wording`](crate::wording) makes sentences of it.
//!
//! Invariant: no condition of the policy is evaluated while reasons are built. [`explain`] and [`refusal()`] ask
//! [`counterfactual`](crate::counterfactual) for traces of near misses first; the builders read traces, policy and facts alone.

mod atoms;
mod citations;
mod elsewhere;
mod explanation;
mod firms;
mod other_times;
mod proof;
mod reason;
mod references;
mod refusal;
mod remarks;
mod switched_off;
mod unnamed;

pub use citations::{cited, rests_on};
pub use explanation::{
    AskedQuestion, CitedClaim, Explanation, IssuedNotice, NoticeId, ToggleState, Unlisted, explain, issued_notices, missing, missing_in,
    missing_of_permits, obligations,
};
pub use reason::{Absence, AtomReason, AtomText, Basis, Finding, MissingCause, Reason, ReasonKind};
pub use refusal::{Refusal, refusal};
pub use remarks::{Remark, remarks};
