//! How often a caller may ask: leaky buckets, answered with `RateLimit` headers.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use super::{
    limits::{Rate, Rates},
    refusal::Refusal,
};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Where a caller stands with one bucket.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    name: &'static str,
    per_minute: u32,
    remaining: u32,
    /// Until the bucket gives again.
    reset: Duration,
}

impl Standing {
    /// `RateLimit-Policy` and `RateLimit`, as the draft writes them.
    pub(crate) fn headers(&self) -> (String, String) {
        let reset = self.reset.as_secs() + u64::from(self.reset.subsec_nanos() > 0);
        (
            format!(r#""{}";q={};w=60"#, self.name, self.per_minute),
            format!(r#""{}";r={};t={reset}"#, self.name, self.remaining),
        )
    }
}

struct Bucket {
    name: &'static str,
    rate: Rate,
    limiter: Limiter,
}

impl Bucket {
    fn new(name: &'static str, rate: Rate) -> Self {
        let whole = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(whole(rate.per_minute)).allow_burst(whole(rate.burst));
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, rate, limiter }
    }

    fn take(&self, key: &String) -> Result<Standing, (Refusal, Standing)> {
        let standing = |remaining, reset| Standing {
            name: self.name,
            per_minute: self.rate.per_minute,
            remaining,
            reset,
        };
        match self.limiter.check_key(key) {
            Ok(state) => Ok(standing(
                state.remaining_burst_capacity(),
                Duration::from_mins(1) / self.rate.per_minute.max(1),
            )),
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Err((Refusal::throttled(wait), standing(0, wait)))
            }
        }
    }
}

/// All buckets of this process.
pub(crate) struct Buckets {
    credential: Bucket,
    address: Bucket,
    sign_in: Bucket,
}

impl Buckets {
    pub(crate) fn new(rates: &Rates) -> Self {
        Self {
            credential: Bucket::new("credential", rates.credential),
            address: Bucket::new("address", rates.address),
            sign_in: Bucket::new("sign-in", rates.sign_in),
        }
    }

    pub(crate) fn address(&self, address: Option<IpAddr>) -> Result<Standing, (Refusal, Standing)> {
        self.address.take(&key(address))
    }

    pub(crate) fn credential(&self, bucket: &String) -> Result<Standing, (Refusal, Standing)> {
        self.credential.take(bucket)
    }

    pub(crate) fn sign_in(
        &self,
        address: Option<IpAddr>,
        place: &str,
    ) -> Result<Standing, (Refusal, Standing)> {
        self.sign_in.take(&format!("{} {place}", key(address)))
    }

    /// Forgets callers whose buckets are full again.
    pub(crate) fn forget_idle(&self) {
        for bucket in [&self.credential, &self.address, &self.sign_in] {
            bucket.limiter.retain_recent();
            bucket.limiter.shrink_to_fit();
        }
    }
}

/// A household has a whole /64 of IPv6: it is one caller.
pub(crate) fn key(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Some(address) => address.to_string(),
        None => "local".into(),
    }
}
