use super::failure::Failure;
use super::wire::Usage;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Price of an endpoint, in millionths of a dollar for a million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Price {
    pub micros_in: u64,
    pub micros_out: u64,
}

impl Price {
    /// What so many tokens cost, in millionths of a dollar, rounded up.
    #[must_use]
    pub fn micros(self, usage: Usage) -> u64 {
        let cost = u128::from(usage.tokens_in) * u128::from(self.micros_in)
            + u128::from(usage.tokens_out) * u128::from(self.micros_out);
        u64::try_from(cost.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// What may be spent, and what is spent: a running total over all calls of one day.
#[derive(Debug)]
pub struct Budget {
    tokens_max: u64,
    micros_max: Option<u64>,
    spent: Mutex<Spent>,
}

/// Tokens in and out together, and their price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    pub tokens: u64,
    pub micros: u64,
}

/// A part of the budget that a call holds until it is known what it used.
#[derive(Debug)]
pub(crate) struct Held {
    tokens: u64,
    micros: u64,
}

impl Budget {
    /// `spent` is what was spent before, today.
    #[must_use]
    pub fn new(tokens_max: u64, micros_max: Option<u64>, spent: Spent) -> Self {
        Self { tokens_max, micros_max, spent: Mutex::new(spent) }
    }

    /// The running total.
    #[must_use]
    pub fn spent(&self) -> Spent {
        *self.lock()
    }

    /// Sets aside the most that a call can use; calls that run at once cannot overspend together.
    pub(crate) fn hold(&self, most: Usage, price: Price) -> Result<Held, Failure> {
        let (tokens, micros) = (most.tokens_in + most.tokens_out, price.micros(most));
        let mut spent = self.lock();
        if spent.tokens.saturating_add(tokens) > self.tokens_max {
            let (used, max) = (spent.tokens, self.tokens_max);
            let why = format!("{used} of {max} tokens are used today, and it may take {tokens}");
            return Err(Failure::Budget(why));
        }
        if self.micros_max.is_some_and(|max| spent.micros.saturating_add(micros) > max) {
            let (used, max) = (dollars(spent.micros), dollars(self.micros_max.unwrap_or_default()));
            let why =
                format!("{used} of {max} are used today, and it may take {}", dollars(micros));
            return Err(Failure::Budget(why));
        }
        spent.tokens += tokens;
        spent.micros += micros;
        Ok(Held { tokens, micros })
    }

    /// Puts what was used in the place of what was held; all of it when the server told nothing.
    pub(crate) fn settle(&self, held: &Held, used: Option<Usage>, price: Price) -> Spent {
        let used = used.map_or(Spent { tokens: held.tokens, micros: held.micros }, |usage| Spent {
            tokens: usage.tokens_in + usage.tokens_out,
            micros: price.micros(usage),
        });
        let mut spent = self.lock();
        spent.tokens = spent.tokens.saturating_sub(held.tokens) + used.tokens;
        spent.micros = spent.micros.saturating_sub(held.micros) + used.micros;
        used
    }

    fn lock(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `$0.0123`
#[must_use]
pub fn dollars(micros: u64) -> String {
    format!("${}.{:04}", micros / 1_000_000, micros % 1_000_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { micros_in: 3_000_000, micros_out: 15_000_000 };

    fn usage(tokens_in: u64, tokens_out: u64) -> Usage {
        Usage { tokens_in, tokens_out }
    }

    #[test]
    fn calls_that_run_at_once_do_not_overspend_together() {
        let budget = Budget::new(250, None, Spent::default());
        let first = budget.hold(usage(50, 50), PRICE).expect("it fits");
        let _second = budget.hold(usage(50, 50), PRICE).expect("it fits");
        let refused = budget.hold(usage(50, 50), PRICE).expect_err("it does not fit");
        assert_eq!(
            refused.to_string(),
            "the budget does not allow the call: 200 of 250 tokens are used today, and it may take 100"
        );
        budget.settle(&first, Some(usage(10, 5)), PRICE);
        assert_eq!(budget.spent().tokens, 115);
        assert!(budget.hold(usage(50, 50), PRICE).is_ok());
    }

    #[test]
    fn money_is_counted_and_what_is_not_told_is_taken_as_used() {
        assert_eq!(PRICE.micros(usage(1_000, 200)), 6_000);
        assert_eq!(dollars(1_006_050), "$1.0060");
        let budget = Budget::new(u64::MAX, Some(7_000), Spent::default());
        let held = budget.hold(usage(1_000, 200), PRICE).expect("it fits");
        budget.settle(&held, None, PRICE);
        assert_eq!(budget.spent(), Spent { tokens: 1_200, micros: 6_000 });
        let refused = budget.hold(usage(1_000, 0), PRICE).expect_err("it does not fit");
        assert!(refused.to_string().contains("$0.0060 of $0.0070"), "{refused}");
    }
}
