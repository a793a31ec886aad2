"""A local web of real pages, made by real tools from PyPI and npm: ``python -m bench.realweb``."""
