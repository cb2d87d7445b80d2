//! The matrix file: one row an operation, one column a role. Enforcement and its exhaustive test read it.

use super::TenantKind;
use std::{collections::HashMap, sync::LazyLock};

/// An action such as `order:place`: an index into [`Matrix::actions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Action(pub u8);

crate::words! {
    /// The built-in roles. A tenant's own roles are rows of `role`.
    pub enum Role {
        /// Nobody signed in.
        Anonymous = "anonymous",
        /// A customer of the site.
        Buyer = "buyer",
        /// Everything that the tenant may do.
        Owner = "owner",
        /// Everything but money and staff.
        Manager = "manager",
        /// Reads, and helps with orders.
        Support = "support",
        /// Decides claims.
        WarrantyAgent = "warranty_agent",
        /// Moves money.
        Finance = "finance",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// A program of the tenant's.
        Integrator = "integrator",
    }
}

/// One row of the matrix.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `Query.orders`.
    pub name: &'static str,
    /// What it needs.
    pub action: Action,
    /// The kinds of tenant at which it makes sense.
    pub kinds: Vec<TenantKind>,
    /// Only while the tenant is ACTIVE.
    pub needs_active: bool,
    /// The built-in roles that may.
    pub roles: Vec<Role>,
}

/// The whole file.
#[derive(Debug)]
pub struct Matrix {
    operations: HashMap<&'static str, Operation>,
    actions: Vec<&'static str>,
}

/// The matrix in force.
pub static MATRIX: LazyLock<Matrix> = LazyLock::new(|| Matrix::read(include_str!("matrix.csv")));

impl Matrix {
    // The file is part of the program: a mistake in it is found by the first test that runs.
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines();
        let head = lines.next().map(|line| line.split(',').collect::<Vec<_>>()).unwrap_or_default();
        let mut actions: Vec<&'static str> =
            text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
        actions.sort_unstable();
        actions.dedup();
        assert!(actions.len() <= 64, "a permission set is 64 bits");
        let mut operations = HashMap::new();
        for line in lines {
            let cells: Vec<&'static str> = line.split(',').collect();
            assert_eq!(cells.len(), head.len(), "matrix.csv: {line}");
            let action = actions.binary_search(&cells[1]).expect("collected above");
            let operation = Operation {
                name: cells[0],
                action: Action(u8::try_from(action).expect("at most 64")),
                kinds: cells[2].split(' ').map(|word| TenantKind::of(word).expect("a tenant kind")).collect(),
                needs_active: match cells[3] {
                    "active" => true,
                    "any" => false,
                    other => panic!("matrix.csv: when is active or any, not {other}"),
                },
                roles: head
                    .iter()
                    .zip(&cells)
                    .skip(4)
                    .filter(|(_, cell)| !cell.is_empty())
                    .map(|(role, _)| Role::of(role).expect("a built-in role"))
                    .collect(),
            };
            assert!(operations.insert(operation.name, operation).is_none(), "matrix.csv: twice: {line}");
        }
        Self { operations, actions }
    }

    /// The row of an operation such as `Query.orders`.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// Every row, in no particular order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// Every action's name, sorted.
    pub fn actions(&self) -> &[&'static str] {
        &self.actions
    }

    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<Action> {
        self.actions.binary_search(&name).ok().and_then(|at| u8::try_from(at).ok()).map(Action)
    }

    /// The actions that a built-in role has at a tenant of that kind.
    pub fn of_role(&self, role: Role, kind: TenantKind) -> Vec<Action> {
        let mut actions: Vec<Action> = self
            .operations
            .values()
            .filter(|operation| operation.roles.contains(&role) && operation.kinds.contains(&kind))
            .map(|operation| operation.action)
            .collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_means_the_same_roles_on_every_operation_and_kind() {
        // A role that may do one operation of an action holds the action, hence may do them all.
        let mut seen: HashMap<Action, &Operation> = HashMap::new();
        let mut operations: Vec<_> = MATRIX.operations().collect();
        operations.sort_by_key(|operation| operation.name);
        for operation in operations {
            let first = seen.entry(operation.action).or_insert(operation);
            assert_eq!(first.roles, operation.roles, "{} and {}", first.name, operation.name);
            assert_eq!(first.kinds, operation.kinds, "{} and {}", first.name, operation.name);
        }
    }
}
