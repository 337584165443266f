"""A house with a film of numbered frames in it: what several files begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.pipeline.filmed import Film, House, ten_seconds


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return ten_seconds(tmp_path_factory.mktemp("film"))


@pytest.fixture
def house(store: Store, objects: Folder, people: People, tmp_path: Path) -> Iterator[House]:
    house = House(store, objects, people, tmp_path)
    with house.client:
        yield house
