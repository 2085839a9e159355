"""Calls made from the OpenAPI document, right and wrong ones, and answers checked against it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

_LEFT_OUT = {
    "/api/events",  # a stream without end
    "/api/index",  # a right call might index the whole disk
    "/api/sounds/{sound}/reveal",  # opens a window
    "/api/space/layout",  # minutes of work
}


def documented_faults(url: str, calls: int, number: int) -> list[str]:
    """Send `calls` calls, as many to each route, and say what was wrong with the answers.

    Args:
        url: of the server.
        calls: how many in all.
        number: the seed.
    """
    import schemathesis  # the extra `fuzz`

    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    operations = [each.ok() for each in schema.get_all_operations()]
    chosen = [each for each in operations if each.path not in _LEFT_OUT]
    modes = list(schemathesis.GenerationMode)
    faults = []
    for operation in chosen:
        for mode in modes:
            most = max(1, calls // (len(chosen) * len(modes)))
            faults += _faults_of(operation, mode, most, number)
    return faults


def _faults_of(operation: Any, mode: Any, calls: int, number: int) -> Iterator[str]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        *(not_a_server_error, status_code_conformance),
        *(content_type_conformance, response_schema_conformance),
    ]
    found: set[str] = set()

    @seed(number)
    @settings(
        max_examples=calls,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        try:
            case.call_and_validate(checks=checks, timeout=60)
        except (Failure, FailureGroup) as failure:
            found.add(f"{operation.label}: {failure}"[:1500])

    with suppress(Unsatisfiable):  # a route that takes nothing has no wrong calls
        send()
    yield from sorted(found)
