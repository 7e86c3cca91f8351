-- Times are milliseconds since 1970 (UTC), flags are 0 or 1, ids are opaque text unless a number is what sorts.

create table users (
  id text primary key,
  login text not null,
  login_key text not null unique,
  password_hash text not null,
  name text not null,
  locale text not null,
  role text not null,
  created_at_ms integer not null
) strict;

create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  created_at_ms integer not null,
  expires_at_ms integer not null
) strict;
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at_ms);

create table api_tokens (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  hash text not null unique,
  name text not null,
  scopes text not null,
  hint text not null,
  created_at_ms integer not null,
  expires_at_ms integer,
  last_used_at_ms integer
) strict;
create index api_tokens_user on api_tokens (user_id);
create index api_tokens_expiry on api_tokens (expires_at_ms) where expires_at_ms is not null;

create table bots (
  id text primary key,
  owner_id text references users (id) on delete cascade,
  telegram_bot_id integer not null unique,
  username text not null,
  name text not null,
  active integer not null,
  state text not null,
  state_reason text,
  update_offset integer not null default 0,
  not_before_ms integer not null default 0
) strict;
create index bots_owner on bots (owner_id);

-- A number, because lanes are walked in its order; never used again, because a dispatcher may still hold one in memory.
create table peers (
  id integer primary key autoincrement,
  bot_id text not null references bots (id) on delete cascade,
  telegram_chat_id integer not null,
  type text not null,
  title text,
  username text,
  status text not null default 'active',
  status_reason text,
  not_before_ms integer not null default 0,
  unique (bot_id, telegram_chat_id)
) strict;

create table chats (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  peer_id integer not null references peers (id) on delete cascade,
  -- Of the peer, repeated here for the index below. A chat never changes between private and shared.
  is_private integer not null,
  is_default integer not null,
  linked_at_ms integer not null,
  unique (user_id, peer_id)
) strict;
create index chats_peer on chats (peer_id);
create unique index chats_one_account_per_private_chat on chats (peer_id) where is_private = 1;
create unique index chats_one_default on chats (user_id) where is_default = 1;

create table account_codes (
  hash text primary key,
  user_id text not null references users (id) on delete cascade,
  bot_id text not null references bots (id) on delete cascade,
  -- The chat that used it up; null while it is good.
  used_by_peer_id integer references peers (id) on delete cascade,
  expires_at_ms integer not null
) strict;
create index account_codes_user on account_codes (user_id);
create index account_codes_bot on account_codes (bot_id);
create index account_codes_used_by on account_codes (used_by_peer_id) where used_by_peer_id is not null;
create index account_codes_expiry on account_codes (expires_at_ms);

create table chat_codes (
  hash text primary key,
  peer_id integer not null references peers (id) on delete cascade,
  expires_at_ms integer not null
) strict;
create index chat_codes_peer on chat_codes (peer_id);
create index chat_codes_expiry on chat_codes (expires_at_ms);

create table moves (
  hash text primary key,
  peer_id integer not null references peers (id) on delete cascade,
  to_user_id text not null references users (id) on delete cascade,
  expires_at_ms integer not null
) strict;
create index moves_peer on moves (peer_id);
create index moves_to_user on moves (to_user_id);
create index moves_expiry on moves (expires_at_ms);

-- One counter orders everything that a user can see happen. It outlives what it numbered, so a number never comes back.
create table counters (
  name text primary key,
  value integer not null
) strict;
insert into counters (name, value) values ('change', 0);

create table messages (
  -- The number of its first change: the order of acceptance, and its place in the history for ever.
  seq integer primary key,
  id text not null unique,
  user_id text not null references users (id) on delete cascade,
  -- No reference: the link may go, the history stays.
  chat_id text not null,
  -- Bot and peer are the lane while it waits. No references: what is over and done outlives a bot, and is not rewritten when
  -- two peers become one.
  bot_id text not null,
  peer_id integer not null,
  status text not null,
  text text not null,
  silent integer not null,
  -- Of the user at acceptance.
  name text not null,
  locale text not null,
  created_at_ms integer not null,
  changed_at_ms integer not null,
  sending_since_ms integer,
  delivered_at_ms integer,
  telegram_message_id integer,
  -- Calls that count against the limit, and calls at all.
  attempt_count integer not null default 0,
  call_count integer not null default 0,
  parts_done integer not null default 0,
  next_attempt_at_ms integer not null default 0,
  error_code text,
  error_detail text,
  possible_duplicate integer not null default 0,
  -- The number of its newest change.
  change_seq integer not null,
  -- Its place in the lane: `seq`, or the number of its last resend.
  turn integer not null
) strict;
create index messages_history on messages (user_id, status, seq);
create index messages_history_by_chat on messages (user_id, chat_id, status, seq);
create index messages_changes on messages (user_id, change_seq);
create index messages_lanes on messages (bot_id, peer_id, turn) where status = 'queued';
create index messages_sending on messages (bot_id) where status = 'sending';

create table attempts (
  message_seq integer not null references messages (seq) on delete cascade,
  number integer not null,
  part integer not null,
  started_at_ms integer not null,
  finished_at_ms integer not null,
  outcome text not null,
  reason text,
  wait_ms integer,
  primary key (message_seq, number)
) strict, without rowid;

create table idempotency_keys (
  -- The user's id, a colon and the key: one column, so that many are found in one go.
  scope text primary key,
  user_id text not null references users (id) on delete cascade,
  fingerprint text not null,
  message_id text not null,
  -- What the answer said that the message no longer knows.
  waiting_for text,
  created_at_ms integer not null
) strict, without rowid;
create index idempotency_keys_user on idempotency_keys (user_id);
create index idempotency_keys_age on idempotency_keys (created_at_ms);

create table account_events (
  seq integer primary key,
  user_id text not null references users (id) on delete cascade,
  type text not null,
  at_ms integer not null,
  data text not null
) strict;
create index account_events_user on account_events (user_id, seq);
