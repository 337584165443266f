"""A recording of 20 s that really plays, rendered once for all tests, put in by store functions.

0 ....... 4 ....... 8 ....... 12 ............. 20 s
|- Turn the valve slowly. -|- Then wash your hands. -|     pauses lie at 4, 8 and 12 s, and at both ends
"""

from dataclasses import dataclass
from pathlib import Path

from domain.clip import Clip
from domain.media import KeyframePlan, Listening, Probe, Rendition
from domain.person import Person
from domain.recording import Recording
from domain.transcript import Pause
from publish_api.services import Services
from store import clips, media, recordings, renderings, steps, transcripts
from tests.publish_api.material import NOW, PLAN, PROPOSALS, STEPS, TRANSCRIPT, arrive
from tests.transcode.media import AAC, H264, ffmpeg
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import Landed, render

SECONDS = 20
PAUSES = (Pause(0, 400), Pause(3_900, 4_100), Pause(7_800, 8_200), Pause(11_900, 12_100), Pause(19_500, 20_000))


@dataclass(frozen=True)
class Film:
    path: Path
    probe: Probe
    plan: KeyframePlan
    renditions: tuple[Rendition, ...]
    landed: tuple[Landed, ...]


@dataclass(frozen=True)
class Shown:
    recording: Recording
    clips: tuple[Clip, ...]


def shoot(folder: Path) -> Film:
    """Portrait, as phones film."""
    path = folder / "tip.mp4"
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=180x320:rate=25:duration={SECONDS}")
    sound = ("-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={SECONDS}")
    ffmpeg(*picture, *sound, *H264, *AAC, path)
    jail = Jail()
    found = probe(path, jail)
    renditions = ladder(found, (180,))
    work = folder / "work"
    work.mkdir()
    landed = tuple(render(path, found, PLAN, renditions, loudness=None, jail=jail, work=work, listed={}))
    return Film(path, found, PLAN, renditions, landed)


def arrived(services: Services, film: Film, owner: Person, title: str = "Valves") -> Recording:
    """Looked at and heard; nothing rendered, nothing written down."""
    with services.store.transaction() as tx:
        recording = arrive(tx, owner, title=title)
        recordings.kept(tx, recording.id, sha256=bytes(32), original_key=f"originals/{recording.public_id}")
        recordings.looked(tx, recording.id, film.probe)
        media.save_listening(tx, recording.id, Listening(None, PAUSES, film.plan))
        media.save_peaks(tx, recording.id, bytes([20, 200] * 100))  # 20 s
        for name in ("keep", "look", "listen"):
            steps.begin(tx, recording.id, name, NOW)
            steps.done(tx, recording.id, name, NOW)
        steps.begin(tx, recording.id, "render", NOW)
        return recordings.load(tx, recording.id)


def land(services: Services, film: Film, recording: Recording, *, share: float = 1) -> None:
    """Lists the first `share` of what was rendered; all of it makes the rendering complete."""
    until = max(1, round(share * len(film.landed)))
    with services.store.transaction() as tx:
        rendering = renderings.open_rendering(tx, recording.id, film.renditions)
        for number, landed in enumerate(film.landed[:until]):
            runs = {}
            for name, run in landed.runs.items():
                key = f"renditions/{recording.public_id}/{name}/{number}"
                if renderings.listed(tx, rendering).get(name, 0) <= run.run.first:
                    services.objects.put_bytes(key, run.data)
                    runs[name] = (run.run, key)
            renderings.add_landed(tx, rendering, inits=landed.inits, runs=runs)
        if until == len(film.landed):
            renderings.complete_rendering(tx, rendering)
            steps.done(tx, recording.id, "render", NOW)


def cut(services: Services, recording: Recording) -> None:
    """The words, and two clips of them."""
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, recording.id, TRANSCRIPT)
        recordings.heard_language(tx, recording.id, "en")
        clips.propose(tx, recordings.load(tx, recording.id), PROPOSALS, "en")
        for name in STEPS[4:]:
            steps.begin(tx, recording.id, name, NOW)
            steps.done(tx, recording.id, name, NOW)


def put_in(services: Services, film: Film, owner: Person, title: str = "Valves") -> Shown:
    """A recording that has come all the way: two clips of 8 and 12 s wait."""
    recording = arrived(services, film, owner, title)
    land(services, film, recording)
    cut(services, recording)
    with services.store.transaction() as tx:
        return Shown(recordings.load(tx, recording.id), clips.clips_of_recording(tx, recording.id, owner.id))


def publish(services: Services, clip: Clip, by: Person) -> None:
    with services.store.transaction() as tx:
        clips.publish(tx, clip.id, by.id, services.now())
