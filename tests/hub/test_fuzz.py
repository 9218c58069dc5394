"""The API is asked whatever its description allows, and what it does not: every answer is one that it describes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
_FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def described(db, published):
    """The description of the API, over the hub itself in this process, with one published system."""
    from django.core.signals import request_finished, request_started
    from django.core.wsgi import get_wsgi_application
    from django.db import close_old_connections

    published()
    application = get_wsgi_application()
    for signal in (request_started, request_finished):  # the store forgets what the test wrote: one connection for all
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_makes_the_api_fail_or_answer_what_it_does_not_describe(described, mode):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance

    operations = {one.label: one for one in (found.ok() for found in described.get_all_operations())}
    assert set(operations) == {"GET /api/systems", "GET /api/systems/{slug}", "GET /api/poles", "POST /api/packs"}
    asked = []

    @_FUZZ
    @given(st.data())
    def ask(data):
        case = data.draw(data.draw(st.sampled_from(list(operations.values()))).as_strategy(mode))
        answer = case.call(headers={"Host": "127.0.0.1"})
        asked.append((case.operation.label, answer.status_code))
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

    ask()
    # nothing that is put into the address of one system, or asked of the poles, lies outside of their description
    without = set() if mode is schemathesis.GenerationMode.POSITIVE else {"GET /api/poles", "GET /api/systems/{slug}"}
    assert {label for label, _ in asked} >= set(operations) - without
    assert max(status for _, status in asked) < 500
