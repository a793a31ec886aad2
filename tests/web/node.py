"""Running parts of the scripts in Node.js, without a page."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any


def evaluate(source: str, expression: str, data: Any) -> Any:
    """What ``expression`` gives behind ``source``; ``data`` is there under that name, as JSON."""
    node = shutil.which("node")
    assert node, "Node.js is not installed"
    text = (
        "globalThis.self = globalThis;\n"
        'const data = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
        f"{source}\nprocess.stdout.write(JSON.stringify({expression}));\n"
    )
    done = subprocess.run(
        [node, "-e", text],
        input=json.dumps(data),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
