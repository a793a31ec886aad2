"""What ``make demo`` runs: the whole job on the example deck, against the example web.

The deck names one host that is down on purpose, so ``pack`` ends with exit code 3, "finished with
gaps"; the demo succeeds when it does exactly that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from examples.web.hosts import SITES
from examples.web.serve import LocalWeb

ROOT = Path(__file__).resolve().parents[1]
DECK = Path("examples", "deck", "tour.md")
OUT = Path("offline", "tour")
GAPS = 3


def main() -> int:
    """Serve the web, pack the deck, say what came of it; 0 when it is what it should be."""
    command = Path(sysconfig.get_path("scripts"), "deckarchive")
    with LocalWeb() as web:
        options = ["--proxy", web.proxy, "--insecure", "-o", str(OUT)]
        print(f"An example web of {len(list(SITES.iterdir()))} hosts is behind {web.proxy}.")
        print("$", " ".join(["deckarchive pack", str(DECK), *options]), "\n", flush=True)
        code = subprocess.run([command, "pack", str(DECK), *options], cwd=ROOT).returncode
        print(f"\npack ended with exit code {code}; the web answered {len(web.log)} requests.")
    if code != GAPS:
        print("The demo expects 3 (finished with gaps: gone.example is down on purpose).")
        return code or 1
    print(
        "That is as it should be: 3 means finished with gaps; gone.example is down on purpose.\n"
        "The example web has stopped, and the deck does not need it:\n\n"
        f"  look      {OUT / 'index.html'}   (a double-click will do)\n"
        f"  present   {os.path.relpath(command, ROOT)} present {OUT}\n"
        "  archive   archives/tour/   (WARC, screenshots, report.json)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
