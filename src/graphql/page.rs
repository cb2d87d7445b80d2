//! Pages of lists.

use async_graphql::SimpleObject;

/// Where a page stands in its list.
#[derive(SimpleObject, Clone)]
pub struct PageInfo {
    /// There are more rows behind the last.
    pub has_next_page: bool,
    /// There are rows before the first.
    pub has_previous_page: bool,
    /// The first row's cursor.
    pub start_cursor: Option<String>,
    /// The last row's cursor.
    pub end_cursor: Option<String>,
}
