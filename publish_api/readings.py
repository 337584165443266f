"""What can be read with a clip: what is said, as it is said, and its caption tracks, a language each.

Whoever asks may see the clip. What leaves is cut to its parts. Where a part has no track in a language, what is said in
it is read as it is, if that is the language.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.clip import Clip
from domain.errors import NotFound
from domain.languages import LANGUAGES
from domain.track import Made, checked_language, written
from publish_api.schemas import API
from store import covered, read_along, transcripts
from store.postgres import Tx
from transcribe import captions
from transcribe.captions import Captioned
from transcribe.fillers import has_fillers, without_fillers

SPOKEN = "captions"  # what is said, as a name in addresses; a track's has its language behind it


@dataclass(frozen=True)
class Reading:
    """`language`: ISO 639; None where nobody speaks and somebody has typed. `track`: not what is said, but a track."""

    language: str | None
    label: str
    track: bool = False
    fillers: bool = False  # there are some to leave out

    @property
    def name(self) -> str:
        return f"{SPOKEN}-{self.language}" if self.track else SPOKEN

    def address(self, clip: str) -> str:
        """Of the WebVTT in clip time, of the clip of this public id."""
        return f"{API}/clips/{clip}/captions.vtt" + (f"?language={self.language}" if self.track else "")


def readings(tx: Tx, clip: Clip) -> tuple[Reading, ...]:
    """What is said comes first, and is there in any case: something may be typed any moment."""
    there = read_along.ready(tx, _recordings(clip))
    called = LANGUAGES.get(clip.language or "", "Captions")
    fillers = has_fillers(clip.text.split(), clip.language or "")
    found = [Reading(clip.language, called, fillers=fillers)]
    for language in sorted({each.language for each in there}):
        made = {each.made for each in there if each.language == language}
        label = LANGUAGES.get(language, language)
        if Made.MACHINE in made:
            label += ", translated by machine"
        elif language == clip.language:
            label += ", from a file"
        found.append(Reading(language, label, track=True))
    return tuple(found)


def named(tx: Tx, clip: Clip, name: str) -> Reading:
    """Of a `Reading.name`. Raises NotFound (`no_captions`)."""
    found = next((each for each in readings(tx, clip) if each.name == name), None)
    if found is None:
        raise NotFound("This clip has no captions in this language.", code="no_captions")
    return found


def in_language(tx: Tx, clip: Clip, language: str | None) -> Reading:
    """The track of a language; None: what is said. Raises NotFound (`no_captions`), Invalid (`bad_language`)."""
    return named(tx, clip, SPOKEN if language is None else f"{SPOKEN}-{checked_language(language)}")


def cues(tx: Tx, clip: Clip, reading: Reading, *, fillers: bool = True) -> Mapping[UUID, Sequence[Captioned]]:
    """Of each of a clip's recordings, whole: to be cut to the clip before it leaves."""
    there = {each.recording_id: each.id for each in read_along.ready(tx, _recordings(clip)) if _is(each, reading)}
    found: dict[UUID, Sequence[Captioned]] = {}
    for recording_id in _recordings(clip):
        said = transcripts.transcript(tx, recording_id)
        if recording_id in there:
            found[recording_id] = written(read_along.cues(tx, there[recording_id]), said.words if said else ())
        elif said is None or (reading.track and said.language != reading.language):
            found[recording_id] = ()
        else:
            words = said.words if fillers else without_fillers(said.words, said.language)
            found[recording_id] = captions.cues(words, said.sentences, said.language)
    return found


def fingerprint(tx: Tx, clip: Clip) -> str:
    """Another whenever something else is to be read with a clip; what was corrected about it, too."""
    ids = [str(each.id) for each in read_along.ready(tx, _recordings(clip))]
    if ids:  # of which the words of the clip do not say what is muted
        ids += [str(mutes) for each in _recordings(clip) if (mutes := covered.mutes(tx, each))]
    return hashlib.sha256("\n".join([clip.text, *ids, *map(repr, clip.amended)]).encode()).hexdigest()[:12]


def _recordings(clip: Clip) -> list[UUID]:
    return list(dict.fromkeys(part.recording_id for part in clip.parts))


def _is(track: read_along.Ready, reading: Reading) -> bool:
    return reading.track and track.language == reading.language
