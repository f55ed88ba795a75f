//! The scanner, as Python calls it.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray as _;
use arrow_schema::DataType;
use hfscan::{
    Confidence, Filter, Finding, Load, Options, Outcome, Paths, Progress, RuleSet, Scanner,
    Severity,
};
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::ffi::{ArrowArray, Chunks, import, wrong};
use crate::path::{Path, column};
use crate::redaction::{Redaction, Stop};
use crate::table::Findings;
use crate::values::{Leaf, Step, Value, Values};

/// How much is looked at before Python is asked whether to go on, in bytes.
const BREATH: usize = 4 << 20;

/// A text that may hold credentials, as Python has it.
#[derive(FromPyObject)]
enum Text<'py> {
    Str(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl Text<'_> {
    /// Its bytes. Half a surrogate pair, which JSON may leave in a string, is written as if UTF-8 had it.
    fn bytes(&self) -> PyResult<Cow<'_, [u8]>> {
        match self {
            Self::Str(text) => match text.to_str() {
                Ok(text) => Ok(Cow::Borrowed(text.as_bytes())),
                Err(_) => {
                    let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
                    Ok(Cow::Owned(bytes.extract()?))
                }
            },
            Self::Bytes(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        }
    }
}

/// What limits a call.
struct Pace<'p> {
    /// The bytes until Python is asked again.
    left: usize,
    /// The bytes that the call may still look at.
    budget: Option<u64>,
    /// What says that the call is to end: a function without arguments.
    cancelled: Option<&'p Py<PyAny>>,
}

/// The bytes that a call may look at, and what says that it is to end, as Python gives them.
type Limits = (Option<u64>, Option<Py<PyAny>>);

impl<'p> Pace<'p> {
    fn new((budget, cancelled): &'p Limits) -> Self {
        Self {
            left: BREATH,
            budget: *budget,
            cancelled: cancelled.as_ref(),
        }
    }

    fn after(&mut self, bytes: usize) -> Result<(), Stop> {
        if let Some(budget) = &mut self.budget {
            let rest = budget.checked_sub(bytes as u64);
            *budget = rest.ok_or_else(|| {
                Stop::Refused("the column holds more bytes than `max_bytes` allows".to_owned())
            })?;
        }
        if bytes < self.left {
            self.left -= bytes;
            return Ok(());
        }
        self.left = BREATH;
        Python::attach(|py| {
            py.check_signals()?;
            let cancelled = self.cancelled.map(|ask| ask.call0(py)?.is_truthy(py));
            match cancelled.transpose()? {
                Some(true) => Err(PyRuntimeError::new_err("cancelled")),
                _ => Ok(()),
            }
        })
        .map_err(Stop::Python)
    }
}

impl From<Stop> for PyErr {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Python(error) => error,
            Stop::Refused(message) => PyValueError::new_err(message),
        }
    }
}

/// Does something that may have a defect; its panic says nothing of the text that it was about.
fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(PyRuntimeError::new_err(
            "internal error: this is a bug in hfscan, please report it",
        ))
    })
}

/// A finding, in the order of the fields of `hfscan.Finding`.
fn finding<'py>(py: Python<'py>, found: &Finding) -> PyResult<Bound<'py, PyTuple>> {
    let at = &found.location;
    let position = |at: hfscan::Position| (at.line, at.column, at.byte);
    let secret = found.secret.as_ref();
    let table = at.table.as_ref();
    let first = (
        &*found.rule.id,
        found.severity.as_str(),
        found.confidence.as_str(),
        &found.message,
        &found.help,
        found.rule.references.first(),
        &at.origin.path,
        &at.origin.member,
    );
    let second = (
        table.map(|cell| (&cell.column, cell.row)),
        position(at.start),
        position(at.end),
        &found.snippet.text,
        secret.map(|secret| &secret.redacted),
        secret.and_then(|secret| secret.sha256.as_ref()),
        &found.fingerprint,
    );
    let first = first.into_pyobject(py)?;
    let second = second.into_pyobject(py)?;
    first.as_sequence().concat(second.as_sequence())?.to_tuple()
}

/// Findings that are reported, what could not be scanned, and how much was: files and bytes.
type Scanned<'py> = (Vec<Bound<'py, PyTuple>>, Vec<(String, String)>, u64, u64);

fn scanned<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Scanned<'py>> {
    let active = outcome.findings.iter().filter(|found| found.is_active());
    let findings: PyResult<Vec<_>> = active.map(|found| finding(py, found)).collect();
    let problems = outcome.problems.iter();
    let problems = problems.filter(|problem| problem.is_incomplete());
    let problems = problems
        .map(|problem| (problem.path.clone(), problem.message.clone()))
        .collect();
    let stats = &outcome.stats;
    Ok((findings?, problems, stats.files, stats.bytes))
}

