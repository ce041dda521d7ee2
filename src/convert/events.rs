//! What a document tells, whatever it was written in: elements, their attributes and their texts, in order.
//!
//! This is the one seam between those who read a format and those who take something of it. A producer (`xml`) has
//! checked what it tells: every element that starts ends, and values are text without a trace of their syntax. An
//! object of JSON is an element per member, an array one per item, `null` an element with [`Events::nil`].

use super::location::Location;
use crate::error::Result;

/// An attribute of an element.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    /// Its name, as paths write it.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
    /// A prefix stands before its name: another one of that name may stand beside it without, and is meant then.
    pub prefixed: bool,
    /// It tells how to read the document, not what the document is about.
    pub about_schema: bool,
}

/// Hears what a document holds, in order. Names are as paths write them.
pub trait Events {
    /// An element begins at this place. What is known of it from the beginning follows, then [`Self::started`].
    ///
    /// # Errors
    /// Here as below: the document is refused, or what becomes of it has failed.
    fn start(&mut self, name: &str, place: Location<'_>) -> Result<()>;

    /// The element that has just begun has this attribute.
    fn attribute(&mut self, attribute: Attribute<'_>);

    /// The element that has just begun says that it has no value, whatever text it has.
    fn nil(&mut self) {}

    /// All attributes of the element were told; true where it is a row.
    ///
    /// # Errors
    /// As above.
    fn started(&mut self, _name: &str, _place: Location<'_>) -> Result<bool> {
        Ok(false)
    }

    /// So many bytes of the document are in memory as they stand, from here on.
    ///
    /// # Errors
    /// As above.
    fn beside(&mut self, _bytes: usize, _place: Location<'_>) -> Result<()> {
        Ok(())
    }

    /// A piece of the innermost element's text, which `write` appends: what nobody keeps is not written.
    ///
    /// # Errors
    /// As above.
    fn text(&mut self, place: Location<'_>, write: impl Fn(&mut String)) -> Result<()>;

    /// Wants to hear [`Self::raw`], too.
    fn wants_raw(&self) -> bool {
        false
    }

    /// A piece of the document as it stands, which `write` appends. It is within the element that is so many levels
    /// above the innermost one.
    ///
    /// # Errors
    /// As above.
    fn raw(&mut self, _place: Location<'_>, _above: usize, _write: impl Fn(&mut String)) -> Result<()> {
        Ok(())
    }

    /// The innermost element ends.
    ///
    /// # Errors
    /// As above.
    fn end(&mut self, place: Location<'_>) -> Result<()>;

    /// The document has ended.
    ///
    /// # Errors
    /// As above.
    fn finish(&mut self, _place: Location<'_>) -> Result<()> {
        Ok(())
    }
}

/// Several hear the same document, one after the other.
impl<E: Events> Events for Vec<E> {
    fn start(&mut self, name: &str, place: Location<'_>) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.start(name, place))
    }

    fn attribute(&mut self, attribute: Attribute<'_>) {
        for one in self {
            one.attribute(attribute);
        }
    }

    fn nil(&mut self) {
        for one in self {
            one.nil();
        }
    }

    fn started(&mut self, name: &str, place: Location<'_>) -> Result<bool> {
        let mut is_row = false;
        for one in self {
            is_row |= one.started(name, place)?;
        }
        Ok(is_row)
    }

    fn beside(&mut self, bytes: usize, place: Location<'_>) -> Result<()> {
        // Their memory is one.
        self.first_mut().map_or(Ok(()), |one| one.beside(bytes, place))
    }

    fn text(&mut self, place: Location<'_>, write: impl Fn(&mut String)) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.text(place, &write))
    }

    fn wants_raw(&self) -> bool {
        self.iter().any(Events::wants_raw)
    }

    fn raw(&mut self, place: Location<'_>, above: usize, write: impl Fn(&mut String)) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.raw(place, above, &write))
    }

    fn end(&mut self, place: Location<'_>) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.end(place))
    }

    fn finish(&mut self, place: Location<'_>) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.finish(place))
    }
}
