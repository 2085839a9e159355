"""Tags that the library is taught by examples."""

from typing import Annotated

from fastapi import APIRouter, Path

from kikimimi.library.taught.tags import TaughtTag
from kikimimi.paths import display_path
from kikimimi.web.changes import changed_answer
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.changes import (
    ChangedAnswer,
    FailureAnswer,
    TaughtAnswer,
    TaughtReportAnswer,
    TeachRequest,
)
from kikimimi.web.rows import Fit, answer_rows
from kikimimi.web.state import State

router = APIRouter(prefix="/api/taught", tags=["tags"], responses=errors(400, 404, 503))


@router.get("")
def taught(state: State) -> list[TaughtAnswer]:
    """All taught tags by name."""
    return [_tag(each) for each in state.library().taught.list()]


@router.post("", responses=errors(415))
def teach(state: State, lesson: TeachRequest) -> TaughtReportAnswer:
    """Teach a tag from examples and counter-examples, and give it to the whole library."""
    library = state.library()
    report = library.taught.teach(lesson.name, lesson.wanted, unwanted=lesson.unwanted)
    best = {each.sound.id: Fit(distance=1 - each.score) for each in report.best}
    changed = changed_answer(state, 1)
    return TaughtReportAnswer(
        **changed.model_dump(),
        name=report.tag.name,
        tag=_tag(report.tag),
        added=report.added,
        removed=report.removed,
        best=answer_rows(library, list(best), best),
        failures=[
            FailureAnswer(path=display_path(each.path), reason=each.reason)
            for each in report.failures
        ],
    )


@router.delete("/{name}")
def forget(state: State, name: Annotated[str, Path(min_length=1, max_length=200)]) -> ChangedAnswer:
    """Delete a taught tag and its examples; tags given by hand stay."""
    state.library().taught.forget(name)
    return changed_answer(state, 1)


def _tag(tag: TaughtTag) -> TaughtAnswer:
    return TaughtAnswer(
        name=tag.name,
        examples=tag.examples,
        counter_examples=tag.counter_examples,
        tagged=tag.tagged,
        created_at=tag.created_at,
    )
