//! What can be measured, and what each must reach.

use clap::ValueEnum;

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    /// Orders at many sites
    OrdersSpread,
    /// Orders at one site
    OrdersHot,
    /// A shop's page
    Listings,
    /// Orders and pages as sites grow
    Scale,
    /// What stands in front of a resolver
    Gate,
    /// From a commit to a socket
    Push,
    /// A million cards
    Import,
    /// Claims opened and decided
    Claims,
    /// Starting, and sitting still
    Idle,
    /// The log of what is sold
    Provenance,
}

impl Name {
    /// As it is said on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::OrdersSpread => "orders-spread",
            Self::OrdersHot => "orders-hot",
            Self::Listings => "listings",
            Self::Scale => "scale",
            Self::Gate => "gate",
            Self::Push => "push",
            Self::Import => "import",
            Self::Claims => "claims",
            Self::Idle => "idle",
            Self::Provenance => "provenance",
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
            Self::Listings => {
                "the first 24 listings with price, stock and warranty for a signed-in buyer, 1,000 sites × 10,000 \
                 variants, price rules at 3 tiers"
            }
            Self::Scale => "one order and one page of listings at 10, 100 and 1,000 sites",
            Self::Gate => "a trivial query through everything in front of a resolver",
            Self::Push => "orders pushed to 1,000 and to 5,000 sockets on tenantEvents, 500 orders a second",
            Self::Import => "1,000,000 card lines by upload, sealed and deduplicated",
            Self::Claims => {
                "warranty claims opened by buyers, handed over by sites, granted with a refund by the supplier; 64 connections"
            }
            Self::Idle => "start to ready with an existing data folder; resident memory",
            Self::Provenance => {
                "orders with the provenance log and without it; steps written to it; a proof at 1,000,000 leaves"
            }
        }
    }

    /// What it must reach.
    pub(super) fn must(self) -> &'static str {
        match self {
            Self::OrdersSpread => "≥ 3 × pgbench",
            Self::OrdersHot => "≥ 0.8 × orders-spread, p99 ≤ 250 ms",
            Self::Listings => {
                "≥ 0.5 × the same server's constant answer of the same length, 0 statements warm, ≤ 3 cold"
            }
            Self::Scale => "flat within 20 %",
            Self::Gate => "≥ 0.75 × async-graphql's bare endpoint",
            Self::Push => "commit to socket p99 < 50 ms and < 150 ms, ≤ 20 KiB a socket",
            Self::Import => "≤ 60 s, ≤ 128 MiB above idle",
            Self::Claims => "≥ 100 claims a second",
            Self::Idle => "≤ 1.5 s, ≤ 64 MiB beside PostgreSQL",
            Self::Provenance => "≤ 10 % of an order, a proof p99 ≤ 5 ms",
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
