"""Visibility, who sees what, in SQL: conditions on a recording `r` or a clip `c` for the person %(viewer)s.

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
# A clip is out: whoever sees into its space finds it, in lists, counts and searches.
OUT = "c.published_at is not null and c.deleted_at is null"
LISTED = f"{OUT} and {SEES_SPACE}"
LISTED_AMONG_MANY = f"{OUT} and {IN_SEEN_SPACE}"
CURATES_CLIP = """exists (
    select from viewer_space v where v.person_id = %(viewer)s and v.space_id = c.space_id and v.curates)"""
# A draft `c` is shared with the viewer, by name or with a space of theirs: somebody, not a device and not who typed a
# name at a link. Always asked beside the clip's space: who speaks agreed to be shown to the people there alone.
SHARED_CLIP = """exists (select from clip_share s join person h on h.id = %(viewer)s
    where s.clip_id = c.id and s.ended_at is null and not h.device and not h.self_named
        and (s.person_id = h.id or exists (
            select from viewer_space v where v.person_id = h.id and v.space_id = s.space_id)))"""
SEES_CLIP = f"(((c.published_at is not null or {SHARED_CLIP}) and {SEES_SPACE}) or {OWN_CLIP} or {CURATES_CLIP})"
# Who sees the clip `c` while it is a draft.
IN_CIRCLE = f"(({SHARED_CLIP} and {SEES_SPACE}) or {OWN_CLIP} or {CURATES_CLIP})"

# A comment `m`, whose thread began with `root` (null for the beginning itself), is for people who see
# the space it was said in and the one its thread began in; and for its author. Which spaces those are is asked once.
# One that was said in a draft is for those who see the draft, while it is one, also in the draft `j` that it was joined
# into; afterwards it is kept for them (`KEPT_IN_CIRCLE`), and in no thread. So every reader of comments leaves it out
# who asks whether the viewer hears it.
_SEEN_SPACES = "array(select v.space_id from viewer_space v where v.person_id = %(viewer)s)"
_HEARS_OPENLY = f"""(m.space_id = any({_SEEN_SPACES}) and (root.id is null or root.space_id = any({_SEEN_SPACES}))
        or (m.author_id = %(viewer)s and {_LIVES}))"""
HEARS = f"""(case when m.draft
    then exists (select from clip c left join clip j on j.id = c.joined_into
        where c.id = m.clip_id and coalesce(j.published_at, c.published_at) is null and {IN_CIRCLE})
    else {_HEARS_OPENLY} end)"""
# The same in a clip that is published, which shows nothing that was said in drafts: a tenth of the text to plan.
HEARS_PUBLISHED = f"(not m.draft and {_HEARS_OPENLY})"
# The comment `m` was said in a draft, and the viewer saw that, or reviews it. Who saw it until it was published reads
# what was said until then, and nothing of what is said when it is a draft again.
KEPT_IN_CIRCLE = f"""(m.draft and exists (select from clip c where c.id = m.clip_id
    and (c.deleted_at is null or c.joined_into is not null) and ({OWN_CLIP} or {CURATES_CLIP}
        or ({SHARED_CLIP.replace("s.ended_at is null", "(s.ended_at is null or m.created_at <= s.ended_at)")}
            and {SEES_SPACE}))))"""

# The one who looks is another: the same condition on a clip `c` for a person `who` of the query.
CLIP_SEEN_BY_WHO = SEES_CLIP.replace("%(viewer)s", "who.id")
DRAFT_SEEN_BY_WHO = IN_CIRCLE.replace("%(viewer)s", "who.id")

# A comment `m` was asked without a name, and the viewer has not looked up whose it is. What its author says further on
# in that thread is masked with it.
HIDES_AUTHOR = """(m.masked and m.author_id <> %(viewer)s and not exists (
    select from unmasking u where u.comment_id = coalesce(m.reply_to, m.id) and u.person_id = %(viewer)s))"""
MASK = "A colleague"
AUTHOR = f"case when {HIDES_AUTHOR} then '{MASK}' else a.name end"
