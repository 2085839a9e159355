"""Sounds that a generator makes: of sounds, between sounds, of a class."""

from functools import singledispatch
from typing import Annotated

from fastapi import APIRouter, Path

from kikimimi.errors import GenerationError
from kikimimi.generation.contract import Condition
from kikimimi.paths import display_path
from kikimimi.web.errors import ConflictError
from kikimimi.web.indexing import index_work
from kikimimi.web.making.keeping import keep_file, kept_folder
from kikimimi.web.making.work import (
    NamedFile,
    Recipe,
    blended,
    making_work,
    reconstructed,
    sampled,
    varied,
)
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.jobs import StartedAnswer, job_answer
from kikimimi.web.payloads.making import (
    BlendRequest,
    GeneratorAnswer,
    KeptAnswer,
    MadeAnswer,
    MakeRequest,
    ReconstructRequest,
    SampleRequest,
    SourceRequest,
    VaryRequest,
    generator_answer,
    made_answer,
)
from kikimimi.web.sound_files.source import file_version
from kikimimi.web.state import ServerState, State

router = APIRouter(prefix="/api", tags=["making"])

MadeKey = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22}$")]


@router.get("/generator")
def generator(state: State) -> GeneratorAnswer:
    """What the server makes sounds with, or why it cannot."""
    try:
        return generator_answer(state.studio.generator())
    except GenerationError as error:
        return GeneratorAnswer(available=False, message=str(error))


@router.post("/make", status_code=202, responses=errors(400, 404, 409))
def make(state: State, wanted: MakeRequest) -> StartedAnswer:
    """Begin to make sounds; the report of the job lists their keys as `made`. One job at a time."""
    state.studio.generator()  # says at once that there is none
    recipe, count = _recipe(wanted, state)
    work = making_work(state.studio, state.made, recipe, count=count)
    return StartedAnswer(job=job_answer(state.jobs.start("make", work)))


@router.get("/made/{key}", responses=errors(404))
def made(state: State, key: MadeKey) -> MadeAnswer:
    """One sound that was made."""
    return made_answer(state.made.get(key))


@router.post("/made/{key}/keep", responses=errors(404, 415))
def keep(state: State, key: MadeKey) -> KeptAnswer:
    """Copy a sound into the folder beside the library, and begin to index that."""
    library = state.library()
    folder = kept_folder(library.path)
    path = keep_file(state.made.get(key), folder)
    work = index_work(library, [folder], state.settings, retry_failed=False)
    try:
        job = state.jobs.start("index", work)
    except ConflictError:
        return KeptAnswer(path=display_path(path), job=None)
    return KeptAnswer(path=display_path(path), job=job_answer(job))


@singledispatch
def _recipe(wanted: object, state: ServerState) -> tuple[Recipe, int]:
    raise TypeError(f"nothing is made of {type(wanted).__name__}")


@_recipe.register
def _(wanted: VaryRequest, state: ServerState) -> tuple[Recipe, int]:
    recipe = varied(
        _file(state, wanted.source),
        amount=wanted.amount,
        count=wanted.count,
        seed=wanted.seed,
        loop=wanted.loop,
    )
    return recipe, wanted.count


@_recipe.register
def _(wanted: BlendRequest, state: ServerState) -> tuple[Recipe, int]:
    ends = _file(state, wanted.first), _file(state, wanted.second)
    recipe = blended(*ends, shares=wanted.shares, seed=wanted.seed, loop=wanted.loop)
    return recipe, len(wanted.shares)


@_recipe.register
def _(wanted: SampleRequest, state: ServerState) -> tuple[Recipe, int]:
    recipe = sampled(
        Condition(label=wanted.label, text=wanted.text),
        seconds=wanted.seconds,
        count=wanted.count,
        seed=wanted.seed,
        loop=wanted.loop,
    )
    return recipe, wanted.count


@_recipe.register
def _(wanted: ReconstructRequest, state: ServerState) -> tuple[Recipe, int]:
    return reconstructed(_file(state, wanted.source), seed=wanted.seed, loop=wanted.loop), 1


def _file(state: ServerState, source: SourceRequest) -> NamedFile:
    if source.upload is not None:
        upload = state.uploads.get(source.upload)
        return NamedFile(upload.path, upload.name)
    found = state.library().sound(source.sound or 0)
    file_version(found.path)
    return NamedFile(found.path, found.name)
