"""Captured pages: which body is which file, and how documents become copies of it."""
