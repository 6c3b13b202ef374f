//! Shared constructions.
