//! Weighs the facts of a whole spec into one detection.
//!
//! Order matters: people who sign in are rows of `users`, so needs come before tables, and only
//! what neither found can make a spec one without a backend.

mod needs;
mod none;
mod tables;

use crate::analysis::PlacedFacts;
use crate::facts::{Fact, Sighting};
use model::{Detection, DocumentId, Evidence};

/// The facts of a spec's documents, in reading order.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    documents: &'a [Vec<PlacedFacts>],
}

impl<'a> Facts<'a> {
    /// How long the texts are together.
    pub(crate) fn bytes(self) -> usize {
        self.documents.iter().flatten().map(|it| it.facts.chunk.text.len()).sum()
    }

    /// Every fact with the document it stands in and the offset its spans count from.
    pub(crate) fn iter(self) -> impl Iterator<Item = (Place, &'a Fact)> {
        (0u32..).zip(self.documents).flat_map(|(document, chunks)| {
            chunks.iter().flat_map(move |placed| {
                let place = Place { document: DocumentId(document), start: placed.start };
                placed.facts.facts.iter().map(move |fact| (place, fact))
            })
        })
    }
}

/// Where a chunk stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) document: DocumentId,
    pub(crate) start: usize,
}

impl Place {
    /// A sighting in this chunk as evidence in its document.
    pub(crate) fn evidence(self, sighting: &Sighting) -> Evidence {
        Evidence {
            document: self.document,
            span: sighting.span.shift(self.start),
            reader: sighting.reader,
            confidence: sighting.confidence,
            modality: sighting.modality,
        }
    }
}

pub(crate) fn judge(documents: &[Vec<PlacedFacts>]) -> Detection {
    let facts = Facts { documents };
    let mut detection = Detection::default();
    needs::weigh(facts, &mut detection);
    tables::weigh(facts, &mut detection);
    none::weigh(facts, &mut detection);
    detection
}
