"""Shapes on the wire of what was searched for."""

from pydantic import Field

from publish_api.clip_schemas import ClipOut
from publish_api.schemas import Out
from store.finding import CHOICES, Choice, Hit, Remark
from store.missed import Missed
from store.typeahead import Kind, Suggestion


class PieceOut(Out):
    text: str
    found: bool = Field(description="Whether it is what was looked for.")


class RemarkOut(Out):
    id: str
    author: str

    @classmethod
    def of(cls, remark: Remark) -> "RemarkOut":
        return cls(id=remark.id, author=remark.author)


class HitOut(Out):
    """A clip, and the second in it where the words are said, or stand in its captions."""

    clip: ClipOut
    sentence: str = Field(description="Spoken, of captions, or of a comment; empty when only title or tags match.")
    language: str | None = Field(
        description="Of the sentence, ISO 639: captions may be in another than the clip is. Null where not known."
    )
    headline: list[PieceOut] = Field(description="The sentence, or else the title, in pieces.")
    recording: str
    at_ms: int
    clip_ms: int | None = Field(description="Null for a comment at a second that the clip shows no more.")
    comment: RemarkOut | None = Field(description="Where the words are in a comment alone.")

    @classmethod
    def of(cls, hit: Hit) -> "HitOut":
        return cls(
            clip=ClipOut.of(hit.clip),
            sentence=hit.sentence,
            language=hit.language,
            headline=[PieceOut(text=text, found=found) for text, found in hit.headline],
            recording=hit.recording,
            at_ms=hit.at_ms,
            clip_ms=hit.clip_ms,
            comment=RemarkOut.of(hit.remark) if hit.remark else None,
        )


class ChoiceOut(Out):
    facet: str = Field(description="The parameter it is a value of: tag, level, space, kind, language or person.")
    value: str
    label: str
    clips: int = Field(description="Of those found, that this would leave.")

    @classmethod
    def of(cls, choice: Choice) -> "ChoiceOut":
        return cls(facet=choice.facet, value=choice.value, label=choice.label, clips=choice.clips)


class FoundOut(Out):
    items: list[HitOut]
    next: str | None = Field(default=None, description="Always null: a search has one page.")
    clips: int = Field(description="Found in all, of which `items` are the best.")
    choices: list[ChoiceOut] = Field(
        description=f"What the clips could be narrowed down to: of a facet, the {CHOICES} with the most clips."
    )


class SuggestionOut(Out):
    kind: Kind
    text: str = Field(description="The sentence, title, tag or name.")
    clip: str | None = Field(description="Of a sentence or a title.")
    title: str = Field(description="Of that clip.")
    clip_ms: int = Field(description="Where in it the sentence begins.")
    version: int = Field(description="Of the clip, for a link to that second.")

    @classmethod
    def of(cls, each: Suggestion) -> "SuggestionOut":
        return cls(
            kind=each.kind,
            text=each.text,
            clip=each.clip,
            title=each.title,
            clip_ms=each.clip_ms,
            version=each.version,
        )


class MissedOut(Out):
    query: str
    times: int
    last: str = Field(description="The day it was last searched for, ISO 8601.")

    @classmethod
    def of(cls, missed: Missed) -> "MissedOut":
        return cls(query=missed.query, times=missed.times, last=missed.last.isoformat())
