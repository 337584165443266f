"""Shapes on the wire of what is said in a recording, and of its corrections."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from domain.correction import MAX_COUNT, MAX_TEXT, Asked, Edit, Text, Typed
from domain.media import Listening
from domain.phrase import MAX_PHRASE
from domain.span import Span
from domain.transcript import UNSURE, joined
from publish_api.schemas import In, Ms, Out, PersonRef
from store.corrections import MOST_AT_ONCE, Past, Said
from store.drafted import StillCalled

_MAX_EDITS = 500
_Number = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
# Four times what is kept: runs of white space go when it is.
_Phrase = Annotated[str, Field(max_length=4 * MAX_PHRASE)]


class WordOut(Out):
    text: str
    start_ms: int
    end_ms: int
    probability: float = Field(
        description="0 to 1; of what a person wrote 1, or 0 where a newer run heard other words."
    )


class SentenceOut(Out):
    text: str
    start_ms: int
    end_ms: int


class PauseOut(Out):
    start_ms: int
    end_ms: int


class UnplacedOut(Out):
    """A correction of an earlier run of the engine that finds no place in today's."""

    version: int = Field(description="Of its change.")
    at_ms: int
    old: str
    new: str

    @classmethod
    def of(cls, version: int, edit: Edit, language: str) -> "UnplacedOut":
        old, new = _sides(edit, language)
        return cls(version=version, at_ms=edit.at_ms, old=old, new=new)


class StillCalledOut(Out):
    """A clip whose title a person wrote, with words that were corrected. It stays as they wrote it."""

    clip: str
    title: str


class TranscriptOut(Out):
    """What is read: the newest run of the engine with people's corrections laid over it."""

    language: str
    engine: str
    model: str
    version: int = Field(description="As in the ETag: of every run of the engine, and of every change.")
    words: list[WordOut]
    sentences: list[SentenceOut]
    pauses: list[PauseOut]
    keyframes: list[int] = Field(description="Milliseconds at which a clip can be cut without an encode.")
    places: list[int] = Field(
        description="Where nobody speaks for long: the moments at which the scene changes, or nothing moves. Clips may"
        " begin and end there as in the middle of a pause."
    )
    frame_rate: float | None = Field(
        description="Frames a second, 25 of sound alone: a bound means the frame nearest to it."
    )
    unsure: list[int] = Field(description="Numbers of the words that the engine was not sure of.")
    by_hand: list[int] = Field(description="Numbers of the words that a person wrote.")
    unplaced: list[UnplacedOut] = Field(description="Corrections that a newer run has no place for. None is dropped.")
    still_called: list[StillCalledOut] = Field(
        description="Where words were corrected just now: the clips that a person has called by the old ones."
    )

    @classmethod
    def of(cls, text: Text, listening: Listening | None, still: Sequence[StillCalled] = ()) -> "TranscriptOut":
        transcript = text.transcript
        return cls(
            language=transcript.language,
            engine=transcript.engine,
            model=transcript.model,
            version=text.version,
            words=[WordOut(**asdict(word)) for word in transcript.words],
            sentences=[SentenceOut(**asdict(sentence)) for sentence in transcript.sentences],
            pauses=[PauseOut(**asdict(pause)) for pause in listening.pauses] if listening else [],
            keyframes=list(listening.plan.key_ms) if listening else [],
            places=sorted(listening.seen.places_ms) if listening and listening.seen else [],
            frame_rate=float(listening.plan.fps) if listening else None,
            unsure=[at for at, word in enumerate(transcript.words) if word.probability < UNSURE],
            by_hand=sorted(text.by_hand),
            unplaced=[UnplacedOut.of(each.version, each.edit, transcript.language) for each in text.unplaced],
            still_called=[StillCalledOut(clip=each.clip, title=each.title) for each in still],
        )


