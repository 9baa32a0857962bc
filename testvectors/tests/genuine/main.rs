//! Genuine captures, where their folder is there: each must have the verdict that its manifest names.

mod az_tdx;
mod bundles;
mod captures;
mod dstack;
mod files;
mod nitro;
