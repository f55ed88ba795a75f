//! Tables: what their cells say, and the bytes around these.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::sync::Arc;

use super::file::{Place, Scan};
use super::finish::{FileScan, Known};
use crate::decode::{self, Reader, STREAMED, Table, TableText};
use crate::engine::{Bounds, Nature};
use crate::finding::TableCell;
use crate::source::{Chunk, Encoding};
use crate::span::Position;
use crate::stream::{Supply, Window};

impl Scan<'_, '_> {
    /// Scans a table whose first window is open.
    pub(super) fn table(
        &mut self,
        place: &Place,
        kind: Table,
        (window, supply): (Window, &mut Supply<'_>),
        depth: usize,
    ) {
        let (head, mut rest) = self.windows.reopen(window, supply);
        if !kind.needs_whole() {
            let mut cells = TableScan::new(self, place);
            let mut stream = head.chain(rest);
            let read = decode::stream_table(&mut stream, self.budget, &mut cells);
            cells.finish(self);
            if let Err(error) = read {
                self.cut(place, &error);
            }
            return;
        }
        let file = self.own_file(depth);
        let (bytes, again) = match file.and_then(|file| file.try_clone().ok()) {
            Some(own) => (decode::Bytes::File(own), None),
            None => {
                let mut all = head;
                let read = (&mut *rest).take(STREAMED).read_to_end(&mut all);
                if let Err(error) = read {
                    self.cut(place, &error);
                }
                if all.len() as u64 > STREAMED {
                    self.unopened(place, kind.name());
                    let supply =
                        &mut Supply::Direct(&mut *Box::new(io::Cursor::new(all).chain(rest)));
                    self.plain(place, supply, depth);
                    return;
                }
                (decode::Bytes::Memory(all.clone()), Some(all))
            }
        };
        let mut cells = TableScan::new(self, place);
        let read = decode::read_table(bytes, self.budget, &mut cells);
        cells.finish(self);
        let Err(error) = read else {
            return;
        };
        self.cut(place, &error);
        // What could not be read as a table is looked at as it is.
        match (file, again) {
            (_, Some(all)) => self.plain(place, &mut Supply::Direct(&mut &*all), depth),
            (Some(file), None) => self.plain_file(place, file, depth),
            (None, None) => {}
        }
    }

    fn plain_file(&mut self, place: &Place, mut file: &File, depth: usize) {
        match file.rewind() {
            Ok(()) => self.plain(place, &mut Supply::Direct(&mut file), depth),
            Err(error) => self.cut(place, &error),
        }
    }
}

/// The scan of one table.
struct TableScan<'a> {
    file: FileScan<'a>,
    /// What was found of each column, by rule and credential: one row is enough.
    known: Known,
    bytes: u64,
}

impl<'a> TableScan<'a> {
    fn new(scan: &Scan<'a, '_>, place: &Place) -> Self {
        let origin = Arc::new(place.origin.clone());
        Self {
            file: FileScan::new(scan.scanner, origin, scan.site),
            known: Known::new(),
            bytes: 0,
        }
    }

    fn finish(self, scan: &mut Scan<'a, '_>) {
        scan.outcome.stats.bytes += self.bytes;
        self.file.finish(scan.outcome, scan.tell.as_deref_mut());
    }
}

impl Reader for TableScan<'_> {
    fn may_hold(&mut self, bytes: &[u8]) -> bool {
        self.bytes += bytes.len() as u64;
        self.file.engine().may_hold_credential(bytes)
    }

    fn cell(&mut self, text: TableText<'_>) {
        let cell = TableCell {
            column: text.column.to_owned(),
            row: text.row,
        };
        let bounds = match text.is_text {
            true => Bounds::Words,
            false => Bounds::Mixed,
        };
        self.file.cell(text.bytes, bounds, (&cell, &mut self.known));
    }

    fn other(&mut self, at: u64, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let chunk = Chunk {
            bytes,
            start: Position {
                line: 1,
                column: at + 1,
                byte: at,
            },
            encoding: Encoding::Utf8,
        };
        let nature = Nature {
            is_log: false,
            bounds: Bounds::Fields,
            begun: true,
        };
        self.file.part(&chunk, nature, &mut self.known);
    }
}
