//! What can be measured, and what each must reach.

use clap::ValueEnum;

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    /// Orders at many sites
    OrdersSpread,
    /// Orders at one site
    OrdersHot,
    /// What stands in front of a resolver
    Gate,
}

impl Name {
    /// As it is said on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::OrdersSpread => "orders-spread",
            Self::OrdersHot => "orders-hot",
            Self::Gate => "gate",
        }
    }

    /// What is measured.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::OrdersSpread => {
                "wallet-paid orders of one card each: 100 sites, 2,000 buyers, 64 connections, chains of supplier, \
                 operator, site and sub-site"
            }
            Self::OrdersHot => "the same, all at one site for one product of one supplier",
            Self::Gate => "a trivial query through everything in front of a resolver",
        }
    }

    /// What it must reach.
    pub(super) fn must(self) -> &'static str {
        match self {
            Self::OrdersSpread => "≥ 3 × pgbench",
            Self::OrdersHot => "≥ 0.8 × orders-spread, p99 ≤ 250 ms",
            Self::Gate => "≥ 0.75 × async-graphql's bare endpoint",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_as_it_is_written() {
        for name in Name::value_variants() {
            assert_eq!(Name::from_str(name.word(), false), Ok(*name));
        }
    }
}
