"""A program that fills in a deck's own Mustache template, in a process that can be ended.

Sections nest, so that a few lines of a template can make a page of any length, and the expression
that finds its tags backtracks. Standard input holds ``{"template": …, "context": …}``, standard
output answers ``{"page": …}`` or ``{"error": …}``, both JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from typing import Final

TEMPLATE_SECONDS: Final = 20.0
"""What a template may take, of the clock."""
_MEMORY: Final = 1 << 30
"""Bytes of address space that it may take."""


def render(template: str, context: Mapping[str, object]) -> str:
    """The page that the template makes, in this process: for a template of ours."""
    import pystache

    renderer = pystache.Renderer(escape=escape, missing_tags="ignore", partials={})
    return str(renderer.render(template, context))


def render_apart(template: str, context: Mapping[str, object]) -> str:
    """The same in a process of its own: for a template of the deck's.

    Raises ValueError with what is wrong with it.
    """
    request = json.dumps({"template": template, "context": context}, default=str)
    try:
        done = subprocess.run(
            # -P: no module comes from the folder that the command is run in.
            [sys.executable, "-P", __file__],
            input=request.encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TEMPLATE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError(f"it takes longer than {TEMPLATE_SECONDS:g} s to fill in") from error
    answer = (
        json.loads(done.stdout) if done.returncode == 0 else {"error": "it cannot be filled in"}
    )
    if "error" in answer:
        raise ValueError(answer["error"])
    return str(answer["page"])


def render_request() -> None:
    """Answer one request."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    request = json.load(sys.stdin.buffer)
    try:
        answer = {"page": render(request["template"], request["context"])}
    except RecursionError:
        answer = {"error": "its sections are nested too deeply"}
    except MemoryError:
        answer = {"error": "it makes a page that is far too large"}
    except Exception as error:  # whatever pystache raises is the fault of the text
        answer = {"error": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    render_request()
