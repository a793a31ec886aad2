"""What scripts do by the web platform, one small page a row: ``python -m bench.platform``."""
