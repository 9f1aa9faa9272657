"""Breaks of the traces: what a span holds, and what becomes of a collector that is down."""

from __future__ import annotations

from mutants.entry import Break

_RECORDING = "shop/traces/recording.py"
_SENDING = "shop/traces/sending.py"
_TESTS = ("tests/integration/test_traces.py",)

BREAKS = (
    Break(
        "a span has the address",
        "The keys of orders, and what shoppers search for, are sent to the collector.",
        _RECORDING,
        'span.set_attribute("http.route", request.url_rule.rule)',
        'span.set_attribute("http.route", request.full_path)',
        _TESTS,
    ),
    Break(
        "a span has the method that was sent",
        "A visitor writes whatever they like into the traces.",
        _RECORDING,
        'if environ["REQUEST_METHOD"] in METHODS else OTHER',
        'if environ["REQUEST_METHOD"] else OTHER',
        _TESTS,
    ),
    Break(
        "a span has the message of an error",
        "The message of a database can repeat what a shopper typed.",
        _RECORDING,
        'span.set_attribute("error.type", type(context.original_exception).__qualname__)',
        'span.set_attribute("error.type", repr(context.original_exception))',
        _TESTS,
    ),
    Break(
        "statements stand alone",
        "Nobody sees which request a statement belongs to.",
        _RECORDING,
        "            kind=SpanKind.CLIENT,\n",
        "            Context(),\n            kind=SpanKind.CLIENT,\n",
        _TESTS,
    ),
    Break(
        "every batch that fails is logged",
        "A collector that is down for a day fills the log.",
        _SENDING,
        "if is_down and not self._is_down:",
        "if is_down:",
        _TESTS,
    ),
    Break(
        "a server process keeps its last spans",
        "What happened just before a restart is in no trace.",
        _SENDING,
        "    return atexit.register(end)\n",
        "    return end\n",
        _TESTS,
    ),
    Break(
        "spans are sent by a greenlet",
        "A collector behind TLS that hangs holds up every request of a process.",
        _SENDING,
        "ThreadPool(1).apply if is_patched else _here",
        "_here if is_patched else _here",
        _TESTS,
    ),
    Break(
        "traces without their packages",
        "The shop starts, and no process of it can serve.",
        "shop/setting_checks.py",
        "    if settings.traces and not _has_packages_for_traces():\n",
        "    if False:\n",
        _TESTS,
    ),
)
