//! Tests that run hfscan as its users do.
