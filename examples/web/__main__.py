"""Serve the example web until Ctrl-C: ``python -m examples.web [PORT]``."""

from __future__ import annotations

import sys
import threading

from examples.web.serve import LocalWeb


def main() -> None:
    """Print the proxy's address and wait."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with LocalWeb(port) as web:
        print(f"the example web answers behind the proxy {web.proxy}")
        print("try: deckarchive pack examples/deck/tour.md --insecure --proxy", web.proxy)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


main()
