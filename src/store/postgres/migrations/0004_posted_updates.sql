-- Updates that Telegram posts to us (a webhook) may come twice, and to any process: what became of each, for some days.
create table updates (
  bot_id text collate "C" not null references bots (id) on delete cascade,
  update_id bigint not null,
  handled smallint not null,
  -- How often it could not be handled.
  failures integer not null default 0,
  at_ms bigint not null,
  primary key (bot_id, update_id)
);
create index updates_age on updates (at_ms);

-- Who is at work on an update of a lane (a chat): one at a time, as long as the claim holds.
create table update_claims (
  bot_id text collate "C" not null references bots (id) on delete cascade,
  lane text collate "C" not null,
  claim text collate "C" not null,
  until_ms bigint not null,
  primary key (bot_id, lane)
);
