"""Does Chromium show the very frames that a clip is made of? python -m benchmarks.exactness [--runs 1]

The goals: no frame off at starts, ends, a hundred random places of each clip, across stretches that several workers
have rendered, where parts meet, one of them out of another recording, and while the quality changes; and the sound
within 20 ms of the picture. What is right is worked out here, from whole frames; what is shown is read off the picture.
"""

import argparse
import random
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import accumulate, pairwise
from urllib.parse import urljoin

import httpx
import numpy as np
import psycopg
from playwright.sync_api import Browser, sync_playwright
from psycopg.rows import dict_row

from benchmarks import burned
from benchmarks.chromium import Look, Watched, launch
from benchmarks.first_fragment import Watch
from benchmarks.house import House, served, worker
from benchmarks.measure import Figure, Goal, Result, keep
from benchmarks.workers import tree_cpu_s
from domain.clip import Proposal
from domain.person import Person, Role
from domain.span import Span
from store import clips, credentials, media, recordings
from transcode.keyframes import stretches

SOUND_LIMIT_MS = 20.0
SEEKS = 100
SWITCHES = 40
WORKERS = 3
_LEAST_CPU_S = 3.0  # of a worker that has rendered a stretch
_SIZE = (854, 480)  # two pictures are made of it
_FPS, _OTHER_FPS = 30, 25
_SECONDS, _OTHER_SECONDS = 200, 30
SWITCHED_S = 16  # so long a clip plays through all qualities, if it lasts longer
_COMPARED_S = 20  # of sound, decoded by both
_AROUND_S = 2.0  # a place where things meet is played from so long before to so long after
_CLEAR_MS = 400  # of a part's bounds: a beep nearer to them may be cut
_CLIPS = ("bounds at keyframes", "bounds between keyframes", "across stretches", "parts of two recordings")
_PATIENCE_S = 400.0


@dataclass(frozen=True)
class Part:
    """Frames `first` to `end` of a recording, 0 or 1: what a clip is to show, whatever it is asked for by."""

    name: int
    first: int
    end: int

    @property
    def fps(self) -> int:
        return (_FPS, _OTHER_FPS)[self.name]

    @property
    def length(self) -> Fraction:
        return Fraction(self.end - self.first, self.fps)

    @property
    def span(self) -> Span:
        return Span(round(Fraction(self.first * 1000, self.fps)), round(Fraction(self.end * 1000, self.fps)))


@dataclass(frozen=True)
class Film:
    """What a clip shows, frame by frame."""

    parts: tuple[Part, ...]
    starts: tuple[Fraction, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", tuple(accumulate((p.length for p in self.parts), initial=Fraction(0))))

    @property
    def length(self) -> Fraction:
        return self.starts[-1]

    def shows(self, at_s: float) -> tuple[int, int]:
        """Recording and frame at a moment; a frame's own time is well within it."""
        i = max(i for i, start in enumerate(self.starts[:-1]) if start <= at_s + 0.005)
        part = self.parts[i]
        number = part.first + int((at_s + 0.005 - float(self.starts[i])) * part.fps)
        return part.name, min(number, part.end - 1)

    def middle(self, index: int, number: int) -> float:
        """The middle of a frame of a part, by the time of the clip."""
        part = self.parts[index]
        return float(self.starts[index] + Fraction(2 * (number - part.first) + 1, 2 * part.fps))

    def beeps(self) -> list[tuple[int, int]]:
        """(part, second of its recording) of every beep that is heard whole."""
        return [
            (i, second)
            for i, part in enumerate(self.parts)
            for second in range(1, (_SECONDS, _OTHER_SECONDS)[part.name])
            if part.span.start_ms + _CLEAR_MS < second * 1000 < part.span.end_ms - _CLEAR_MS
        ]


@dataclass
class Found:
    """How many frames off each look was, by what was looked for, and seconds that the sound was behind the picture."""

    off: dict[str, list[float]] = field(default_factory=dict)
    sound_s: list[float] = field(default_factory=list)
    decoders_s: list[float] = field(default_factory=list)
    widths: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, what: str, film: Film, looks: Sequence[Look], at: Sequence[float] | None = None) -> None:
        """`at`: where one stopped; else each look's own time counts, since something is always shown."""
        for i, look in enumerate(looks):
            moment = at[i] if at is not None else look.at_s
            name, frame = film.shows(moment)
            off = float(abs(look.frame - frame)) if look.name == name else 999.0
            self.off.setdefault(what, []).append(off)
            if off:
                self.faults.append(f"{what}, {moment:.3f} s: {look} instead of frame {frame} of recording {name}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.exactness", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="which random places are looked at is another each run")
    given = parser.parse_args(arguments)
    keep(measure(given.runs))


