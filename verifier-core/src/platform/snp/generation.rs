//! Processor generations, from the CPUID that a report carries and from a certificate's product.

use crate::policy::Generation;

/// The family, model and stepping of a report of version 3 or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cpuid {
    /// Extended family and family, added.
    pub(super) family: u8,
    /// Extended model and model, joined.
    pub(super) model: u8,
    /// Stepping.
    pub(super) stepping: u8,
}

impl Cpuid {
    /// The generation whose root vouches for this processor. Bergamo and Siena (models A0 to AF)
    /// are of the Genoa family and stand under its root.
    pub(super) const fn generation(self) -> Option<Generation> {
        match (self.family, self.model) {
            (0x19, 0x00..=0x0f) => Some(Generation::Milan),
            (0x19, 0x10..=0x1f | 0xa0..=0xaf) => Some(Generation::Genoa),
            (0x1a, 0x00..=0x11) => Some(Generation::Turin),
            _ => None,
        }
    }
}

/// The name of a generation as certificates spell it.
pub(super) const fn name(generation: Generation) -> &'static str {
    match generation {
        Generation::Milan => "Milan",
        Generation::Genoa => "Genoa",
        Generation::Turin => "Turin",
    }
}

/// The generation of a certificate's product name: `Milan` in a VLEK, `Milan-B0` in a VCEK.
pub(super) fn of_product(product: &str) -> Option<Generation> {
    let (line, stepping) =
        product.split_once('-').map_or((product, None), |(line, stepping)| (line, Some(stepping)));
    if let Some(stepping) = stepping {
        let plain = stepping.len() == 2 && stepping.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain {
            return None;
        }
    }
    [Generation::Milan, Generation::Genoa, Generation::Turin]
        .into_iter()
        .find(|generation| name(*generation) == line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_of_each_generation() {
        let of = |family, model| Cpuid { family, model, stepping: 1 }.generation();
        assert_eq!(of(0x19, 0x01), Some(Generation::Milan));
        assert_eq!(of(0x19, 0x11), Some(Generation::Genoa));
        assert_eq!(of(0x19, 0xa0), Some(Generation::Genoa));
        assert_eq!(of(0x1a, 0x02), Some(Generation::Turin));
        for (family, model) in [(0x19, 0x20), (0x1a, 0x12), (0x17, 0x31), (0, 0)] {
            assert_eq!(of(family, model), None);
        }
    }

    #[test]
    fn product_names_are_read_whole() {
        assert_eq!(of_product("Milan-B0"), Some(Generation::Milan));
        assert_eq!(of_product("Turin"), Some(Generation::Turin));
        for product in ["milan", "Milan-", "Milan-B0-x", "Milan-B0 ", "MilanX", ""] {
            assert_eq!(of_product(product), None, "{product}");
        }
    }
}
