"""Names through the real tus route, a database and the first steps, and back out of every page that shows them."""

import base64
import html
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from domain.person import Role
from fuzz.cases import Case
from fuzz.trial import Verdict
from pipeline.settings import Settings
from pipeline.wiring import House, open_house
from publish_api.app import create_app
from store import credentials, people, recordings

_STEPS = ("keep", "look", "listen")
_TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
_TRACES = (Path("/tmp/pwned.mp4"), Path("/tmp/pwned"), Path("pwned"), Path("pwned.mp4"))


def tried(cases: Sequence[Case]) -> list[Verdict]:
    """A server's rooms without its socket, on a database of its own; one verdict a case."""
    if not cases:
        return []
    with _desk() as desk:
        return [desk.take(case) for case in cases]


@contextmanager
def _desk() -> Iterator["_Desk"]:
    with tempfile.TemporaryDirectory(prefix="passiton-fuzz-") as folder:
        Path(folder).chmod(0o711)  # started as root the database has another user, who has to pass through
        with open_house(Settings(data_dir=Path(folder) / "data", public_url="https://desk.example")) as house:
            with house.services.store.transaction() as tx:
                expert = people.add_person(tx, login="eva", name="Eva", role=Role.EXPERT)
                token = credentials.new_api_token(tx, expert.id)
            app = create_app(house.services)
            with TestClient(
                app, base_url="https://desk.example", headers={"Authorization": f"Bearer {token}"}
            ) as client:
                yield _Desk(house, client)


@dataclass(frozen=True)
class _Desk:
    house: House
    client: TestClient

    def take(self, case: Case) -> Verdict:
        begun = time.monotonic()
        try:
            ended, code, faults = self._send(case)
        except Exception as error:  # whatever it is, it is what is looked for here
            ended, code, faults = "crash", type(error).__name__, [f"crash: {type(error).__name__}: {error}"]
        faults += [f"wrote {trace}" for trace in _TRACES if trace.exists()]
        wall_s = round(time.monotonic() - begun, 2)
        return Verdict(case.number, "names", f"tus: {case.what}", ended, code, wall_s, 0, tuple(faults))

    def _send(self, case: Case) -> tuple[str, str, list[str]]:
        name = base64.b64encode(case.name.encode("utf-8", "surrogatepass")).decode()
        told = {"Upload-Length": str(len(case.data)), "Upload-Metadata": f"filename {name}", **_TUS}
        answer = self.client.post("/api/v1/uploads", content=case.data, headers=told)
        if answer.status_code >= 400:
            error = answer.json()["error"]
            wrong = (
                []
                if answer.status_code < 500 and error["message"].endswith(".")
                else [f"{answer.status_code}: {error}"]
            )
            return "refused", error["code"], wrong
        recording = answer.headers["recording-id"]
        faults = [] if "a=b" not in str(answer.headers) else ["the name became a header"]
        with self.house.services.store.transaction() as tx:
            found = recordings.by_upload(tx, answer.headers["location"].rsplit("/", 1)[1])
        assert found is not None
        for step in _STEPS:
            self.house.carry(step, found.id, lambda: False)
        for path in (
            f"/recordings/{recording}",
            "/recordings",
            f"/api/v1/recordings/{recording}",
            "/api/v1/recordings",
        ):
            shown = self.client.get(path, headers={"Accept": "application/json" if "/api/" in path else "text/html"})
            if shown.status_code != 200:
                faults.append(f"{path.split('/')[1]} answers {shown.status_code}")
            if "/api/" not in path and "<" in case.name and case.name.strip() in shown.text:
                faults.append(f"{path} shows the name as HTML")
        kept = self.client.get(f"/api/v1/recordings/{recording}").json()
        if kept["status"] != "working":
            faults.append(f"the recording is {kept['status']}: {html.unescape(str(kept['refusal']))}")
        return "result", "", faults