def measure(runs: int) -> Result:
    films = [
        burned.recording(0, _SECONDS, fps=_FPS, size=_SIZE),
        burned.recording(1, _OTHER_SECONDS, fps=_OTHER_FPS, size=(640, 360)),
    ]
    found = Found()
    with ExitStack() as stack:
        house = stack.enter_context(served("--no-worker"))
        database = stack.enter_context(psycopg.connect(house.dsn, autocommit=True, row_factory=dict_row))
        person, client = house.person("curator", Role.CURATOR)
        stack.enter_context(client)
        machine = (house.data / "machine").read_text().strip()
        stack.enter_context(worker(house, f"keep.{machine}", "light"))
        crew = [stack.enter_context(worker(house, "media")) for _ in range(WORKERS)]
        ids = []
        for path in films:
            watch = Watch(house, client, database)
            watch.upload(path)
            _until_complete(database, watch.recording)
            ids.append(watch.recording)
        hands = sum(tree_cpu_s(each.pid) > _LEAST_CPU_S for each in crew)
        made, seams = _cut(house, client, person, ids)
        with house.store.transaction() as tx:
            session = credentials.new_session(tx, person.id, now=datetime.now(UTC))
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for run in range(runs):
                chance = random.Random(run)
                for name, (clip, film) in made.items():
                    began = time.monotonic()
                    _look(browser, house.url, session, clip, film, seams, chance, found)
                    print(f"  run {run + 1} of {runs}: {name}, {time.monotonic() - began:.1f} s", flush=True)
            browser.close()
    for fault in found.faults[:20]:
        print(f"  {fault}")
    if hands < 2 or len(found.widths) < 2:
        raise SystemExit(f"{hands} workers rendered, pictures of {found.widths} were shown: that proves nothing.")
    return _result(found, len(seams), hands)


def _until_complete(database: "psycopg.Connection[dict[str, object]]", recording: str) -> None:
    query = (
        "select from rendering g join recording r on r.id = g.recording_id where r.public_id = %s"
        " and g.state = 'complete'"
    )
    deadline = time.monotonic() + _PATIENCE_S
    while database.execute(query, [recording]).fetchone() is None:
        if time.monotonic() > deadline:
            raise SystemExit("The recording was not rendered; nothing was measured.")
        time.sleep(0.2)


def _cut(
    house: House, client: httpx.Client, person: Person, ids: Sequence[str]
) -> tuple[dict[str, tuple[str, Film]], list[int]]:
    """A clip of each kind, exact already, and what it is to show; and the first frames of stretches but the first."""
    with house.store.transaction() as tx:
        recording = recordings.recording(tx, ids[0], person.id)
        heard = media.listening(tx, recording.id)
        assert heard is not None
        proposals = [Proposal(Span(n * 10_000, (n + 1) * 10_000), name, (), "") for n, name in enumerate(_CLIPS)]
        clips.propose(tx, recording, proposals, "en")
        listed = [clip.public_id for clip in clips.clips_of_recording(tx, recording.id, person.id)]
    keys = heard.plan.keys
    seams = [keys[first] for first, _ in stretches(heard.plan)[1:]]
    films = (
        Film((Part(0, _key(keys, 150), _key(keys, 750)),)),
        Film((Part(0, _between(keys, 937), _between(keys, 1511)),)),
        Film((Part(0, _between(keys, seams[0] - 287), _between(keys, seams[-1] + 241)),)),
        Film((Part(0, 2103, 2290), Part(0, 2303, 2517), Part(1, 77, 241), Part(0, 2703, 2900), Part(1, 301, 377))),
    )
    for clip, film in zip(listed, films, strict=True):
        parts = [
            {"recording": ids[part.name], "start_ms": part.span.start_ms, "end_ms": part.span.end_ms}
            for part in film.parts
        ]
        path = f"/api/v1/clips/{clip}"
        client.patch(path, json={"parts": parts}, headers={"If-Match": "*"}).raise_for_status()
        _until_exact(client, f"{path}/play.m3u8", film.length)
    return dict(zip(_CLIPS, zip(listed, films, strict=True), strict=True)), seams


def _key(keys: Sequence[int], near: int) -> int:
    return min(keys, key=lambda key: abs(key - near))


def _between(keys: Sequence[int], frame: int) -> int:
    return frame + 7 if frame in keys else frame


