"""Benchmarks and experiments that can be run again; each module says how."""
