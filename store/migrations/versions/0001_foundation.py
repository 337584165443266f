"""People, spaces, recordings, what was made from them, clips, and what people say about them.

Revision ID: 0001
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PEOPLE = """
create table person (
    id uuid primary key,
    public_id text not null unique,
    login text not null unique,
    name text not null,
    email text,                                   -- optional: people on the shop floor have none
    role text not null check (role in ('learner', 'expert', 'curator', 'admin')),
    curates_all boolean not null default true,    -- of a curator: every space, or those named in membership
    created_at timestamptz not null default now(),
    left_at timestamptz
);

create table space (
    id uuid primary key,
    public_id text not null unique,
    name text not null unique,
    everyone boolean not null default false,
    created_at timestamptz not null default now()
);
create unique index space_everyone on space (everyone) where everyone;

create table membership (
    space_id uuid not null references space on delete cascade,
    person_id uuid not null references person on delete cascade,
    curates boolean not null default false,
    primary key (space_id, person_id)
);
create index membership_person on membership (person_id);

-- Which spaces a person sees into, and which of them that person curates. Every read joins it.
create view viewer_space as
select p.id as person_id, s.id as space_id,
       p.role = 'admin' or (p.role = 'curator' and (p.curates_all or coalesce(m.curates, false))) as curates
from person p
cross join space s
left join membership m on m.person_id = p.id and m.space_id = s.id
where p.left_at is null
  and (s.everyone or m.person_id is not null or p.role = 'admin' or (p.role = 'curator' and p.curates_all));

