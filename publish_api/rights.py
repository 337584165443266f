"""Who may call what: every route of the app, said once.

A route says here what it asks: which Acts (domain/permit.py) it demands, of whoever sees what its path names; or
that it demands none. Who is let in at all its dependency decides (access.py), and that is said here too. The
description of the API reads this table, and the matrix (tests/publish_api/test_matrix.py) tries every route as every
kind of person on things of their own and of others, in their space and elsewhere: a route that is not here, or that
asks something else than it says, fails it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from domain.permit import Act


class Door(StrEnum):
    """Who is let in, before anything is asked of them; the dependencies of access.py."""

    EVERYBODY = "Everybody: nobody is asked who they are."  # none of them, or MaybeViewer
    SIGNED_IN = "Whoever is signed in; not a brief's guest."  # Viewer, Asks
    GUESTS = "Whoever is signed in, also a brief's guest."  # Guest
    FORMER_GUESTS = "Whoever is signed in, also a brief's guest, and one whose link has ended."  # Returning


@dataclass(frozen=True)
class Right:
    """`acts`: each that is demanded, by what is sent; none: it is enough to see what the path names.

    `or_own`: whose own it is needs no such right.
    """

    acts: tuple[Act, ...] = ()
    door: Door = Door.SIGNED_IN
    or_own: bool = False

    def said(self) -> str:
        """For the description of the API."""
        acts = " or ".join(f"“{act.value}”" for act in self.acts)
        own = ", or that it is one's own" if self.or_own else ""
        return f"{self.door.value} Asks for the right to {acts}{own}." if acts else self.door.value


SIGNED_IN = Right()
GUESTS = Right(door=Door.GUESTS)
FORMER_GUESTS = Right(door=Door.FORMER_GUESTS)
EVERYBODY = Right(door=Door.EVERYBODY)


def asks(*acts: Act, door: Door = Door.SIGNED_IN, or_own: bool = False) -> Right:
    return Right(acts, door, or_own)


# To bring somebody in, or up, takes another act by who that is (domain.permit.TO_BRING_IN).
_BRINGS_IN = asks(Act.INVITE, Act.GRANT_RIGHTS)
_READS = asks(Act.READ_TRANSCRIPT)
_CORRECTS = asks(Act.CORRECT_TRANSCRIPT)
_EDITS = asks(Act.EDIT_CLIP)
_SHARES = asks(Act.SHARE_DRAFT)
_REVIEWS = asks(Act.REVIEW)
_MAKES_REELS = asks(Act.MAKE_REEL)
_WRITES_BRIEFS = asks(Act.WRITE_BRIEF)
_LINKS = asks(Act.LINK_BRIEF)
_KEEPS_WORDS = asks(Act.CHANGE_VOCABULARY)
_KEEPS_GLOSSARY = asks(Act.CHANGE_GLOSSARY)
_TIDIES_GLOSSARY = asks(Act.REVIEW, Act.CHANGE_GLOSSARY)
_TIDIES_WORDS = asks(Act.CHANGE_VOCABULARY, Act.REVIEW)  # a page that says what is wrong shows the list again
_MEMBERS = asks(Act.CHANGE_MEMBERS, Act.GRANT_RIGHTS)
_TAKES_ALONG = asks(Act.DOWNLOAD_CLIP)
_KEEPS = asks(Act.KEEP_FOR_ONESELF)
_REPORTS = asks(Act.REPORT)
_ANSWERS_CONSENT = asks(Act.SAY_CONSENT, Act.NOTE_CONSENT)

RIGHTS: dict[str, Right] = {
    # what is asked of nobody
    "GET /openapi.json": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /m/{rendition}/{piece}/{mac}": EVERYBODY,  # the address is the right: its MAC
    "POST /api/v1/sessions": EVERYBODY,
    "DELETE /api/v1/sessions": EVERYBODY,
    "GET /static/{path:path}": EVERYBODY,
    "GET /offline": EVERYBODY,
    "GET /sw.js": EVERYBODY,
    "GET /app.webmanifest": EVERYBODY,
    "POST /language": EVERYBODY,
    "GET /share": EVERYBODY,
    "POST /share": EVERYBODY,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /sign-in/{token}": EVERYBODY,
    "POST /sign-in/{token}": EVERYBODY,
    "POST /sign-out": EVERYBODY,
    "GET /single-sign-on": EVERYBODY,
    "GET /single-sign-on/back": EVERYBODY,
    "GET /b/{token}": EVERYBODY,
    "POST /b/{token}": EVERYBODY,
    "GET /brief/{token}": EVERYBODY,
    "POST /brief/{token}": EVERYBODY,
    "GET /consent/{token}": EVERYBODY,
    "POST /consent/{token}": EVERYBODY,
    "GET /consent/{token}/poster.jpg": EVERYBODY,
    "GET /people/{person_id}/sign-in-links": EVERYBODY,  # leads to the list, which is closed
    # uploads and recordings
    "OPTIONS /api/v1/uploads": EVERYBODY,
    "POST /api/v1/uploads": asks(Act.UPLOAD, Act.ANSWER_BRIEF, door=Door.GUESTS),
    "HEAD /api/v1/uploads/{upload_id}": FORMER_GUESTS,
    "PATCH /api/v1/uploads/{upload_id}": GUESTS,
    "DELETE /api/v1/uploads/{upload_id}": FORMER_GUESTS,
    "GET /api/v1/recordings": FORMER_GUESTS,
    "GET /api/v1/recordings/{id}": FORMER_GUESTS,
    "PATCH /api/v1/recordings/{id}": GUESTS,  # whoever sees a recording may name it
    "DELETE /api/v1/recordings/{id}": asks(Act.DELETE_RECORDING, door=Door.FORMER_GUESTS),
    "POST /api/v1/recordings/{id}/attempts": asks(Act.RETRY, door=Door.GUESTS),
    "GET /api/v1/recordings/{id}/clips": SIGNED_IN,
    "GET /api/v1/recordings/{id}/play.m3u8": FORMER_GUESTS,
    "GET /api/v1/recordings/{id}/play/{name}.m3u8": FORMER_GUESTS,
    "GET /api/v1/recordings/{id}/storyboard.vtt": FORMER_GUESTS,
    "GET /api/v1/recordings/{id}/waveform": _READS,
    "GET /api/v1/recordings/{id}/poster.jpg": FORMER_GUESTS,
    "GET /api/v1/recordings/{id}/echo": FORMER_GUESTS,
    "PUT /api/v1/recordings/{id}/film": asks(Act.SAY_OF_FILM, door=Door.GUESTS),
    "DELETE /api/v1/recordings/{id}/film": asks(Act.SAY_OF_FILM, door=Door.GUESTS),
    "POST /api/v1/recordings/{id}/hearings": asks(Act.HEAR_AGAIN),
    "GET /api/v1/recordings/{id}/cut": asks(Act.CUT_AGAIN),
    "POST /api/v1/recordings/{id}/cut": asks(Act.CUT_AGAIN),
    "GET /record": asks(Act.UPLOAD, Act.ANSWER_BRIEF, door=Door.GUESTS),
    "GET /recordings": FORMER_GUESTS,
    "GET /recordings/{recording_id}": FORMER_GUESTS,
    "GET /recordings/{recording_id}/standing": FORMER_GUESTS,
    "POST /recordings/{recording_id}": GUESTS,
    "POST /recordings/{recording_id}/attempts": asks(Act.RETRY, door=Door.GUESTS),
    "POST /recordings/{recording_id}/hearings": asks(Act.HEAR_AGAIN),
    "POST /recordings/{recording_id}/voice": asks(Act.SAY_OF_FILM, door=Door.GUESTS),
    "POST /recordings/{recording_id}/deletion": asks(Act.DELETE_RECORDING, door=Door.FORMER_GUESTS),
    "GET /recordings/{recording_id}/cut": asks(Act.CUT_AGAIN),
    "GET /recordings/{recording_id}/cut/pieces": asks(Act.CUT_AGAIN),
    "POST /recordings/{recording_id}/cut": asks(Act.CUT_AGAIN),
    # what is written down of them
    "GET /api/v1/recordings/{id}/transcript": _READS,
    "GET /api/v1/recordings/{id}/transcript.vtt": _READS,
    "GET /api/v1/recordings/{id}/transcript.srt": _READS,
    "GET /api/v1/recordings/{id}/transcript/changes": _READS,
    "PATCH /api/v1/recordings/{id}/transcript": _CORRECTS,
    "POST /api/v1/recordings/{id}/transcript/replacements": _CORRECTS,
    "DELETE /api/v1/recordings/{id}/transcript/changes/{version}": _CORRECTS,
    "GET /api/v1/recordings/{id}/captions": _READS,
    "PUT /api/v1/recordings/{id}/captions/{language}": asks(Act.CHANGE_CAPTIONS),
    "DELETE /api/v1/recordings/{id}/captions/{language}": asks(Act.CHANGE_CAPTIONS),
    "GET /api/v1/recordings/{id}/captions/{language}.vtt": _READS,
    "GET /api/v1/recordings/{id}/captions/{language}.srt": _READS,
    "POST /api/v1/recordings/{id}/translations": asks(Act.TRANSLATE),
    "GET /api/v1/phrases": SIGNED_IN,
    "POST /api/v1/phrases/replacements": _CORRECTS,
    "DELETE /api/v1/phrases/replacements/{id}": _CORRECTS,
    "GET /recordings/{recording_id}/words": _CORRECTS,
    "POST /recordings/{recording_id}/words/captions": asks(Act.CHANGE_CAPTIONS),
    "POST /recordings/{recording_id}/words/captions/{language}/removal": asks(Act.CHANGE_CAPTIONS),
    "POST /recordings/{recording_id}/words/translation": asks(Act.TRANSLATE, Act.CORRECT_TRANSCRIPT),
    "GET /api/v1/glossary": _REVIEWS,
    "POST /api/v1/glossary": _KEEPS_GLOSSARY,
    "DELETE /api/v1/glossary/{id}": _TIDIES_GLOSSARY,
    "GET /glossary": _REVIEWS,
    "POST /glossary": _TIDIES_GLOSSARY,
    "POST /glossary/{term_id}/removal": _TIDIES_GLOSSARY,
    # what is taken out of every clip
    "GET /api/v1/recordings/{id}/recalls": asks(Act.RECALL),
    "GET /api/v1/recordings/{id}/recalls/reach": asks(Act.RECALL),
    "POST /api/v1/recordings/{id}/recalls": asks(Act.RECALL),
    "GET /api/v1/recalls/{id}": SIGNED_IN,
    "DELETE /api/v1/recalls/{id}": asks(Act.UNDO_RECALL),
    "GET /api/v1/recordings/{id}/covers": asks(Act.COVER),
    "POST /api/v1/recordings/{id}/covers": asks(Act.COVER),
    "GET /api/v1/covers/{id}": SIGNED_IN,
    "DELETE /api/v1/covers/{id}": asks(Act.UNCOVER),
    "GET /recordings/{recording_id}/recalls": asks(Act.RECALL),
    "GET /recordings/{recording_id}/recalls/reach": asks(Act.RECALL),
    "POST /recordings/{recording_id}/recalls": asks(Act.RECALL),
    "POST /recordings/{recording_id}/recalls/{recall_id}/undoing": asks(Act.UNDO_RECALL),
    # briefs
    "GET /api/v1/briefs": SIGNED_IN,
    "POST /api/v1/briefs": _WRITES_BRIEFS,
    "GET /api/v1/briefs/{id}": GUESTS,
    "PATCH /api/v1/briefs/{id}": _WRITES_BRIEFS,
    "PUT /api/v1/briefs/{id}/closing": _WRITES_BRIEFS,
    "DELETE /api/v1/briefs/{id}/closing": _WRITES_BRIEFS,
    "GET /api/v1/briefs/{id}/links": _LINKS,
    "POST /api/v1/briefs/{id}/links": _LINKS,
    "DELETE /api/v1/briefs/{id}/links/{link}": _LINKS,
    "DELETE /api/v1/briefs/{id}/links/{link}/devices/{device}": _LINKS,
    "GET /api/v1/briefs/{id}/devices": _LINKS,
    "DELETE /api/v1/briefs/{id}/devices/{device}": _LINKS,
    "GET /briefs": SIGNED_IN,
    "GET /briefs/new": asks(Act.ASK_EXPERTS),
    "POST /briefs": _WRITES_BRIEFS,
    "GET /briefs/{brief_id}": _LINKS,
    "GET /briefs/{brief_id}/edit": _WRITES_BRIEFS,
    "POST /briefs/{brief_id}": _WRITES_BRIEFS,
    "POST /briefs/{brief_id}/closing": _WRITES_BRIEFS,
    "POST /briefs/{brief_id}/opening": _WRITES_BRIEFS,
    "GET /briefs/{brief_id}/links": SIGNED_IN,  # leads to the brief
    "POST /briefs/{brief_id}/links": _LINKS,
    "POST /briefs/{brief_id}/links/{link}/end": _LINKS,
    "POST /briefs/{brief_id}/links/{link}/devices/{device}/end": _LINKS,
    "POST /briefs/{brief_id}/devices/{device}/end": _LINKS,
    # clips
    "GET /api/v1/clips": SIGNED_IN,
    "GET /api/v1/clips/{id}": SIGNED_IN,
    "PATCH /api/v1/clips/{id}": _EDITS,
    "DELETE /api/v1/clips/{id}": _EDITS,
    "PUT /api/v1/clips/{id}/publication": asks(Act.PUBLISH_CLIP, Act.PUBLISH_FIRST),
    "DELETE /api/v1/clips/{id}/publication": asks(Act.PULL_BACK),
    "POST /api/v1/clips/{id}/pullbacks": asks(Act.PUBLISH_CLIP),
    "GET /api/v1/clips/{id}/circle": SIGNED_IN,
    "GET /api/v1/clips/{id}/circle/comments": SIGNED_IN,
    "GET /api/v1/clips/{id}/circle/candidates": _SHARES,
    "PUT /api/v1/clips/{id}/circle/people/{person}": _SHARES,
    "DELETE /api/v1/clips/{id}/circle/people/{person}": _SHARES,
    "PUT /api/v1/clips/{id}/circle/spaces/{space}": _SHARES,
    "DELETE /api/v1/clips/{id}/circle/spaces/{space}": _SHARES,
    "GET /api/v1/recordings/{id}/circle": _SHARES,
    "GET /api/v1/recordings/{id}/circle/candidates": _SHARES,
    "PUT /api/v1/recordings/{id}/circle/people/{person}": _SHARES,
    "DELETE /api/v1/recordings/{id}/circle/people/{person}": _SHARES,
    "PUT /api/v1/recordings/{id}/circle/spaces/{space}": _SHARES,
    "DELETE /api/v1/recordings/{id}/circle/spaces/{space}": _SHARES,
    "GET /api/v1/me/drafts": SIGNED_IN,
    "GET /api/v1/spaces/{id}/trusted": asks(Act.TRUST),
    "PUT /api/v1/spaces/{id}/trusted/{person}": asks(Act.TRUST),
    "DELETE /api/v1/spaces/{id}/trusted/{person}": asks(Act.TRUST),
    "GET /api/v1/review": _REVIEWS,
    "POST /api/v1/clips/taggings": _EDITS,  # each clip asks for itself: what is refused is listed, or said if all is
    "GET /api/v1/review/numbers": _REVIEWS,
    "GET /api/v1/clips/{id}/approval": asks(Act.READ_HISTORY),
    "PUT /api/v1/clips/{id}/approval": asks(Act.APPROVE_CLIP),
    "GET /api/v1/clips/{id}/approvers": asks(Act.APPROVE_CLIP),
    "GET /api/v1/clips/{id}/possible": _EDITS,
    "PUT /api/v1/clips/{id}/proposal": asks(Act.PUBLISH_CLIP),
    "POST /api/v1/clips/{id}/halves": _EDITS,
    "POST /api/v1/clips/{id}/joins": _EDITS,
    "DELETE /api/v1/clips/{id}/joins": _EDITS,
    "GET /api/v1/clips/{id}/history": asks(Act.READ_HISTORY),
    "PUT /api/v1/clips/{id}/history/{number}/restoration": _EDITS,
    "GET /api/v1/clips/{id}/suggestions": _EDITS,
    "POST /api/v1/clips/{id}/suggestions/draft": _EDITS,
    "POST /api/v1/clips/{id}/suggestions/question": _EDITS,
    "GET /api/v1/clips/{id}/play.m3u8": SIGNED_IN,
    "GET /api/v1/clips/{id}/play/{name}.m3u8": SIGNED_IN,
    "GET /api/v1/clips/{id}/play/captions-{language}-{part}.vtt": SIGNED_IN,
    "GET /api/v1/clips/{id}/play/captions-{part}.vtt": SIGNED_IN,
    "GET /api/v1/clips/{id}/captions": SIGNED_IN,
    "GET /api/v1/clips/{id}/captions.vtt": SIGNED_IN,
    "GET /api/v1/clips/{id}/storyboard.vtt": SIGNED_IN,
    "GET /api/v1/clips/{id}/poster.jpg": SIGNED_IN,
    "GET /api/v1/clips/{id}/download.mp4": _TAKES_ALONG,
    "GET /api/v1/clips/{id}/download.m4a": _TAKES_ALONG,
    "GET /api/v1/clips/{id}/download.srt": _TAKES_ALONG,
    "GET /api/v1/clips/{id}/download.vtt": _TAKES_ALONG,
    "GET /api/v1/clips/{id}/download.txt": _TAKES_ALONG,
    "GET /api/v1/events": SIGNED_IN,
    "GET /": SIGNED_IN,
    "GET /clips/{clip_id}": SIGNED_IN,
    "GET /clips/{clip_id}/thread": SIGNED_IN,
    "GET /clips/{clip_id}/circle": SIGNED_IN,
    "POST /clips/{clip_id}/circle": _SHARES,
    "GET /clips/{clip_id}/draft": SIGNED_IN,
    "POST /clips/{clip_id}/publication": asks(Act.PULL_BACK, Act.PUBLISH_CLIP, Act.PUBLISH_FIRST),
    "GET /recordings/{recording_id}/circle": SIGNED_IN,
    "POST /recordings/{recording_id}/circle": _SHARES,
    "GET /drafts": SIGNED_IN,
    "POST /spaces/{space_id}/trusted": asks(Act.TRUST),
    "POST /review/{clip_id}/looked": asks(Act.PUBLISH_CLIP, Act.PUBLISH_FIRST),
    "POST /review/{clip_id}/pullback": asks(Act.PUBLISH_CLIP),
    "GET /comments/{comment_id}/history": SIGNED_IN,
    "GET /clips/{clip_id}/along": SIGNED_IN,
    "GET /review": _REVIEWS,
    "GET /review/{clip_id}": _EDITS,
    "GET /review/{clip_id}/queue": _EDITS,
    "GET /review/{clip_id}/history": asks(Act.READ_HISTORY),
    # finding
    "GET /api/v1/search": SIGNED_IN,
    "GET /api/v1/search/suggestions": SIGNED_IN,
    "GET /api/v1/search/missed": asks(Act.READ_MISSED),
    "GET /api/v1/tags": SIGNED_IN,
    "GET /search": SIGNED_IN,
    "GET /searches": asks(Act.READ_MISSED),
    "POST /searches/removal": asks(Act.READ_MISSED),
    "GET /api/v1/tags/vocabulary": _REVIEWS,
    "GET /api/v1/tags/vocabulary.csv": _REVIEWS,
    "POST /api/v1/tags/vocabulary": _KEEPS_WORDS,
    "POST /api/v1/tags/vocabulary/list": _KEEPS_WORDS,
    "GET /api/v1/tags/vocabulary/{id}": _REVIEWS,
    "PATCH /api/v1/tags/vocabulary/{id}": _KEEPS_WORDS,
    "POST /api/v1/tags/vocabulary/{id}/merger": _KEEPS_WORDS,
    "DELETE /api/v1/tags/vocabulary/{id}": _KEEPS_WORDS,
    "GET /tags": SIGNED_IN,
    "POST /tags": _TIDIES_WORDS,
    "POST /tags/words": _TIDIES_WORDS,
    "POST /tags/{term_id}": _TIDIES_WORDS,
    "POST /tags/{term_id}/merger": _TIDIES_WORDS,
    "POST /tags/{term_id}/removal": _TIDIES_WORDS,
    "GET /tags/{name:path}": SIGNED_IN,
    # comments
    "GET /api/v1/clips/{id}/comments": SIGNED_IN,
    "POST /api/v1/clips/{id}/comments": asks(Act.COMMENT),
    "POST /api/v1/clips/{id}/voices": asks(Act.COMMENT),
    "GET /api/v1/comments/{id}": SIGNED_IN,
    "PATCH /api/v1/comments/{id}": asks(Act.EDIT_COMMENT),
    "DELETE /api/v1/comments/{id}": asks(Act.DELETE_COMMENT),
    "GET /api/v1/comments/{id}/history": SIGNED_IN,
    "GET /api/v1/clips/{id}/mentionable": asks(Act.COMMENT),
    "POST /api/v1/comments/{id}/unmaskings": asks(Act.UNMASK),
    "GET /api/v1/comments/{id}/unmaskings": asks(Act.UNMASK, or_own=True),
    "GET /api/v1/clips/{id}/reactions": SIGNED_IN,
    "PUT /api/v1/clips/{id}/reactions/{kind}": asks(Act.REACT),
    "DELETE /api/v1/clips/{id}/reactions/{kind}": asks(Act.REACT),
    "PUT /api/v1/comments/{id}/reactions/{kind}": asks(Act.REACT),
    "DELETE /api/v1/comments/{id}/reactions/{kind}": asks(Act.REACT),
    "PUT /api/v1/comments/{id}/acceptance": asks(Act.ACCEPT_ANSWER),
    "DELETE /api/v1/comments/{id}/acceptance": asks(Act.ACCEPT_ANSWER),
    "PUT /api/v1/comments/{id}/resolution": asks(Act.RESOLVE_COMMENT, Act.ANSWER_CORRECTION),
    "DELETE /api/v1/comments/{id}/resolution": asks(Act.RESOLVE_COMMENT, Act.ANSWER_CORRECTION),
    "GET /api/v1/comments/{id}/outcomes": SIGNED_IN,
    "GET /api/v1/corrections": SIGNED_IN,  # those that one may answer
    "GET /corrections": SIGNED_IN,
    "GET /corrections/{comment_id}": asks(Act.ANSWER_CORRECTION),
    "POST /corrections/{comment_id}": asks(Act.ANSWER_CORRECTION),
    "POST /corrections/{comment_id}/reopening": asks(Act.ANSWER_CORRECTION),
    "POST /clips/{clip_id}/comments": asks(Act.COMMENT),
    # what should not stand there
    "POST /api/v1/comments/{id}/reports": _REPORTS,
    "POST /api/v1/clips/{id}/reports": _REPORTS,
    "GET /api/v1/me/reports": SIGNED_IN,
    "GET /api/v1/reports": _REVIEWS,
    "PUT /api/v1/reports/{id}/resolution": asks(Act.MODERATE),
    "PUT /api/v1/reports/{id}/reporter": asks(Act.MODERATE),
    "DELETE /api/v1/comments/{id}/removal": asks(Act.MODERATE),
    "GET /comments/{comment_id}/report": _REPORTS,
    "POST /comments/{comment_id}/report": _REPORTS,
    "GET /clips/{clip_id}/report": _REPORTS,
    "POST /clips/{clip_id}/report": _REPORTS,
    "GET /reports": SIGNED_IN,
    "GET /api/v1/audit": asks(Act.READ_ACTS),
    "GET /audit": asks(Act.READ_ACTS),
    "GET /moderation": _REVIEWS,
    "POST /moderation/{report_id}": asks(Act.MODERATE, Act.REVIEW),  # what is refused shows the queue again
    "POST /moderation/{report_id}/reporter": asks(Act.MODERATE),
    "POST /moderation/comments/{comment_id}/restoration": asks(Act.MODERATE),
    # what one keeps for oneself
    "GET /api/v1/me/home": SIGNED_IN,
    "GET /api/v1/me/history": SIGNED_IN,
    "PUT /api/v1/me/history": _KEEPS,
    "DELETE /api/v1/me/history": _KEEPS,
    "PUT /api/v1/me/history/{id}": _KEEPS,
    "DELETE /api/v1/me/history/{id}": _KEEPS,
    "GET /api/v1/me/saved": SIGNED_IN,
    "PUT /api/v1/me/saved/{id}": _KEEPS,
    "DELETE /api/v1/me/saved/{id}": _KEEPS,
    "GET /api/v1/notices": SIGNED_IN,
    "PUT /api/v1/notices/seen": _KEEPS,
    "PUT /api/v1/notices/{id}/seen": _KEEPS,
    "GET /api/v1/me/ways": SIGNED_IN,
    "PUT /api/v1/me/ways": _KEEPS,
    "GET /api/v1/me/mail": SIGNED_IN,
    "PUT /api/v1/me/mail/address": asks(Act.SET_MAIL),
    "PUT /api/v1/me/mail/rhythm": asks(Act.SET_MAIL),
    "DELETE /api/v1/me/mail": asks(Act.SET_MAIL),
    "GET /inbox": SIGNED_IN,
    "GET /inbox/settings": SIGNED_IN,
    "POST /inbox/settings": _KEEPS,
    "POST /inbox/settings/address": asks(Act.SET_MAIL),
    "POST /inbox/settings/rhythm": asks(Act.SET_MAIL),
    "POST /inbox/settings/no-address": asks(Act.SET_MAIL),
    "GET /mail/confirm/{token}": EVERYBODY,
    "POST /mail/confirm/{token}": EVERYBODY,
    "GET /mail/stop/{token}": EVERYBODY,
    "POST /mail/stop/{token}": EVERYBODY,
    "GET /inbox/{notice_id}": SIGNED_IN,
    "POST /inbox/seen": _KEEPS,
    "GET /api/v1/me/following": SIGNED_IN,
    "PUT /api/v1/me/following/{kind}/{id:path}": _KEEPS,
    "DELETE /api/v1/me/following/{kind}/{id:path}": _KEEPS,
    "GET /watched": SIGNED_IN,
    "POST /watched/removal": _KEEPS,
    "POST /watched/keeping": _KEEPS,
    "GET /saved": SIGNED_IN,
    "POST /saved/{clip_id}": _KEEPS,
    "GET /following": SIGNED_IN,
    "POST /following/{kind}/{id_:path}": _KEEPS,
    # reels
    "GET /api/v1/reels": SIGNED_IN,
    "POST /api/v1/reels": _MAKES_REELS,
    "GET /api/v1/reels/{id}": SIGNED_IN,
    "PATCH /api/v1/reels/{id}": _MAKES_REELS,
    "DELETE /api/v1/reels/{id}": _MAKES_REELS,
    "POST /api/v1/reels/{id}/attempts": _MAKES_REELS,
    "GET /api/v1/reels/{id}/film.mp4": asks(Act.WATCH_REEL),
    "GET /api/v1/reels/{id}/cover.jpg": asks(Act.WATCH_REEL),
    "GET /reels": SIGNED_IN,
    "GET /reels/new": _MAKES_REELS,
    "POST /reels": _MAKES_REELS,
    "GET /reels/{reel_id}": SIGNED_IN,
    "GET /reels/{reel_id}/edit": _MAKES_REELS,
    "POST /reels/{reel_id}": _MAKES_REELS,
    "POST /reels/{reel_id}/attempts": _MAKES_REELS,
    "POST /reels/{reel_id}/deletion": _MAKES_REELS,
    # who is shown
    "GET /api/v1/recordings/{id}/appearances": FORMER_GUESTS,
    "POST /api/v1/recordings/{id}/appearances": asks(Act.NAME_PEOPLE, Act.NOTE_CONSENT, door=Door.GUESTS),
    "DELETE /api/v1/appearances/{id}": asks(Act.UNNAME_PEOPLE),
    "POST /api/v1/appearances/{id}/links": asks(Act.ASK_CONSENT, door=Door.GUESTS),
    "PUT /api/v1/appearances/{id}/agreement": _ANSWERS_CONSENT,
    "DELETE /api/v1/appearances/{id}/agreement": asks(Act.TAKE_BACK_CONSENT, door=Door.FORMER_GUESTS),
    "POST /api/v1/clips/{id}/takedowns": asks(Act.ASK_TAKEDOWN),
    "GET /api/v1/takedowns": _REVIEWS,
    "PUT /api/v1/takedowns/{id}/resolution": asks(Act.SETTLE_TAKEDOWN),
    "GET /consent": SIGNED_IN,
    "GET /takedowns": _REVIEWS,
    "POST /takedowns/{takedown_id}/resolution": asks(Act.SETTLE_TAKEDOWN),
    "POST /clips/{clip_id}/takedowns": asks(Act.ASK_TAKEDOWN),
    "POST /recordings/{recording_id}/appearances": asks(Act.NAME_PEOPLE, Act.NOTE_CONSENT, door=Door.GUESTS),
    "POST /appearances/{appearance_id}/link": asks(Act.ASK_CONSENT, door=Door.GUESTS),
    "GET /appearances/{appearance_id}/link": GUESTS,
    "POST /appearances/{appearance_id}/agreement": _ANSWERS_CONSENT,
    "POST /appearances/{appearance_id}/withdrawal": asks(Act.TAKE_BACK_CONSENT, door=Door.FORMER_GUESTS),
    "POST /appearances/{appearance_id}/removal": asks(Act.UNNAME_PEOPLE),
    # people and spaces
    "GET /api/v1/me": SIGNED_IN,
    "GET /api/v1/me/sessions": SIGNED_IN,
    "DELETE /api/v1/me/sessions": asks(Act.END_SESSION),
    "DELETE /api/v1/me/sessions/{session}": asks(Act.END_SESSION),
    "GET /api/v1/me/work-accounts": SIGNED_IN,
    "DELETE /api/v1/me/work-accounts": asks(Act.END_SESSION),
    "GET /api/v1/me/tokens": SIGNED_IN,
    "POST /api/v1/me/tokens": asks(Act.MAKE_TOKEN),
    "DELETE /api/v1/me/tokens/{token}": asks(Act.MAKE_TOKEN),
    "PUT /api/v1/me/pin": asks(Act.SET_PIN),
    "DELETE /api/v1/me/pin": asks(Act.SET_PIN),
    "POST /account/pin": asks(Act.SET_PIN),
    "POST /account/pin/end": asks(Act.SET_PIN),
    "GET /api/v1/shared-devices": SIGNED_IN,
    "POST /api/v1/shared-devices": asks(Act.LEND_DEVICE),
    "DELETE /api/v1/shared-devices/{device}": asks(Act.LEND_DEVICE),
    "GET /shared-devices": SIGNED_IN,
    "POST /shared-devices": asks(Act.LEND_DEVICE),
    "POST /shared-devices/{device_id}/end": asks(Act.LEND_DEVICE),
    "GET /device": EVERYBODY,
    "POST /device": EVERYBODY,
    "GET /unlock": EVERYBODY,
    "POST /unlock": EVERYBODY,
    "POST /lock": EVERYBODY,
    "GET /api/v1/people/{id}/sessions": asks(Act.END_SESSION),
    "DELETE /api/v1/people/{id}/sessions": asks(Act.END_SESSION),
    "POST /api/v1/people/{id}/exports": asks(Act.TAKE_DATA),
    "GET /api/v1/people/{id}/exports": asks(Act.TAKE_DATA),
    "GET /api/v1/people/{id}/exports/{export}/data.zip": asks(Act.TAKE_DATA),
    "GET /api/v1/people/{id}/erasure": asks(Act.ERASE),
    "PUT /api/v1/people/{id}/erasure": asks(Act.ERASE),
    "DELETE /api/v1/people/{id}/erasure": asks(Act.ERASE),
    "GET /people/{person_id}/data": asks(Act.TAKE_DATA),
    "POST /people/{person_id}/data/exports": asks(Act.TAKE_DATA),
    "POST /people/{person_id}/data/erasure": asks(Act.ERASE),
    "POST /people/{person_id}/data/erasure/end": asks(Act.ERASE),
    "GET /account": SIGNED_IN,
    "POST /account/sessions/others": asks(Act.END_SESSION),
    "POST /account/sessions/{session_id}": asks(Act.END_SESSION),
    "GET /account/tokens": EVERYBODY,  # leads to the account, which is closed
    "POST /account/tokens": asks(Act.MAKE_TOKEN),
    "POST /account/tokens/{token_id}": asks(Act.MAKE_TOKEN),
    "POST /account/work-accounts": asks(Act.END_SESSION),
    "POST /people/{person_id}/sessions": asks(Act.END_SESSION),
    "GET /api/v1/people": asks(Act.INVITE),
    "GET /api/v1/people/{id}": SIGNED_IN,
    "POST /api/v1/people": _BRINGS_IN,
    "PATCH /api/v1/people/{id}": _BRINGS_IN,
    "DELETE /api/v1/people/{id}": asks(Act.END_STAY),
    "POST /api/v1/people/{id}/sign-in-links": _BRINGS_IN,
    "GET /api/v1/spaces": SIGNED_IN,
    "POST /api/v1/spaces": asks(Act.MAKE_SPACE),
    "PATCH /api/v1/spaces/{id}": asks(Act.ALLOW_DOWNLOADS, Act.CHANGE_SPACE),
    "GET /api/v1/spaces/{id}/members": SIGNED_IN,
    "PUT /api/v1/spaces/{id}/members/{person}": _MEMBERS,
    "DELETE /api/v1/spaces/{id}/members/{person}": _MEMBERS,
    "GET /people": asks(Act.INVITE),
    "GET /people/{person_id}": SIGNED_IN,
    "POST /people": _BRINGS_IN,
    "POST /people/{person_id}/sign-in-links": _BRINGS_IN,
    "POST /people/{person_id}/role": _BRINGS_IN,
    "POST /people/{person_id}/leaving": asks(Act.END_STAY, Act.INVITE),  # what cannot be said shows the list again
    "PUT /api/v1/recordings/{id}/space": asks(Act.MOVE),
    "PUT /api/v1/clips/{id}/space": asks(Act.MOVE),
    "GET /recordings/{recording_id}/space": asks(Act.MOVE),
    "POST /recordings/{recording_id}/space": asks(Act.MOVE),
    "GET /clips/{clip_id}/space": asks(Act.MOVE),
    "POST /clips/{clip_id}/space": asks(Act.MOVE),
    "GET /spaces": _REVIEWS,
    "POST /spaces": asks(Act.MAKE_SPACE),
    "GET /spaces/{space_id}": asks(Act.CHANGE_MEMBERS),
    "POST /spaces/{space_id}": asks(Act.CHANGE_SPACE),
    "POST /spaces/{space_id}/members": _MEMBERS,
    "POST /spaces/{space_id}/members/{person_id}": _MEMBERS,
    "POST /spaces/{space_id}/downloads": asks(Act.ALLOW_DOWNLOADS),
    "POST /spaces/{space_id}/unfurls": asks(Act.CHANGE_SPACE),
}


def routes_of(app: FastAPI) -> Iterator[tuple[str, RouteContext]]:
    """Every route, as RIGHTS names it. HEAD beside GET is the same route."""
    routes = [(method, route) for route in iter_route_contexts(app.routes) for method in sorted(route.methods or ())]
    read = {route.path for method, route in routes if method == "GET"}
    for method, route in routes:
        if method != "HEAD" or route.path not in read:
            yield f"{method} {route.path}", route


def describe(contract: dict[str, Any]) -> None:
    """Writes into the OpenAPI description of the API who may call what: for readers, and as `x-asks`."""
    rights = {re.sub(r":\w+}", "}", name): right for name, right in RIGHTS.items()}
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            right = rights.get(f"{method.upper()} {path}")
            if right is not None:
                before = f"{operation['description']}\n\n" if operation.get("description") else ""
                operation["description"] = f"{before}{right.said()}"
                operation["x-asks"] = [act.name.lower() for act in right.acts]
                if right.door is not Door.EVERYBODY:
                    operation.setdefault("security", [{"token": []}, {"session": []}])
