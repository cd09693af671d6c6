//! The log as files that others read. Each format is written page by page, and keeps no more between two pages than it must.

mod audit_codes;
mod audit_event;
mod names;
mod table;

use wire::{
    activities::ExportFormat,
    log_end::End,
    log_file::{self, BEGINNING, LineHash},
};

use crate::{
    commands::activities_export::{ExportPlan, ExportedLine},
    keys::Keys,
};

/// Lines that could not be written: a fault of ours.
#[derive(Debug)]
pub struct Unwritable;

/// Writes a file.
#[derive(Clone, Debug)]
pub struct Writer {
    format: ExportFormat,
    plan: ExportPlan,
    lines: u64,
    /// Number and hash of the last line.
    last: (u64, LineHash),
}

impl Writer {
    /// For a file as it was planned.
    pub fn new(format: ExportFormat, plan: ExportPlan) -> Self {
        Self { format, plan, lines: 0, last: (0, BEGINNING) }
    }

    /// What stands before the lines.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self) -> Result<Vec<u8>, Unwritable> {
        match self.format {
            ExportFormat::Csv => table::head(),
            ExportFormat::Jsonl => Ok(self.plan.checkpoint.clone().unwrap_or_default().into_bytes()),
            ExportFormat::Fhir => Ok(Vec::new()),
        }
    }

    /// The lines of a page.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn page(&mut self, lines: &[ExportedLine]) -> Result<Vec<u8>, Unwritable> {
        self.lines += lines.len() as u64;
        if let Some(ExportedLine { line, hash, .. }) = lines.last() {
            self.last = (u64::try_from(line.seq).map_err(|_| Unwritable)?, *hash);
        }
        match self.format {
            ExportFormat::Csv => table::rows(lines, &self.plan.time_zone),
            ExportFormat::Jsonl => Ok(json_lines(lines)?.into_bytes()),
            ExportFormat::Fhir => audit_event::events(lines, &self.plan),
        }
    }

    /// What stands behind the lines, signed where it proves that they are all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&self, keys: &Keys) -> Result<Vec<u8>, Unwritable> {
        match self.format {
            ExportFormat::Csv | ExportFormat::Fhir => Ok(Vec::new()),
            ExportFormat::Jsonl => {
                let ExportPlan { code, whole, at, .. } = &self.plan;
                let clinic = code.parse().map_err(|_| Unwritable)?;
                let at = u64::try_from(at.0).map_err(|_| Unwritable)?;
                let (seq, hash) = self.last;
                let end = End { clinic, whole: *whole, lines: self.lines, seq, hash, at };
                Ok(keys.sign(end).ok_or(Unwritable)?.write().into_bytes())
            }
        }
    }
}

fn json_lines(lines: &[ExportedLine]) -> Result<String, Unwritable> {
    let mut text = String::new();
    for ExportedLine { line, hash, before } in lines {
        let json = serde_json::to_string(line).map_err(|_| Unwritable)?;
        text.push_str(&log_file::write_line(before, hash, &json));
    }
    Ok(text)
}