-- Secrets are kept as SHA-256: a copy of this table signs nobody in.
create table sign_in_link (
    id uuid primary key,
    person_id uuid not null references person on delete cascade,
    token_sha256 bytea not null unique,
    code_scrypt bytea not null,                   -- of the typed code: SHA-256 of 8 digits is undone in seconds
    attempts int not null default 0,
    created_by uuid references person on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index sign_in_link_person on sign_in_link (person_id);

create table session (
    id uuid primary key,
    person_id uuid not null references person on delete cascade,
    token_sha256 bytea not null unique,
    device text not null default '',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_person on session (person_id);

create table api_token (
    id uuid primary key,
    person_id uuid not null references person on delete cascade,
    token_sha256 bytea not null unique,
    label text not null default '',
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);
create index api_token_person on api_token (person_id);
"""

RECORDINGS = """
create table recording (
    id uuid primary key,
    public_id text not null unique,
    upload_id text not null unique,
    space_id uuid not null references space,
    uploader_id uuid not null references person,
    speaker_id uuid not null references person,
    title text not null default '',
    filename text not null default '',            -- a stranger's text
    media_type text not null default '',          -- a stranger's text
    byte_size bigint not null,
    sha256 bytea,
    original_key text,
    language text,
    probe jsonb,
    media_key bytea not null,                     -- signs media URLs; changed by withdrawal
    refusal_code text,
    refusal_message text,
    version int not null default 1,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
create index recording_uploader on recording (uploader_id, id desc);
create index recording_speaker on recording (speaker_id, id desc);
create index recording_space on recording (space_id, id desc);

create table step (
    recording_id uuid not null references recording on delete cascade,
    name text not null,
    position int not null,                        -- steps are shown in this order
    state text not null default 'waiting' check (state in ('waiting', 'queued', 'running', 'done', 'failed')),
    progress double precision not null default 0,
    attempts int not null default 0,
    started_at timestamptz,
    finished_at timestamptz,
    error_code text,
    error_message text,
    primary key (recording_id, name)
);

-- What listening found. Keyframes are frame numbers on the output grid of fps_num / fps_den.
create table listening (
    recording_id uuid primary key references recording on delete cascade,
    integrated_lufs double precision,
    true_peak_dbtp double precision,
    pause_starts_ms int[] not null,
    pause_ends_ms int[] not null,
    fps_num int not null,
    fps_den int not null,
    frames int not null,
    keyframes int[] not null
);

create table rendering (
    id uuid primary key,
    recording_id uuid not null references recording on delete cascade,
    state text not null default 'growing' check (state in ('growing', 'complete', 'superseded')),
    created_at timestamptz not null default now()
);
create unique index rendering_current on rendering (recording_id) where state <> 'superseded';

create table rendition (
    id uuid primary key,
    public_id text not null unique,
    rendering_id uuid not null references rendering on delete cascade,
    position int not null,                        -- in the ladder
    name text not null,
    kind text not null check (kind in ('video', 'audio', 'stills')),
    width int not null,
    height int not null,
    crf int not null,
    max_kbit int not null,
    codec text not null default '',               -- RFC 6381; empty until the first fragment
    init bytea,                                   -- the initialisation segment
    unique (rendering_id, name)
);

-- Consecutive fragments, end to end in one object. Times in ticks of the rendition's timescale.
create table fragment_run (
    rendition_id uuid not null references rendition on delete cascade,
    first int not null,
    object_key text not null,
    starts bigint[] not null,
    ticks int[] not null,
    sizes int[] not null,
    primary key (rendition_id, first)
);

-- A stretch of speech that has been transcribed: what a worker that was killed need not do again.
create table transcribed_stretch (
    recording_id uuid not null references recording on delete cascade,
    start_ms int not null,
    end_ms int not null,
    language text not null,
    words jsonb not null,
    primary key (recording_id, start_ms)
);

create table transcript (
    id uuid primary key,
    recording_id uuid not null references recording on delete cascade,
    engine text not null,
    model text not null,
    language text not null,
    words jsonb not null,
    sentences jsonb not null,
    version int not null default 1,
    created_at timestamptz not null default now()
);
create index transcript_recording on transcript (recording_id, id desc);
"""

CLIPS = """
create table tag (
    id uuid primary key,
    slug text not null unique,
    label text not null
);

create table clip (
    id uuid primary key,
    public_id text not null unique,
    space_id uuid not null references space,
    title text not null,
    level text check (level in ('beginner', 'intermediate', 'advanced')),
    language text,
    search_config regconfig not null default 'simple',
    tag_words text not null default '',           -- the tags' labels, for search
    text text not null default '',                -- what is said in it
    search tsvector generated always as (
        setweight(to_tsvector(search_config, title), 'A')
        || setweight(to_tsvector(search_config, tag_words), 'B')
        || setweight(to_tsvector(search_config, text), 'C')) stored,
    version int not null default 1,
    touched_at timestamptz,                       -- a person changed it: no re-cut replaces it
    published_at timestamptz,
    published_by uuid references person,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
create index clip_search on clip using gin (search);
create index clip_published on clip (published_at desc, id desc) where published_at is not null and deleted_at is null;
create index clip_space on clip (space_id, id desc);

create table clip_part (
    clip_id uuid not null references clip on delete cascade,
    position int not null,
    recording_id uuid not null references recording on delete cascade,
    start_ms int not null check (start_ms >= 0),
    end_ms int not null check (end_ms > start_ms),
    primary key (clip_id, position)
);
create index clip_part_recording on clip_part (recording_id);

create table clip_tag (
    clip_id uuid not null references clip on delete cascade,
    tag_id uuid not null references tag,
    position int not null,
    primary key (clip_id, tag_id)
);
create index clip_tag_tag on clip_tag (tag_id);
"""

COMMENTS = """
-- Anchored to the recording's time, so that it survives every re-cut.
create table comment (
    id uuid primary key,
    public_id text not null unique,
    recording_id uuid not null references recording on delete cascade,
    at_ms int not null check (at_ms >= 0),
    clip_id uuid not null references clip,        -- where it was said
    space_id uuid not null references space,      -- its audience
    author_id uuid not null references person,
    kind text not null check (kind in ('comment', 'question', 'answer', 'correction', 'used-it')),
    text text not null,
    reply_to uuid references comment,             -- the comment that began the thread, never a reply
    version int not null default 1,
    created_at timestamptz not null default now(),
    edited_at timestamptz,
    deleted_at timestamptz,
    resolved_at timestamptz,
    resolved_by uuid references person
);
create index comment_recording on comment (recording_id, at_ms);
create index comment_clip on comment (clip_id);
create index comment_reply_to on comment (reply_to);

-- Which comments a clip shows: threads that began in it, and threads at a second that its parts cover.
-- A reply stands where its thread began; it has the same recording and second.
create view clip_comment as
select m.clip_id, m.id as comment_id from comment m where m.reply_to is null
union
select root.clip_id, m.id from comment root join comment m on m.reply_to = root.id
union
select p.clip_id, m.id
from clip_part p
join comment m on m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms;

create table reaction (
    comment_id uuid not null references comment on delete cascade,
    person_id uuid not null references person on delete cascade,
    kind text not null check (kind in ('helped', 'thanks')),
    created_at timestamptz not null default now(),
    primary key (comment_id, person_id, kind)
);
"""


def upgrade() -> None:
    for script in (PEOPLE, RECORDINGS, CLIPS, COMMENTS):
        op.execute(script)


def downgrade() -> None:
    op.execute(
        "drop view clip_comment, viewer_space;"
        "drop table reaction, comment, clip_tag, clip_part, clip, tag, transcript, transcribed_stretch,"
        " fragment_run, rendition, rendering, listening, step, recording,"
        " api_token, session, sign_in_link, membership, space, person"
    )
