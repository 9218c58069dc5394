"""Structured logs: one JSON line an event, on standard error, without personal data."""

from __future__ import annotations

import json
import logging
import re

_FACTS = ("route", "method", "status", "ms", "request", "code", "count", "kind")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b\d{6,}\b|\b[A-Z]{1,2}\d{5,}\b")


class Lines(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the facts that the call names.

    Free text is masked where it looks like an address, a number of a person or of a telephone, and the text of an
    exception is left out, since libraries put values there: its type and the place in the code stay.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _ADDRESS.sub("…", str(record.msg) if record.name.startswith("django") else record.getMessage()),
        }
        line |= {fact: getattr(record, fact) for fact in _FACTS if hasattr(record, fact)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-6:]


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "jazari.hub.logs.Lines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {
        "jazari": {"handlers": ["lines"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["lines"], "level": "WARNING", "propagate": False},
        # Django logs the path of each refused request, and a path may name a decision: Requests logs the route instead
        "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