/// A scanner.
#[pyclass(frozen, module = "hfscan._hfscan")]
pub(crate) struct Core {
    scanner: Scanner,
}

#[pymethods]
impl Core {
    /// Compiles rules.
    #[new]
    fn new(
        rules: Vec<PathBuf>,
        selection: (Vec<String>, Vec<String>),
        least: (&str, &str),
        honour_comments: bool,
    ) -> PyResult<Self> {
        let min_severity = match least.0 {
            "note" => Severity::Note,
            "warning" => Severity::Warning,
            "error" => Severity::Error,
            _ => return Err(unknown("min_severity", "note, warning or error")),
        };
        let min_confidence = match least.1 {
            "low" => Confidence::Low,
            "medium" => Confidence::Medium,
            "high" => Confidence::High,
            _ => return Err(unknown("min_confidence", "low, medium or high")),
        };
        guarded(|| {
            let set = RuleSet::load(&rules, Load::ForScan);
            let set = set.map_err(|error| PyValueError::new_err(masked(&error.to_string())))?;
            let (select, ignore) = selection;
            let options = Options {
                select,
                ignore,
                min_severity,
                min_confidence,
                honour_comments,
            };
            let scanner = Scanner::with_options(&set, options, SystemTime::now());
            let scanner =
                scanner.map_err(|error| PyValueError::new_err(masked(&error.to_string())))?;
            Ok(Self { scanner })
        })
    }

    /// Scans the bytes of a file.
    fn scan<'py>(&self, py: Python<'py>, text: Text<'py>, path: &str) -> PyResult<Scanned<'py>> {
        let bytes = text.bytes()?;
        let outcome = guarded(|| Ok(py.detach(|| self.scanner.scan_bytes(path, &bytes))))?;
        scanned(py, &outcome)
    }

    /// Searches a text for credentials, and does not ask what it is.
    fn scan_value<'py>(&self, py: Python<'py>, text: Text<'py>) -> PyResult<Scanned<'py>> {
        let bytes = text.bytes()?;
        let is_text = matches!(text, Text::Str(_));
        let outcome = guarded(|| Ok(py.detach(|| self.scanner.scan_value(&bytes, is_text))))?;
        scanned(py, &outcome)
    }

    /// A text without credentials.
    #[pyo3(signature = (text, key=None))]
    fn redact<'py>(
        &self,
        py: Python<'py>,
        text: Text<'py>,
        key: Option<[u8; 32]>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let bytes = text.bytes()?;
        let redacted = guarded(|| {
            let mut filter = Filter::stateless(&self.scanner, key);
            let redacted = py.detach(|| filter.redact_value(&bytes));
            redacted.map_err(|error| PyValueError::new_err(error.to_string()))
        })?;
        Ok(match (redacted, &text) {
            (None, Text::Str(text)) => text.clone().into_any(),
            (None, Text::Bytes(bytes)) => bytes.clone().into_any(),
            (Some(new), Text::Bytes(_)) => PyBytes::new(py, &new).into_any(),
            (Some(new), Text::Str(_)) => {
                PyBytes::new(py, &new).call_method1("decode", ("utf-8", "surrogatepass"))?
            }
        })
    }

    /// Scans files and folders.
    fn scan_paths<'py>(
        &self,
        py: Python<'py>,
        roots: Vec<PathBuf>,
        threads: usize,
        honour_gitignore: bool,
    ) -> PyResult<Scanned<'py>> {
        let paths = Paths {
            roots,
            threads: match threads {
                0 => std::thread::available_parallelism().map_or(1, Into::into),
                threads => threads,
            },
            honour_gitignore,
            exclude: Vec::new(),
        };
        let outcome = guarded(|| {
            Ok(py.detach(|| {
                let mut outcome = self.scanner.scan_paths(paths, &Progress::default());
                outcome.sort();
                outcome
            }))
        })?;
        scanned(py, &outcome)
    }

    /// Scans a column. `names` is the column, and the one with the path of each row.
    fn scan_batch(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        names: (Option<String>, Option<String>),
        limits: Limits,
    ) -> PyResult<ArrowArray> {
        let chunks = import(data)?;
        let (column, path) = names;
        check(&chunks, column.as_deref())?;
        let mut pace = Pace::new(&limits);
        guarded(|| {
            py.detach(|| {
                let mut findings = Findings::default();
                let mut first = 0;
                for array in &chunks.arrays {
                    let part = Part {
                        array,
                        column: column.as_deref().unwrap_or_default(),
                        path: path.as_deref(),
                        first,
                    };
                    self.scan_part(&part, &mut pace, &mut findings)?;
                    first += array.len() as u64;
                }
                findings.finish().map_err(|error| wrong(&error))
            })
        })
    }

    /// The chunks of a column or of a table without credentials, and how many were replaced. `how` is the column
    /// and the key of the marks.
    fn redact_batch(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        how: (Option<String>, Option<[u8; 32]>),
        limits: Limits,
    ) -> PyResult<(Vec<ArrowArray>, u64)> {
        let chunks = import(data)?;
        let (column, key) = (how.0.as_deref(), how.1);
        check(&chunks, column)?;
        let mut pace = Pace::new(&limits);
        guarded(|| {
            py.detach(|| {
                let mut filter = Filter::stateless(&self.scanner, key);
                let path = Path::new(column.unwrap_or_default());
                let mut redaction = Redaction {
                    filter: &mut filter,
                    pace: &mut |bytes| pace.after(bytes),
                };
                let mut out = Vec::new();
                for array in &chunks.arrays {
                    let new = redaction.array(array, path)?;
                    let new = new.unwrap_or_else(|| Arc::clone(array));
                    out.push(ArrowArray::new(Arc::clone(&chunks.field), new));
                }
                Ok((out, filter.redacted()))
            })
        })
    }
}

