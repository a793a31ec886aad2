"""A test that fails and then passes is flaky: it is listed, and more than three fail the run.

What makes a test run again is pytest-rerunfailures (``--reruns 1``, in .ci/run alone).
"""

from __future__ import annotations

import pytest

ALLOWED = 3
"""How many tests of a run may have needed their second try."""


def _flaky(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    again = reporter.stats.get("rerun", []) if reporter else []
    return sorted({report.nodeid for report in again})


def pytest_sessionfinish(session: pytest.Session) -> None:
    if len(_flaky(session.config)) > ALLOWED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    flaky = _flaky(config)
    if not flaky:
        return
    terminalreporter.section(f"flaky: {len(flaky)} needed a second try, {ALLOWED} may")
    for nodeid in flaky:
        terminalreporter.line(nodeid)
