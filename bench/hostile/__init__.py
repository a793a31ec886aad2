"""A hostile local web: what real sites do to a capture, and a log of every byte they answered.

``server`` is the network (many hosts, http and https, as a forward proxy on loopback), ``cases``
the pages, ``match`` compares the log with the WARC files of a capture.
"""