/// A chunk of a column that is scanned.
struct Part<'p> {
    array: &'p ArrayRef,
    /// The path to the texts in it.
    column: &'p str,
    /// The column with the path of each row.
    path: Option<&'p str>,
    /// The number of its first row.
    first: u64,
}

impl Core {
    fn scan_part(
        &self,
        part: &Part<'_>,
        pace: &mut Pace<'_>,
        findings: &mut Findings,
    ) -> PyResult<()> {
        let values = Values::of(part.array, Path::new(part.column));
        let Some(values) = values.map_err(PyTypeError::new_err)? else {
            return Ok(());
        };
        let names = match part.path {
            Some(name) => Some(names(part.array, name)?),
            None => None,
        };
        let mut steps: Vec<Step<'_>> = Vec::new();
        for row in 0..part.array.len() {
            let number = part.first + row as u64;
            let name = names.as_ref().and_then(|names| names.get(row));
            let mut look = |value: &Value<'_, '_>| {
                let outcome = match name {
                    Some(name) => {
                        let name = String::from_utf8_lossy(name);
                        self.scanner.scan_bytes(&name, value.bytes)
                    }
                    None => self.scanner.scan_value(value.bytes, value.is_text),
                };
                let active = outcome.findings.iter().filter(|found| found.is_active());
                let mut found = false;
                for finding in active {
                    findings.push(number, value, finding);
                    found = true;
                }
                for problem in outcome.problems.iter().filter(|p| p.is_incomplete()) {
                    findings.incomplete(number, value, problem);
                    found = true;
                }
                pace.after(value.bytes.len())?;
                Ok::<bool, Stop>(found)
            };
            values.visit(row, &mut steps, &mut look)?;
        }
        Ok(())
    }
}

/// The texts of the column with paths.
fn names(table: &ArrayRef, name: &str) -> PyResult<Leaf> {
    let none = || PyKeyError::new_err(format!("there is no column `{}` of texts", masked(name)));
    let table = table.as_struct_opt().ok_or_else(none)?;
    column(table, name).and_then(Leaf::of).ok_or_else(none)
}

/// Refuses a column that is not there, or holds no text: nothing found in it would say nothing.
fn check(chunks: &Chunks, column: Option<&str>) -> PyResult<()> {
    let data_type = chunks.field.data_type();
    let path = column.unwrap_or_default();
    if Path::new(path).leads_into(data_type) {
        return Ok(());
    }
    let names = match data_type {
        DataType::Struct(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            format!("; the table has {}", masked(&names.join(", ")))
        }
        _ => String::new(),
    };
    Err(match column {
        Some(column) => PyKeyError::new_err(format!(
            "no text is in a column `{}`{names}",
            masked(column)
        )),
        None => PyTypeError::new_err(format!("no text is in values of type {data_type}{names}")),
    })
}

fn unknown(what: &str, choices: &str) -> PyErr {
    PyValueError::new_err(format!("{what} is one of {choices}"))
}

/// A text of a message, without credentials.
fn masked(text: &str) -> String {
    let Ok(set) = RuleSet::built_in() else {
        return String::new();
    };
    let scanner = Scanner::new(&set, SystemTime::now());
    scanner.redact(text).into_owned()
}
