"""A server and one worker, by hand, on a film of numbered frames: what is served of clips of it, to the frame."""

import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from fastapi.testclient import TestClient

from capture.intake import Intake
from domain.clip import Clip, Proposal
from domain.media import Encoder, KeyframePlan, Listening, Rendition
from domain.recording import Recording
from domain.span import Span
from pipeline import edges
from pipeline.originals import Originals
from pipeline.step import Tools
from publish_api.app import create_app
from publish_api.services import Services
from store import clips, credentials, media, recordings, renderings, spaces
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.store.things import a_recording
from tests.transcode.media import ffmpeg, numbered, numbers, small
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import Landed, render

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
FPS = 25
PLAN = KeyframePlan(Fraction(FPS), 250, (0, 75, 150, 200))  # at 0, 3, 6 and 8 of 10 s
BEEP_S = 7
SIDES = (90, 54)
LADDER = small(*SIDES)
EDGE = re.compile(r"/e\d+-\d+")  # its name in an address and in an object's key, which may hold another "/e"

Film = tuple[Path, tuple[Landed, ...]]


def ten_seconds(folder: Path) -> Film:
    """Ten seconds of numbered frames, silent until there is a beep; and what was rendered of them."""
    silent = numbered(folder / "silent.mp4", 250, fps=FPS, sound=False)
    beep = f"aevalsrc='if(gte(t,{BEEP_S}),sin(2*PI*1000*t),0)':d=10:s=48000"
    path = folder / "film.mp4"
    ffmpeg("-i", silent, "-f", "lavfi", "-i", beep, "-c:v", "copy", "-c:a", "aac", path)
    jail = Jail()
    return path, tuple(render(path, probe(path, jail), PLAN, LADDER, loudness=None, jail=jail, work=folder))


class House:
    """A server and one worker, by hand."""

    def __init__(self, store: Store, objects: Folder, people: People, folder: Path) -> None:
        self.queue: list[UUID] = []
        self.now = NOW
        self.store, self.objects, self.people = store, objects, people
        store.enqueue = edges.due(lambda tx, recording_id: self.queue.append(recording_id))
        self.again: list[UUID] = []
        self.encoders: tuple[Encoder, ...] = (Encoder.X264,)
        self.others_wait = False
        tools = SimpleNamespace(
            store=store,
            objects=objects,
            originals=Originals(objects, folder / "cache"),
            jail=Jail(),
            scratch=folder,
            heights=(90, 54),
            encoders=lambda: self.encoders,
            call_again=lambda tx, recording_id: self.again.append(recording_id),
            others_wait=lambda: self.others_wait,
        )
        self.tools = cast(Tools, tools)
        services = Services(
            store=store,
            objects=objects,
            intake=cast(Intake, None),
            try_again=lambda tx, recording_id: None,
            public_url="https://clips.example",
            max_upload_bytes=1,
            max_duration_ms=7_200_000,
            now=lambda: self.now,
            scratch=folder,
        )
        self.client = TestClient(create_app(services), base_url="https://clips.example")
        with store.transaction() as tx:
            self.client.headers["Authorization"] = f"Bearer {credentials.new_api_token(tx, people.curator.id)}"

    def work(self) -> int:
        """Does every job; how many there were."""
        done = 0
        while self.queue:
            edges.make_lacking(self.tools, self.queue.pop(0), lambda: False, lambda: self.now)
            done += 1
        return done

    def film(self, film: tuple[Path, tuple[Landed, ...]], renditions: tuple[Rendition, ...] = LADDER) -> Recording:
        """A recording that was rendered."""
        path, landed = film
        with self.store.transaction() as tx:
            made = a_recording(tx, self.people.expert, upload_id=f"upload-{path}")
            recordings.looked(tx, made.id, probe(path, self.tools.jail))
            key = f"originals/{made.public_id}"
            self.objects.put_bytes(key, path.read_bytes())
            recordings.kept(tx, made.id, sha256=bytes(32), original_key=key)
            media.save_listening(tx, made.id, Listening(None, (), PLAN))
            rendering = renderings.open_rendering(tx, made.id, renditions)
            for number, each in enumerate(landed):
                runs = {name: (run.run, f"media/{made.public_id}/{name}/{number}") for name, run in each.runs.items()}
                for name, (_, key) in runs.items():
                    self.objects.put_bytes(key, each.runs[name].data)
                renderings.add_landed(tx, rendering, inits=each.inits, runs=runs)
            renderings.complete_rendering(tx, rendering)
            clips.propose(tx, made, [Proposal(Span(0, 10_000), "How to bleed the brakes", (), "")], "en")
            (clip,) = clips.clips_of_recording(tx, made.id, self.people.expert.id)
            clips.publish(tx, clip.id, self.people.curator.id, NOW)
            spaces.allow_downloads(tx, made.space_id, True)
        return made

    def clip(self, recording: Recording) -> Clip:
        with self.store.transaction() as tx:
            return clips.clips_of_recording(tx, recording.id, self.people.expert.id)[0]

    def cut(self, clip: Clip, *frames: tuple[int, int]) -> None:
        """The clip's parts are these from now on, in frames of its recording."""
        parts = [{"recording": clip.parts[0].recording, "start_ms": a * 40, "end_ms": b * 40} for a, b in frames]
        answer = self.client.patch(f"/api/v1/clips/{clip.public_id}", json={"parts": parts}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    def get(self, clip: Clip, what: str, status: int = 200) -> bytes:
        answer = self.client.get(f"/api/v1/clips/{clip.public_id}/{what}")
        assert answer.status_code == status, answer.text
        return answer.content

    def seen(self, clip: Clip, name: str = "54") -> list[int]:
        """The frames that are served of a clip of one part."""
        listed = self.get(clip, f"play/{name}.m3u8").decode().splitlines()
        init = next(line.split('"')[1] for line in listed if "EXT-X-MAP" in line)
        pieces = [init, *(line for line in listed if line.startswith("/m/"))]
        return numbers(b"".join(self.client.get(piece).content for piece in pieces))

    def kept(self) -> set[str]:
        """The keys of all objects that are there, whether a row knows of them or not."""
        return {
            str(path.relative_to(self.objects.root))
            for path in self.objects.root.rglob("*")
            if path.is_file() and ".aside" not in path.parts
        }

    def edges_of(self, recording: Recording) -> int:
        with self.store.transaction() as tx:
            listed = media.object_keys(tx, recording.id)
        return sum(1 for key in listed if EDGE.search(key))
