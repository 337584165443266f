# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Who sees what, in SQL: conditions on a recording `r` or a clip `c` for the person %(viewer)s.

Who has left the house is in no row of `viewer_space` and owns nothing.
"""

_LIVES = "exists (select from person where id = %(viewer)s and left_at is null)"

OWN = f"(%(viewer)s in (r.uploader_id, r.speaker_id) and {_LIVES})"
CURATES = """exists (
    select from viewer_space v where v.person_id = %(viewer)s and v.space_id = r.space_id and v.curates)"""

# What a brief's guest may see (`Person.briefs`): their own, sent for one of these.
OWN_FOR = f"({OWN} and r.brief_id = any(%(briefs)s))"

# A clip is one's own when one uploaded, or speaks in, a recording that it has a part of.
OWN_CLIP = f"""(exists (
    select from clip_part p join recording r on r.id = p.recording_id
    where p.clip_id = c.id and %(viewer)s in (r.uploader_id, r.speaker_id)) and {_LIVES})"""
SEES_SPACE = "exists (select from viewer_space v where v.person_id = %(viewer)s and v.space_id = c.space_id)"
# The same for queries that look at thousands of clips: which spaces those are is asked once.
IN_SEEN_SPACE = """c.space_id = any(array(
    select v.space_id from viewer_space v where v.person_id = %(viewer)s))"""
CURATES_CLIP = """exists (
    select from viewer_space v where v.person_id = %(viewer)s and v.space_id = c.space_id and v.curates)"""
SEES_CLIP = f"((c.published_at is not null and {SEES_SPACE}) or {OWN_CLIP} or {CURATES_CLIP})"

# A comment `m`, whose thread began with `root` (null for the beginning itself), is for people who see
# the space it was said in and the one its thread began in; and for its author.
HEARS = f"""((exists (select from viewer_space v where v.person_id = %(viewer)s and v.space_id = m.space_id)
        and (root.id is null
            or exists (select from viewer_space v where v.person_id = %(viewer)s and v.space_id = root.space_id)))
    or (m.author_id = %(viewer)s and {_LIVES}))"""
