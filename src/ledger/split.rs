//! Dividing money exactly: what a line earned over its units, and a refund over the tiers.

/// What each of `units` gets of `amount`: the first units get the larger parts, the sum is exact.
pub fn over_units(amount: i64, units: i64) -> impl Iterator<Item = i64> {
    let part = move |count: i64| i128::from(amount) * i128::from(count) / i128::from(units);
    // Counted from the end, so that what does not divide falls to the first units.
    (0..units).map(move |at| {
        let share = part(units - at) - part(units - at - 1);
        i64::try_from(share).unwrap_or_default()
    })
}

/// What each tier gives back of a refund: the fixed ratio refund/paid of what it earned, rounded by largest
/// remainder, at most what it has not yet given back; the refund that completes the sum takes exactly what
/// remains.
///
/// `earned` and `given_back` are per tier, in minor units; `paid` is the sum of `earned`. `None` when the
/// refund is not positive or more than what remains.
pub fn over_tiers(refund: i64, earned: &[i64], given_back: &[i64]) -> Option<Vec<i64>> {
    let paid: i128 = earned.iter().map(|amount| i128::from(*amount)).sum();
    let left: Vec<i64> = earned.iter().zip(given_back).map(|(earned, given)| earned - given).collect();
    let total_left: i128 = left.iter().map(|amount| i128::from(*amount)).sum();
    let wanted = i128::from(refund);
    if wanted <= 0 || wanted > total_left || left.iter().any(|amount| *amount < 0) {
        return None;
    }
    if wanted == total_left {
        return Some(left);
    }
    let exact = |at: usize| i128::from(earned[at]) * wanted;
    let mut shares: Vec<i64> = (0..earned.len())
        .map(|at| i64::try_from(exact(at) / paid).unwrap_or(i64::MAX).min(left[at]))
        .collect();
    let mut missing = wanted - shares.iter().map(|share| i128::from(*share)).sum::<i128>();
    // Largest remainder first; ties to the tier further up.
    let mut order: Vec<usize> = (0..earned.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact(*at) % paid));
    for at in order.iter().copied().filter(|at| exact(*at) % paid != 0) {
        if missing > 0 && shares[at] < left[at] {
            shares[at] += 1;
            missing -= 1;
        }
    }
    // Only where a tier had less left than its part: the others make it up.
    for at in order {
        let more = missing.min(i128::from(left[at] - shares[at]));
        shares[at] += i64::try_from(more).unwrap_or_default();
        missing -= more;
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_refunds_of_a_third_end_at_zero() {
        let earned = [8000, 133 + 267, 840, 300];
        let mut given = [0; 4];
        let mut seen = Vec::new();
        for _ in 0..3 {
            let shares = over_tiers(3180, &earned, &given).unwrap();
            assert_eq!(shares.iter().sum::<i64>(), 3180);
            for (given, share) in given.iter_mut().zip(&shares) {
                *given += share;
            }
            seen.push(shares);
        }
        assert_eq!(seen, [[2667, 133, 280, 100], [2667, 133, 280, 100], [2666, 134, 280, 100]]);
        assert_eq!(given, earned);
        assert_eq!(over_tiers(1, &earned, &given), None);
    }

    #[test]
    fn units_share_a_line_exactly() {
        assert_eq!(over_units(100, 3).collect::<Vec<_>>(), [34, 33, 33]);
        assert_eq!(over_units(9, 3).collect::<Vec<_>>(), [3, 3, 3]);
        assert_eq!(over_units(1, 3).sum::<i64>(), 1);
    }

    proptest! {
        #[test]
        fn refunds_never_lose_or_make_a_cent(
            earned in proptest::collection::vec(0..1_000_000i64, 1..8),
            cuts in proptest::collection::vec(1..1_000_000i64, 1..12),
        ) {
            let paid: i64 = earned.iter().sum();
            prop_assume!(paid > 0);
            let mut given = vec![0; earned.len()];
            let mut refunded = 0;
            for cut in cuts {
                let refund = cut.min(paid - refunded);
                if refund == 0 { break; }
                let shares = over_tiers(refund, &earned, &given).unwrap();
                prop_assert_eq!(shares.iter().sum::<i64>(), refund);
                for at in 0..earned.len() {
                    given[at] += shares[at];
                    prop_assert!(shares[at] >= 0 && given[at] <= earned[at]);
                }
                refunded += refund;
            }
            if refunded < paid {
                over_tiers(paid - refunded, &earned, &given).unwrap();
            }
        }

        #[test]
        fn units_never_lose_or_make_a_cent(amount in 0..1_000_000_000i64, units in 1..=1_000i64) {
            let parts: Vec<i64> = over_units(amount, units).collect();
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        }
    }
}
