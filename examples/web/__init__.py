"""A small web on loopback: several hosts, over http and https, behind one forward proxy.

``serve.LocalWeb`` is what tests and the demo start; ``python -m examples.web`` serves it by hand;
``probes.json`` says, page by page, what shows that a page is alive.
"""
