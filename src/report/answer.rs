//! stub
use crate::explain::Explanation;
/// x
pub fn line(decision: bool) -> String {
    format!("{{\"decision\":{decision}}}")
}
/// x
pub fn error(m: &str) -> String {
    serde_json::json!({"decision":false,"context":{"error":{"status":400,"message":m}}}).to_string()
}
/// x
pub fn explained(e: &Explanation) -> String {
    serde_json::json!({"decision":e.decision,"context":{"outcome":e.outcome,"claims":e.claims.iter().filter(|c|c.decides).map(|c|&c.id).collect::<Vec<_>>(),"unknown":e.unknown,"reasons":e.reasons,"obligations":e.obligations.iter().map(|c|&c.text).collect::<Vec<_>>(),"advice":e.advice.iter().map(|c|&c.text).collect::<Vec<_>>()}}).to_string()
}
/// x
pub fn document(e: &Explanation) -> String {
    serde_json::to_string_pretty(e).unwrap()
}
