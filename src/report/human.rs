//! stub
/// x
pub struct Style {
    /// x
    pub color: bool,
    /// x
    pub width: usize,
}
/// x
pub fn render(e: &crate::explain::Explanation, _: &Style) -> String {
    super::answer::document(e)
}
