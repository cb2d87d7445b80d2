//! Mutation payloads: the object, or the reasons why not.

/// Defines a payload: `payload! { /// doc OrderPayload { /// doc order: Order } }`, made from a use case's
/// result by `OrderPayload::of`.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$fdoc:meta])* $field:ident : $ty:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$fdoc])*
            pub $field: Option<$ty>,
            /// Why not; empty when it was done.
            pub errors: Vec<$crate::graphql::error::UserError>,
        }

        impl $name {
            /// From a use case's result.
            ///
            /// # Errors
            /// What is no refusal becomes a top-level error.
            pub fn of(result: Result<$ty, $crate::foundation::No>) -> async_graphql::Result<Self> {
                let ($field, errors) = $crate::graphql::error::split(result)?;
                Ok(Self { $field, errors })
            }
        }
    };
}

/// Defines a Relay connection with its edge.
#[macro_export]
macro_rules! connection {
    ($node:ty, $edge:ident, $connection:ident) => {
        /// One row of a page.
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Pass as `after` to go on behind this row.
            pub cursor: String,
            /// The row.
            pub node: $node,
        }

        /// A page.
        #[derive(async_graphql::SimpleObject)]
        pub struct $connection {
            /// The rows with their cursors.
            pub edges: Vec<$edge>,
            /// The rows.
            pub nodes: Vec<$node>,
            /// Whether there is more.
            pub page_info: $crate::graphql::page::PageInfo,
        }

        impl $connection {
            /// From a page, with each row's key: its id, or what else its place in the list is told by.
            pub fn of(
                sealer: &$crate::foundation::seal::Sealer,
                list: &str,
                page: $crate::foundation::Page<(impl AsRef<[u8]>, $node)>,
            ) -> Self {
                let cursors: Vec<String> =
                    page.rows.iter().map(|(key, _)| sealer.seal_token(list, key.as_ref())).collect();
                let page_info = $crate::graphql::page::PageInfo {
                    has_next_page: page.more,
                    has_previous_page: page.earlier,
                    start_cursor: cursors.first().cloned(),
                    end_cursor: cursors.last().cloned(),
                };
                let nodes: Vec<$node> = page.rows.into_iter().map(|(_, node)| node).collect();
                let edges = cursors
                    .into_iter()
                    .zip(&nodes)
                    .map(|(cursor, node)| $edge { cursor, node: node.clone() })
                    .collect();
                Self { edges, nodes, page_info }
            }
        }
    };
}
