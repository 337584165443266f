"""What people are told of, how each wants to be told, and the mail that goes to those who asked for it.

Revision ID: 0036
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NOTICES = """
-- One of a kind a person, thing and doer. Whether it is theirs to see is asked when they read it: store/notices.py.
create table notice (
    id uuid primary key,
    public_id text not null unique,
    person_id uuid not null references person on delete cascade,
    kind text not null,
    by_id uuid references person on delete cascade,          -- null: the house itself
    comment_id uuid references comment on delete cascade,
    clip_id uuid references clip on delete cascade,
    recording_id uuid references recording on delete cascade,
    thing text not null default '',                           -- the public id of anything else: a report, an export
    bundle text not null,                                     -- those of a kind that have it in common are one line
    shows_at timestamptz not null,                            -- later than it came where its kind comes once a day
    seen_at timestamptz,
    mailing_id uuid,                                          -- the digest that has it, or is to have it
    unique nulls not distinct (person_id, kind, comment_id, clip_id, recording_id, thing, by_id)
);
create index notice_newest on notice (person_id, shows_at desc);
create index notice_unseen on notice (person_id, shows_at) where seen_at is null;
create index notice_shows on notice (shows_at);
create index notice_by on notice (by_id) where by_id is not null;
create index notice_comment on notice (comment_id) where comment_id is not null;
create index notice_clip on notice (clip_id) where clip_id is not null;
create index notice_recording on notice (recording_id) where recording_id is not null;
create index notice_mailing on notice (mailing_id) where mailing_id is not null;

-- What a person has chosen for a kind; without a row: what domain/notice.py says.
create table notice_wish (
    person_id uuid not null references person on delete cascade,
    kind text not null,
    way text not null check (way in ('nothing', 'inbox', 'mail')),
    primary key (person_id, kind)
);
"""

MAIL = """
-- Where somebody wants mail, and how often. Nobody needs an address.
create table mail_wish (
    person_id uuid primary key references person on delete cascade,
    address text not null,
    confirmed_at timestamptz,                                 -- null: nothing is sent there but the question
    asked_at timestamptz not null,                            -- what the link in that question is good for begins here
    ask_at timestamptz,                                       -- when the question is to be sent; null: it was
    rhythm text not null default 'off' check (rhythm in ('off', 'daily', 'weekly')),
    hour int not null default 8 check (hour between 0 and 23),
    zone text not null default 'UTC',                         -- of that hour, as the IANA names it
    next_at timestamptz,                                      -- of the next digest; null: off
    refused int not null default 0,                           -- how often running the server there wanted none of it
    refused_says text not null default '',
    stopped_at timestamptz                                    -- after too many of them: nothing more is sent
);
create index mail_wish_ask on mail_wish (ask_at) where ask_at is not null;
create index mail_wish_next on mail_wish (next_at) where next_at is not null;

-- A digest that has begun: it is here before it is sent, and stays until it was.
create table mailing (
    id uuid primary key,
    person_id uuid not null unique references person on delete cascade,
    made_at timestamptz not null,
    tries int not null default 0,
    try_at timestamptz not null                               -- a sender who took it and died lets go of it then
);
create index mailing_try on mailing (try_at);
"""


def upgrade() -> None:
    op.execute(NOTICES)
    op.execute(MAIL)


def downgrade() -> None:
    op.execute("drop table mailing, mail_wish, notice_wish, notice")
