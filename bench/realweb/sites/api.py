"""The description of an API, as the pages that show such descriptions fetch it."""

from __future__ import annotations

import json


def description() -> str:
    """An OpenAPI document of one request, ``GET /stars``, with a schema of its answer."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    answer = {"description": "well", "content": {"application/json": {"schema": schema}}}
    request = {
        "operationId": "stars",
        "tags": ["sky"],
        "summary": "All stars",
        "responses": {"200": answer},
    }
    return json.dumps(
        {
            "openapi": "3.0.0",
            "info": {"title": "Stars", "version": "1"},
            "paths": {"/stars": {"get": request}},
        }
    )
