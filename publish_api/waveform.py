"""How loud a recording is when, for whoever cuts it."""

from base64 import b64encode

from fastapi import APIRouter
from pydantic import Field

from domain.media import PEAK_MS
from domain.permit import Act
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.schemas import API, Out
from publish_api.transcripts import demanded
from store import media

router = APIRouter(prefix=f"{API}/recordings/{{id}}", tags=["recordings"])


class WaveformOut(Out):
    every_ms: int
    peaks: str = Field(
        description="Base64: a byte for each `every_ms`, 255 at full scale, 0 from 60 dB below it. Empty where there is"
        " no sound, or none was made."
    )


@router.get(
    "/waveform", summary="How loud a recording is, tenth of a second by tenth", responses=problems(403, 404, 410)
)
def one(services: Use, viewer: Viewer, id_: Id) -> WaveformOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_TRANSCRIPT)
        return WaveformOut(every_ms=PEAK_MS, peaks=b64encode(media.peaks(tx, found.id)).decode())