class EditIn(In):
    """`count` words from number `first` on become `text`, or a sentence begins there, or no longer does."""

    first: _Number = Field(description="Number of a word, as the transcript of If-Match has them, from 0.")
    count: Annotated[int, Field(strict=True, ge=1, le=MAX_COUNT)] = 1
    text: str | None = Field(
        default=None,
        max_length=4 * MAX_TEXT,
        description="One word or several; empty: they are left out. Absent: they stay. To put a word in, write it"
        " beside the one before or behind it.",
    )
    begins: Annotated[bool | None, Field(strict=True)] = Field(
        default=None, description="True: a sentence begins with the first of them; false: it goes on with them."
    )

    def asked(self) -> Asked:
        return Asked(self.first, self.count, self.text, self.begins)


class TypedIn(In):
    """Words for a time in which nothing is heard: a sentence of its own, in captions like any other."""

    start_ms: Ms
    end_ms: Ms
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)]

    def asked(self) -> Typed:
        return Typed(Span(self.start_ms, self.end_ms), self.text)


class TranscriptChange(In):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"edits": [{"first": 12, "text": "Klüber"}]},
                {"edits": [{"first": 12, "count": 2, "text": "grease nipple"}, {"first": 20, "begins": True}]},
                {"typed": [{"start_ms": 4000, "end_ms": 7000, "text": "Turn it until it clicks."}]},
            ]
        }
    )

    edits: list[EditIn] = Field(default=[], max_length=_MAX_EDITS, description="One change in the history.")
    typed: list[TypedIn] = Field(default=[], max_length=_MAX_EDITS, description="The same change.")


class ReplacementIn(In):
    model_config = ConfigDict(json_schema_extra={"examples": [{"find": "Klueber", "instead": "Klüber"}]})

    find: _Phrase = Field(description="A word or several, as whole words in any case.")
    instead: _Phrase = Field(
        description="With the marks around each place kept, and in capitals where it stands in capitals."
    )


class SaidOut(Out):
    """A recording in which it is said."""

    recording: str
    title: str
    version: int = Field(description="Of its transcript.")
    times: int

    @classmethod
    def of(cls, said: Said) -> "SaidOut":
        return cls(recording=said.recording, title=said.title or said.filename, version=said.version, times=said.times)


class SeenIn(In):
    recording: str = Field(max_length=40)
    version: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] = Field(
        description="Of its transcript, as it was listed."
    )


class WideReplacementIn(ReplacementIn):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "find": "Klueber",
                    "instead": "Klüber",
                    "recordings": [{"recording": "04bb41aamwxb0rsx", "version": 3}],
                }
            ]
        }
    )

    recordings: list[SeenIn] = Field(min_length=1, max_length=MOST_AT_ONCE, description="All of them or none.")


class WideReplacementOut(Out):
    id: str = Field(description="By which all of it can be taken back.")
    recordings: int = Field(description="That were changed.")


class EditOut(Out):
    at_ms: int
    old: str = Field(description="Empty: nothing was heard there.")
    new: str
    begins: bool | None = Field(description="Whether a sentence begins there since; null: as before.")
    placed: bool = Field(description="False: it finds no place in today's run of the engine.")


class ChangeOut(Out):
    """One act of one person."""

    version: int = Field(description="Of the transcript, that it made.")
    by: PersonRef
    made_at: datetime
    edits: list[EditOut]
    undoes: int | None = Field(description="The version of the change that this one takes back.")
    holds: bool = Field(description="False: somebody has taken it back.")

    @classmethod
    def of(cls, past: Past, language: str) -> "ChangeOut":
        edits = []
        for edit in past.edits:
            old, new = _sides(edit, language)
            placed = edit not in past.unplaced
            edits.append(EditOut(at_ms=edit.at_ms, old=old, new=new, begins=edit.begins, placed=placed))
        return cls(
            version=past.version,
            by=PersonRef(id=past.by, name=past.name),
            made_at=past.made_at,
            edits=edits,
            undoes=past.undoes,
            holds=past.holds,
        )


def _sides(edit: Edit, language: str) -> tuple[str, str]:
    return joined((word.text for word in edit.old), language), joined(edit.new, language)
