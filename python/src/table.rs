//! What was found in a column, as a table.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, StructArray};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use hfscan::{Finding, Problem};

use crate::ffi::ArrowArray;
use crate::values::{Value, written};

/// What stands for a rule where a value could not be looked at in full.
const INCOMPLETE: &str = "incomplete";

/// The columns of the table, and whether each may be null.
const COLUMNS: [(&str, bool, bool); 11] = [
    ("row", false, false),
    ("place", true, true),
    ("rule", true, false),
    ("severity", true, false),
    ("confidence", true, false),
    ("start", false, true),
    ("end", false, true),
    ("start_byte", false, true),
    ("end_byte", false, true),
    ("secret", true, true),
    ("fingerprint", true, false),
];

/// Findings in rows of a table.
#[derive(Default)]
pub(crate) struct Findings {
    row: UInt64Builder,
    place: StringBuilder,
    rule: StringBuilder,
    severity: StringBuilder,
    confidence: StringBuilder,
    start: UInt64Builder,
    end: UInt64Builder,
    start_byte: UInt64Builder,
    end_byte: UInt64Builder,
    secret: StringBuilder,
    fingerprint: StringBuilder,
}

/// How many code points stand before a place in a value; bytes are counted where it is no text.
fn code_points(value: &Value<'_, '_>, byte: u64) -> u64 {
    let before = usize::try_from(byte).unwrap_or(usize::MAX);
    let before = value.bytes.get(..before).unwrap_or(value.bytes);
    if !value.is_text {
        return byte;
    }
    let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
    before.iter().filter(begins).count() as u64
}

impl Findings {
    /// Notes a finding in a value of a row.
    pub(crate) fn push(&mut self, row: u64, value: &Value<'_, '_>, finding: &Finding) {
        let (start, end) = (finding.location.start.byte, finding.location.end.byte);
        self.row.append_value(row);
        self.place(value);
        self.rule.append_value(&finding.rule.id);
        self.severity.append_value(finding.severity.as_str());
        self.confidence.append_value(finding.confidence.as_str());
        // In a member of an archive, the value has no such place.
        let member = finding.location.origin.member.is_some();
        let place = |at: u64| (!member).then_some(at);
        self.start
            .append_option(place(start).map(|at| code_points(value, at)));
        self.end
            .append_option(place(end).map(|at| code_points(value, at)));
        self.start_byte.append_option(place(start));
        self.end_byte.append_option(place(end));
        let secret = finding.secret.as_ref();
        self.secret
            .append_option(secret.map(|secret| &secret.redacted));
        self.fingerprint.append_value(&finding.fingerprint);
    }

    /// Notes that a value of a row could not be looked at in full, so that this is not taken for clean.
    pub(crate) fn incomplete(&mut self, row: u64, value: &Value<'_, '_>, problem: &Problem) {
        self.row.append_value(row);
        self.place(value);
        self.rule.append_value(INCOMPLETE);
        self.severity.append_value("error");
        self.confidence.append_value("high");
        for offset in [
            &mut self.start,
            &mut self.end,
            &mut self.start_byte,
            &mut self.end_byte,
        ] {
            offset.append_null();
        }
        self.secret.append_null();
        self.fingerprint.append_value(&problem.message);
    }

    fn place(&mut self, value: &Value<'_, '_>) {
        let place = written(value.steps);
        self.place
            .append_option((!place.is_empty()).then_some(place));
    }

    /// The table.
    pub(crate) fn finish(mut self) -> Result<ArrowArray, ArrowError> {
        let fields: Fields = COLUMNS
            .iter()
            .map(|(name, is_text, nullable)| {
                let kind = match is_text {
                    true => DataType::Utf8,
                    false => DataType::UInt64,
                };
                Field::new(*name, kind, *nullable)
            })
            .collect();
        let length = self.rule_count();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.row.finish()),
            Arc::new(self.place.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.severity.finish()),
            Arc::new(self.confidence.finish()),
            Arc::new(self.start.finish()),
            Arc::new(self.end.finish()),
            Arc::new(self.start_byte.finish()),
            Arc::new(self.end_byte.finish()),
            Arc::new(self.secret.finish()),
            Arc::new(self.fingerprint.finish()),
        ];
        let table = StructArray::try_new_with_length(fields.clone(), columns, None, length)?;
        let field: FieldRef = Arc::new(Field::new("", DataType::Struct(fields), false));
        Ok(ArrowArray::new(field, Arc::new(table)))
    }

    fn rule_count(&self) -> usize {
        use arrow_array::builder::ArrayBuilder as _;
        self.rule.len()
    }
}
