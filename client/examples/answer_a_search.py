"""Searches, prints where the answer is said, and asks at that second what is still open.

python answer_a_search.py https://tips.example.com TOKEN "bleed the brakes" "Which valve first?"
"""

import sys

from passiton_client import PassItOn


def main(house: PassItOn, words: str, question: str = "") -> None:
    found = house.get("search", q=words, limit=3)["items"]
    for hit in found:
        print(f"{hit['clip']['title']}, at {(hit['clip_ms'] or 0) / 1000:.0f} s")
    if found and question:
        clip, at_ms = found[0]["clip"]["id"], found[0]["clip_ms"] or 0
        said = house.post(f"clips/{clip}/comments", {"text": question, "kind": "question", "clip_at_ms": at_ms})
        print(f"asked as {said['id']}")


if __name__ == "__main__":
    server, token, *said = sys.argv[1:]
    main(PassItOn(server, token), *said)
