//! Times as ratios of times that were taken beside them: what a benchmark can tell of a computer that has other work.

use serde::Serialize;

/// The time of one thing in units of another, over many rounds.
#[derive(Serialize)]
pub struct Ratio {
    /// Half of the rounds were below.
    pub median: f64,
    /// A tenth of the rounds was below.
    pub p10: f64,
    /// A tenth of the rounds was above.
    pub p90: f64,
    /// The bar, where there is one.
    pub at_most: Option<f64>,
    /// The bar of what is to be much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
}

impl Ratio {
    /// The quotients of what was measured in the same round.
    pub fn new(samples: &[f64], units: &[f64], at_most: Option<f64>) -> Self {
        let ratios: Vec<f64> = samples.iter().zip(units).map(|(one, unit)| one / unit).collect();
        let [median, p10, p90] = [0.5, 0.1, 0.9].map(|share| rounded(quantile(&ratios, share)));
        Self { median, p10, p90, at_most, at_least: None }
    }

    /// Milliseconds, where people wait for these and not for so many of something else.
    pub fn of_millis(samples: &[f64], at_most: Option<f64>) -> Self {
        Self::new(samples, &vec![1.0; samples.len()], at_most)
    }

    /// With a bar that the median must reach.
    pub fn at_least(self, bar: f64) -> Self {
        Self { at_least: Some(bar), ..self }
    }

    /// Whether the median is low enough, or high enough.
    pub fn is_within_bar(&self) -> bool {
        self.at_most.is_none_or(|bar| self.median <= bar)
            && self.at_least.is_none_or(|bar| self.median >= bar)
    }
}

/// The value below which so great a share of the samples is.
pub fn quantile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// To three digits behind the point: the others are noise.
pub fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
