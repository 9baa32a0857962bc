//! Bytes, paths and file objects.

use std::io::{Cursor, Read, Result as IoResult, Seek, SeekFrom};
use std::path::PathBuf;

use kettle_verifier_core::Artifact;
use kettle_verifier_io::{
    ErrorKind, Input, Request, Watch, hash_file, hash_reader, read, read_archive, read_small,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::errors::Fault;

/// Where bytes come from.
pub(crate) enum Source {
    Bytes(PyBackedBytes),
    Path(PathBuf),
    File(Py<PyAny>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.extract::<PyBackedBytes>() {
            return Ok(Self::Bytes(bytes));
        }
        if object.hasattr("read")? {
            return Ok(Self::File(object.to_owned().unbind()));
        }
        object.extract::<PathBuf>().map(Self::Path).map_err(|_| {
            let found = object.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            PyTypeError::new_err(format!("expected bytes, a path or a binary file object, and not {found}"))
        })
    }
}

impl Source {
    /// All bytes of a document, which are refused beyond the bound.
    pub(crate) fn bytes(&self, limit: usize) -> Result<Vec<u8>, Fault> {
        let bytes = match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Path(path) => return Ok(read_small(path, limit)?),
            Self::File(file) => {
                let mut bytes = Vec::new();
                let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
                let mut reader = Reader { file, error: None };
                let read = reader.by_ref().take(most).read_to_end(&mut bytes);
                if let Some(error) = reader.error.take() {
                    return Err(error.into());
                }
                read.map_err(|error| ErrorKind::Io { reason: error.to_string() }.of(self.name()))?;
                bytes
            }
        };
        if bytes.len() > limit {
            Err(ErrorKind::TooLarge { limit }.of(self.name()).into())
        } else {
            Ok(bytes)
        }
    }

    /// The artifact of this name.
    pub(crate) fn artifact(&self, name: &str, watch: &mut Watch<'_>) -> Result<Artifact, Fault> {
        match self {
            Self::Bytes(bytes) => Ok(Artifact::from_bytes(name, bytes)),
            Self::Path(path) => Ok(Artifact { name: name.into(), ..hash_file(path, watch)? }),
            Self::File(file) => {
                let mut reader = Reader { file, error: None };
                let hashed = hash_reader(name, &mut reader, watch);
                match reader.error.take() {
                    Some(error) => Err(error.into()),
                    None => Ok(hashed?),
                }
            }
        }
    }

    /// The bundle in this archive.
    pub(crate) fn bundle(&self, request: &Request, watch: &mut Watch<'_>) -> Result<Input, Fault> {
        match self {
            Self::Bytes(bytes) => {
                Ok(read_archive(&self.name(), &mut Cursor::new(&bytes[..]), request, watch)?)
            }
            Self::Path(path) => Ok(read(&Request { paths: vec![path.clone()], ..request.clone() }, watch)?),
            Self::File(file) => {
                let mut reader = Reader { file, error: None };
                let bundle = read_archive(&self.name(), &mut reader, request, watch);
                match reader.error.take() {
                    Some(error) => Err(error.into()),
                    None => Ok(bundle?),
                }
            }
        }
    }

    /// What it is called in errors.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Bytes(_) => "bytes".into(),
            Self::Path(path) => path.display().to_string(),
            Self::File(_) => "file object".into(),
        }
    }
}

/// A binary file object of Python.
struct Reader<'f> {
    file: &'f Py<PyAny>,
    error: Option<PyErr>,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let result = Python::attach(|py| {
            let piece =
                self.file.bind(py).call_method1("read", (buffer.len(),))?.extract::<PyBackedBytes>()?;
            let room = buffer.get_mut(..piece.len());
            let room = room.ok_or_else(|| PyTypeError::new_err("read(n) gave more than n bytes"))?;
            room.copy_from_slice(&piece);
            Ok(piece.len())
        });
        result.map_err(|error: PyErr| {
            self.error = Some(error);
            std::io::Error::other("the file object raised an exception")
        })
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let result = Python::attach(|py| {
            let file = self.file.bind(py);
            // As `io.SEEK_SET`, `SEEK_CUR` and `SEEK_END` are numbered.
            match to {
                SeekFrom::Start(place) => file.call_method1("seek", (place, 0)),
                SeekFrom::Current(offset) => file.call_method1("seek", (offset, 1)),
                SeekFrom::End(offset) => file.call_method1("seek", (offset, 2)),
            }?
            .extract()
        });
        result.map_err(|error: PyErr| {
            self.error = Some(error);
            std::io::Error::other("the file object raised an exception")
        })
    }
}
