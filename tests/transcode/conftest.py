from pathlib import Path

import pytest

from transcode.jail import Jail


@pytest.fixture(scope="session")
def jail() -> Jail:
    return Jail()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"
