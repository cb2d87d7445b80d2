//! A product as its supplier writes it, within bounds. Pure.

use super::{Allocation, Fulfilment, ProductKind, terms::Terms};
use crate::foundation::{No, UnitPrice, text};
use serde::{Deserialize, Serialize};

/// A question that the buyer answers with the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    /// For programs: a-z, 0-9 and underscores.
    pub name: String,
    /// For people.
    pub label: String,
    /// An order without an answer is refused.
    pub required: bool,
    /// In characters.
    pub max_length: i32,
}

/// A variant as its supplier writes it.
#[derive(Clone, Debug)]
pub struct NewVariant {
    /// Unique with its supplier.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// What the operator pays for one.
    pub settlement: UnitPrice,
    /// The brand's minimum.
    pub minimum: Option<UnitPrice>,
    /// How it reaches its buyer; none takes the kind's usual way.
    pub fulfilment: Option<Fulfilment>,
    /// Which card is sold first.
    pub allocation: Allocation,
    /// How many are left when the supplier is told.
    pub low_stock: i32,
}

/// A product as its supplier writes it.
#[derive(Clone, Debug)]
pub struct NewProduct {
    /// What it is called.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// What it is.
    pub kind: ProductKind,
    /// What is sold of it.
    pub variants: Vec<NewVariant>,
    /// Whose good it is to the buyer.
    pub brand: Option<String>,
    /// None takes the kind's default.
    pub terms: Option<Terms>,
    /// What the buyer is asked.
    pub fields: Vec<Field>,
}

impl NewProduct {
    /// The product within bounds.
    ///
    /// # Errors
    /// INVALID_INPUT with the place.
    pub fn checked(mut self) -> Result<Self, No> {
        self.title = text::line(&self.title, 120, "title")?;
        self.description =
            self.description.map(|text| text::note(&text, 4_000, "description")).transpose()?;
        self.terms = Some(self.terms.map_or_else(|| Ok(Terms::default_for(self.kind)), Terms::checked)?);
        self.brand = self.brand.map(|brand| text::line(&brand, 60, "brand")).transpose()?;
        if !(1..=100).contains(&self.variants.len()) {
            return Err(No::invalid("a product has 1 to 100 variants", "variants"));
        }
        let mut skus = std::collections::HashSet::new();
        for (at, variant) in self.variants.iter_mut().enumerate() {
            variant.sku = text::line(&variant.sku, 64, &format!("variants.{at}.sku"))?;
            variant.title = text::line(&variant.title, 120, &format!("variants.{at}.title"))?;
            if !(0..=1_000_000).contains(&variant.low_stock) {
                return Err(No::invalid("must be between 0 and 1000000", &format!("variants.{at}.lowStock")));
            }
            if !skus.insert(variant.sku.clone()) {
                return Err(No::invalid("is there twice", &format!("variants.{at}.sku")));
            }
        }
        if self.fields.len() > 20 {
            return Err(No::invalid("a product asks at most 20 questions", "fields"));
        }
        let mut names = std::collections::HashSet::new();
        for (at, field) in self.fields.iter_mut().enumerate() {
            let path = format!("fields.{at}");
            let valid = (1..=40).contains(&field.name.len())
                && field.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !valid || !names.insert(field.name.clone()) {
                return Err(No::invalid(
                    "must be 1 to 40 of a-z, 0-9 and _, and unique",
                    &format!("{path}.name"),
                ));
            }
            field.label = text::line(&field.label, 80, &format!("{path}.label"))?;
            if !(1..=1_000).contains(&field.max_length) {
                return Err(No::invalid("must be between 1 and 1000", &format!("{path}.maxLength")));
            }
        }
        Ok(self)
    }
}

impl Fulfilment {
    /// The usual way of a kind of good.
    pub const fn usual(kind: ProductKind) -> Self {
        match kind {
            ProductKind::TopUp | ProductKind::Service => Self::Manual,
            _ => Self::Stock,
        }
    }
}

/// Checks a buyer's answers against what is asked; unknown, missing and over-long ones are refused.
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn answers(
    fields: &[Field],
    given: &[(String, String)],
    path: &str,
) -> Result<std::collections::BTreeMap<String, String>, No> {
    let mut answers = std::collections::BTreeMap::new();
    for (at, (name, value)) in given.iter().enumerate() {
        let place = format!("{path}.{at}");
        let field = fields
            .iter()
            .find(|field| field.name == *name)
            .ok_or_else(|| No::invalid("this product does not ask for it", &format!("{place}.name")))?;
        let most = usize::try_from(field.max_length).unwrap_or_default();
        let value = text::line(value, most, &format!("{place}.value"))?;
        if answers.insert(name.clone(), value).is_some() {
            return Err(No::invalid("is answered twice", &format!("{place}.name")));
        }
    }
    match fields.iter().find(|field| field.required && !answers.contains_key(&field.name)) {
        Some(missing) => Err(No::invalid(format!("the product asks for {}", missing.name), path)),
        None => Ok(answers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_those_that_were_asked_for() {
        let asked =
            [Field { name: "account".into(), label: "Account".into(), required: true, max_length: 5 }];
        let check = |given: &[(&str, &str)]| {
            let given: Vec<_> = given.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            answers(&asked, &given, "fields").is_ok()
        };
        assert!(check(&[("account", "12345")]));
        assert!(!check(&[]));
        assert!(!check(&[("account", "123456")]));
        assert!(!check(&[("account", "1"), ("account", "2")]));
        assert!(!check(&[("account", "1"), ("price", "0")]));
        assert!(!check(&[("account", "a\nb")]));
    }
}
