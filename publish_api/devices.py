"""Devices that a ward or a workshop shares, and the PIN with which one says there who one is."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from domain.permit import Act, demand
from domain.person import Person
from domain.pin import pin
from publish_api.access import Use, Viewer
from publish_api.answers import Items, all_of, problems
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import devices, spaces
from store.people import MAX_NAME

router = APIRouter(prefix=API, tags=["spaces"])

MOST_SPACES = 20

DeviceId = Annotated[str, Path(alias="device")]


class DeviceOut(Out):
    id: str
    name: str
    spaces: list[str] = Field(description="The names of those that it shows.")
    lent_by: str
    created_at: datetime
    enrolled_at: datetime | None = Field(description="Null until its code was typed there.")
    seen_at: datetime | None = Field(description="To five minutes.")

    @classmethod
    def of(cls, device: devices.Device) -> "DeviceOut":
        return cls(
            id=device.public_id,
            name=device.name,
            spaces=list(device.spaces),
            lent_by=device.lent_by,
            created_at=device.created_at,
            enrolled_at=device.enrolled_at,
            seen_at=device.seen_at,
        )


class DeviceIn(In):
    name: Annotated[str, Field(max_length=MAX_NAME)] = Field(description="As colleagues call it: Ward 3, tablet.")
    spaces: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=MOST_SPACES)] = Field(
        description="The ids of those that it shows to whoever picks it up."
    )


class DeviceMade(Out):
    id: str
    code: str = Field(description="Typed on the device at /device, once, within an hour. Shown only now.")


class PinIn(In):
    pin: Annotated[str, Field(max_length=40)] = Field(description="Six digits.")


@router.get("/shared-devices", summary="Shared devices that show a space you curate", responses=problems())
def listed(services: Use, viewer: Viewer) -> Items[DeviceOut]:
    with services.store.transaction() as tx:
        return all_of(DeviceOut.of(each) for each in devices.devices(tx, viewer.id))


@router.post(
    "/shared-devices",
    status_code=201,
    summary="Lend a device to spaces you curate",
    description="Whoever picks it up watches what those spaces allow; to write, they say who they are with a PIN.",
    responses=problems(403, 404),
)
def lend(services: Use, viewer: Viewer, response: Response, body: DeviceIn) -> DeviceMade:
    response.headers["Cache-Control"] = "no-store"
    with services.store.transaction() as tx:
        found = [spaces.space_by_public_id(tx, each, viewer.id) for each in body.spaces]
        for each in found:
            demand(viewer, Act.LEND_DEVICE, curates=spaces.curates(tx, viewer.id, each.id))
        made, code = devices.lend(tx, body.name, [each.id for each in found], by=viewer.id, now=services.now())
    return DeviceMade(id=made, code=code)


@router.delete(
    "/shared-devices/{device}",
    status_code=204,
    summary="Take a shared device back",
    description="It shows nothing any more, at once.",
    responses=problems(403, 404),
)
def take_back(services: Use, viewer: Viewer, device: DeviceId) -> None:
    with services.store.transaction() as tx:
        found = devices.device(tx, device, viewer.id)
        demand(viewer, Act.LEND_DEVICE, curates=True)  # or it would not have been found
        devices.take_back(tx, found.id, services.now())


@router.put("/me/pin", status_code=204, summary="Set your PIN for shared devices", responses=problems(403))
def set_pin(services: Use, viewer: Viewer, body: PinIn) -> None:
    change_pin(services, viewer, body.pin)


@router.delete("/me/pin", status_code=204, summary="Have no PIN any more", responses=problems(403))
def drop_pin(services: Use, viewer: Viewer) -> None:
    change_pin(services, viewer, None)


def change_pin(services: Services, viewer: Person, text: str | None) -> None:
    """Raises Invalid (`bad_pin`), Forbidden (`shared_device`)."""
    demand(viewer, Act.SET_PIN, own=True)
    kept = None if text is None else pin(text)
    with services.store.transaction() as tx:
        devices.set_pin(tx, viewer.id, kept, services.now())
