"""Publishes every clip that waits in the spaces you curate, with a tag that all of them get.

python publish_what_waits.py https://tips.example.com TOKEN hygiene
"""

import sys

from passiton_client import PassItOn, Refused


def main(house: PassItOn, tag: str) -> None:
    for clip in list(house.items("clips", review=True)):
        path = f"clips/{clip['id']}"
        seen = house.see(path)
        try:
            if tag not in seen.value["tags"]:
                house.change(path, {"tags": [*seen.value["tags"], tag]}, seen)
            house.put(f"{path}/publication")
        except Refused as refused:  # somebody is at work on it, or somebody it shows has not agreed yet
            print(f"{clip['title']}: {refused.message}")
            continue
        print(f"{clip['title']}: published")


if __name__ == "__main__":
    server, token, word = sys.argv[1:]
    main(PassItOn(server, token), word)
