"""A reel with a film of a few bytes, put in as its worker leaves it."""

from domain.clip import Clip
from domain.person import Person
from domain.reel import Shape
from publish_api.services import Services
from store import keys, reel_films, reels, spaces
from store.reel_films import Making

FILM = bytes(range(256)) * 40  # 10,240 bytes
COVER = b"a picture"


def a_reel(services: Services, by: Person, *clips: Clip, title: str = "This week") -> str:
    """Its space lets its clips be taken along. Its public id."""
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, clips[0].space_id, True)
        return reels.make(
            tx,
            space_id=clips[0].space_id,
            by=by.id,
            title=title,
            shape=Shape.LANDSCAPE,
            captions=True,
            clips=[clip.public_id for clip in clips],
            now=services.now(),
        )


def begun(services: Services, reel: str, by: Person) -> Making:
    with services.store.transaction() as tx:
        making = reel_films.begin(tx, reels.reel(tx, reel, by.id).id, services.now())
        assert making is not None
        reel_films.promise(tx, making, services.now())
    services.objects.put_bytes(keys.film(making.film_id), FILM)
    services.objects.put_bytes(keys.cover(making.film_id), COVER)
    return making


def filmed(services: Services, reel: str, by: Person) -> Making:
    making = begun(services, reel, by)
    with services.store.transaction() as tx:
        assert reel_films.done(tx, making, byte_size=len(FILM), length_ms=24_000, now=services.now())
    return making
