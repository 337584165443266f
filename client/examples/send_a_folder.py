"""Sends every film of a folder, and says what has become of it.

python send_a_folder.py https://tips.example.com TOKEN FOLDER
"""

import sys
from pathlib import Path

from passiton_client import PassItOn, Refused


def main(house: PassItOn, folder: Path) -> None:
    for file in sorted(folder.glob("*.mp4")):
        try:
            recording = house.upload(file, title=file.stem.replace("_", " "))
        except Refused as refused:
            print(f"{file.name}: {refused.message}")
        else:
            print(f"{file.name}: recording {recording}")


if __name__ == "__main__":
    server, token, where = sys.argv[1:]
    main(PassItOn(server, token), Path(where))
