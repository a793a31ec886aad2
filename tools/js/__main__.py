"""``python -m tools.js install|lint|format|test``."""

from __future__ import annotations

import sys

from tools import js

COMMANDS = {"install": js.install, "lint": js.lint, "format": js.write_format, "test": js.test}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"python -m tools.js {'|'.join(COMMANDS)}")
    sys.exit(COMMANDS[sys.argv[1]]())
