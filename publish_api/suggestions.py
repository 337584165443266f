"""What a curator is offered for a clip: tags, level, sort, each with why. Nothing of it is put on by itself."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from clip import drafter
from clip import level as drafting
from clip import vocabulary as fitting
from clip.level import Asked
from clip.vocabulary import Said, Suggestion
from domain.clip import MAX_QUESTION, Clip, Expertise, Level, Part
from domain.permit import Act, demand
from domain.person import Person
from domain.span import Span
from domain.transcript import Sentence, said_in, until_next
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.clips import demanded
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from publish_api.tongue import _
from store import briefs, clips, recordings, transcripts, vocabulary
from store.postgres import Tx

# A clip, what is said in it and in the recording's other clips, and what was asked for.
_Known = tuple[Clip, tuple[Sentence, ...], tuple[str, ...], Asked]

router = APIRouter(prefix=f"{API}/clips/{{id}}/suggestions", tags=["clips"])


class TagSuggestion(Out):
    label: str
    new: bool = Field(description="A phrase that is said, and no tag of the vocabulary yet.")
    why: list[str] = Field(description="Sentences, the strongest first.")

    @classmethod
    def of(cls, found: Suggestion) -> "TagSuggestion":
        return cls(label=found.label, new=found.new, why=list(found.why))


class LevelSuggestion(Out):
    value: Level
    why: str


class KindSuggestion(Out):
    value: Expertise
    why: str


class DraftOut(Out):
    title: str
    summary: str
    question: str = Field(description="Empty in languages that we write none in.")
    by: str | None = Field(description="The language model; null: taken from what is said.")


class QuestionIn(In):
    question: Annotated[str, Field(max_length=MAX_QUESTION)]


class QuestionOut(Out):
    open: bool = Field(description="It is a question, and not answered by yes or no, as far as its first word tells.")
    better: list[str] = Field(
        description="The same, asked so that there is something to tell; none where we know none."
    )


class SuggestionsOut(Out):
    tags: list[TagSuggestion]
    level: LevelSuggestion | None
    kind: KindSuggestion | None


@router.get(
    "",
    summary="What fits a clip: tags of the vocabulary, phrases that may become some, level and sort",
    description="For whoever edits it. At most five tags and three phrases, none that the clip has, the best first.",
    responses=problems(403, 404, 410),
)
def suggested(services: Use, viewer: Viewer, id_: Id) -> SuggestionsOut:
    clip, sentences, others, asked = _known(services, viewer, id_)
    said = Said(tuple(s.text for s in sentences), others, f"{asked.title}. {asked.wanted}", clip.language or "")
    with services.store.transaction() as tx:
        terms = vocabulary.terms(tx)
    level, kind = drafting.level(asked, _), drafting.kind(asked, _)
    return SuggestionsOut(
        tags=[TagSuggestion.of(each) for each in fitting.suggest(said, terms, has=clip.tags, say=_)],
        level=LevelSuggestion(value=level.value, why=level.why) if level else None,
        kind=KindSuggestion(value=kind.value, why=kind.why) if kind else None,
    )


@router.post(
    "/draft",
    summary="Draft a title, a summary and an open question",
    description="By the language model that this server is set to use; by what is said alone where there is none, or"
    " it fails. Nothing of it is kept.",
    responses=problems(403, 404, 410),
)
def drafted(services: Use, viewer: Viewer, id_: Id) -> DraftOut:
    clip, sentences, others, _asked = _known(services, viewer, id_)
    draft = services.draft(sentences, clip.language or "", others)
    return DraftOut(title=draft.title, summary=draft.summary, question=draft.question, by=draft.by or None)


@router.post(
    "/question",
    summary="Look whether a question is an open one",
    description="In the clip's language. Nothing is kept.",
    responses=problems(403, 404, 410),
)
def asked_openly(services: Use, viewer: Viewer, id_: Id, body: QuestionIn) -> QuestionOut:
    with services.store.transaction() as tx:
        language = demanded(tx, id_, viewer, Act.EDIT_CLIP).language or ""
    question = " ".join(body.question.split())
    return QuestionOut(open=drafter.is_open(question, language), better=list(drafter.better(question, language)))


def _known(services: Services, viewer: Person, public_id: str) -> _Known:
    """Raises NotFound, Gone, Forbidden."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, public_id, viewer.id)
        stands = clips.standing(tx, clip.id, viewer.id)
        demand(viewer, Act.EDIT_CLIP, own=stands.own, curates=stands.curates)
        recording = recordings.recording(tx, clip.parts[0].recording, viewer.id)
        siblings = clips.clips_of_recording(tx, recording.id, viewer.id)
        brief = briefs.load(tx, recording.brief_id) if recording.brief_id else None
        sentences = sentences_of(tx, clip.parts)
        others = tuple(other.text for other in siblings if other.id != clip.id)
    asked = Asked(
        title=brief.title if brief else "",
        wanted=brief.wanted if brief else "",
        audience=recording.audience,
        prerequisites=recording.prerequisites,
        level=recording.level,
        kind=recording.kind,
    )
    return clip, sentences, others, asked


def sentences_of(tx: Tx, parts: Sequence[Part]) -> tuple[Sentence, ...]:
    """As far as a clip's parts show them."""
    heard = transcripts.within(tx, [(part.recording_id, part.span) for part in parts])
    return tuple(
        Sentence(text, sentence.start_ms, sentence.end_ms)
        for part, here in zip(parts, heard, strict=True)
        for sentence, end_ms in until_next(here.sentences, part.span.end_ms)
        if (text := said_in(here.words, Span(sentence.start_ms, max(sentence.start_ms + 1, end_ms)), here.language))
    )