def _until_exact(client: httpx.Client, address: str, length: Fraction) -> None:
    """Its edges are made after it was changed."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        master = client.get(address)
        first = next((line for line in master.text.splitlines() if line and not line.startswith("#")), "")
        answer = client.get(urljoin(address, first))
        played = sum(map(float, re.findall(r"#EXTINF:([\d.]+)", answer.text))) if answer.status_code == 200 else 0
        if abs(played - float(length)) < 0.001:
            return
        time.sleep(0.2)
    raise SystemExit("A clip did not become exact; nothing was measured.")


def _look(
    browser: Browser, url: str, session: str, clip: str, film: Film, seams: Sequence[int], chance: random.Random,
    found: Found,
) -> None:  # fmt: skip
    """Everything that is looked for in one clip."""

    def places(number: int) -> list[float]:
        """The middles of frames, taken by chance."""
        frames = [(i, n) for i, part in enumerate(film.parts) for n in range(part.first, part.end)]
        return [film.middle(*frame) for frame in chance.sample(frames, number)]

    with Watched(browser, url, session, f"/clips/{clip}") as watched:
        start, end = film.middle(0, film.parts[0].first), film.middle(len(film.parts) - 1, film.parts[-1].end - 1)
        found.add("first pictures", film, [watched.first])
        found.add("starts", film, watched.at([start]), [start])
        found.add("ends", film, [watched.last(), *watched.at([end])], [end, end])
        seeks = places(SEEKS)
        found.add("random places", film, watched.at(seeks), seeks)

        parts = list(enumerate(film.parts))
        joins = [
            [(i, n) for n in range(before.end - 3, before.end)]
            + [(i + 1, n) for n in range(after.first, after.first + 3)]
            for (i, before), (_, after) in pairwise(parts)
        ]
        met = [
            [(i, n) for n in range(s - 3, s + 3)]
            for i, p in parts
            for s in seams
            if p.name == 0 and p.first < s < p.end
        ]
        for what, places_met in (("where parts meet", joins), ("where stretches meet", met)):
            for frames in places_met:
                near = [film.middle(*frame) for frame in frames]
                found.add(what, film, watched.at(near), near)
                found.add(f"{what}, playing", film, watched.playing(near[0] - _AROUND_S, near[-1] + _AROUND_S))
        if film.length > SWITCHED_S:
            turns = places(SWITCHES)
            looks = [watched.switched(turns), watched.playing(2, 2 + SWITCHED_S, switching=True)]
            found.add("in another quality each time", film, looks[0], turns)
            found.add("playing, in another quality each second", film, looks[1])
            found.widths |= {look.width for each in looks for look in each}
        _hear(watched, film, found)


def _hear(watched: Watched, film: Film, found: Found) -> None:
    """How far each beep is behind the picture that it belongs to, both by the time at which they are played."""
    beeps = film.beeps()
    frames = [film.middle(i, second * film.parts[i].fps) for i, second in beeps]
    looks = watched.at(frames)
    found.add("where it beeps", film, looks, frames)
    fed = burned.Fed(watched.fed())
    found.sound_s += [
        fed.beep_at(look.at_s, second) - look.at_s for look, (_, second) in zip(looks, beeps, strict=True)
    ]
    start, ours = fed.sounds[0]
    theirs = np.array(watched.decoded(fed.first_run, _COMPARED_S), np.float32)
    near, second = next(
        (look.at_s - start, s) for look, (_, s) in zip(looks, beeps, strict=True) if look.at_s > start + 1
    )
    found.decoders_s.append(burned.beep_at(theirs, near, second) - burned.beep_at(ours, near, second))


def _result(found: Found, seams: int, hands: int) -> Result:
    behind = tuple(1000 * each for each in found.sound_s)
    return Result(
        name="exactness",
        title="What Chromium shows of clips, frame by frame",
        goals=(
            *(Goal(f"{what}: frames off, of {len(off)}", sum(map(bool, off)), 0) for what, off in found.off.items()),
            Goal(
                f"sound and picture apart, at most, of {len(behind)} beeps", max(map(abs, behind)), SOUND_LIMIT_MS, "ms"
            ),
        ),
        figures=(
            Figure("the sound behind the picture", "ms", behind),
            Figure("Chromium's decoder behind the one measured with", "ms", tuple(1000 * s for s in found.decoders_s)),
        ),
        notes=(
            f"{_SECONDS} s of {_SIZE[0]} x {_SIZE[1]} at {_FPS} frames a second, rendered in two sizes by {hands} "
            f"workers in {seams + 1} stretches, and {_OTHER_SECONDS} s at {_OTHER_FPS}; each frame's number is burned "
            "into it.",
            "A picture is read with its own timestamp (VideoFrame), in the page as viewers open it; what a clip is to "
            "show is worked out here, in whole frames. Playing: every frame that was caught, at the time that it has.",
            "The sound is what was put into the browser's buffers, decoded, at the times at which it was told to play "
            "it; the picture is the one that the element shows. Loudspeakers and screens are not measured.",
        ),
    )


if __name__ == "__main__":
    main()
