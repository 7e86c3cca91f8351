-- Printed from the migrations; version 14.

CREATE TABLE account_codes (
  hash text primary key,
  user_id text not null references users (id) on delete cascade,
  bot_id text not null references bots (id) on delete cascade,
  -- The chat that used it up; null while it is good.
  used_by_peer_id integer references peers (id) on delete cascade,
  expires_at_ms integer not null
, seed text) strict;

CREATE INDEX account_codes_bot on account_codes (bot_id);

CREATE INDEX account_codes_expiry on account_codes (expires_at_ms);

CREATE UNIQUE INDEX account_codes_shown_again on account_codes (user_id) where seed is not null;

CREATE INDEX account_codes_used_by on account_codes (used_by_peer_id) where used_by_peer_id is not null;

CREATE INDEX account_codes_user on account_codes (user_id);

CREATE TABLE account_events (
  seq integer primary key,
  user_id text not null references users (id) on delete cascade,
  type text not null,
  at_ms integer not null,
  data text not null
) strict;

CREATE INDEX account_events_user on account_events (user_id, seq);

CREATE TABLE activity (
  minute_ms integer not null,
  process_id text not null,
  accepted integer not null,
  delivered integer not null,
  failed integer not null,
  uncertain integer not null,
  expired integer not null,
  throttled integer not null,
  -- When Telegram last answered to a call that sends something; null when it did not in this minute.
  answered_ms integer,
  primary key (minute_ms, process_id)
) strict, without rowid;

CREATE TABLE api_tokens (
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

CREATE INDEX api_tokens_expiry on api_tokens (expires_at_ms) where expires_at_ms is not null;

CREATE INDEX api_tokens_user on api_tokens (user_id);

CREATE TABLE attempts (
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

CREATE TABLE bot_processes (
  id text primary key,
  -- By the clock of the database, the only one that all of them share.
  alive_until_ms integer not null
) strict, without rowid;

CREATE TABLE bots (
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
, process_id text references bot_processes (id) on delete set null, fence integer not null default 0, title text, echo integer not null default 0, take_over integer not null default 0, token_sealed text, token_hint text, met integer not null default 0, created_at_ms integer not null default 0, state_since_ms integer not null default 0, revision integer not null default 0, former_fence integer not null default 0, held_since_ms integer not null default 0) strict;

CREATE INDEX bots_owner on bots (owner_id);

CREATE INDEX bots_process on bots (process_id);

CREATE TABLE chat_codes (
  hash text primary key,
  peer_id integer not null references peers (id) on delete cascade,
  expires_at_ms integer not null
) strict;

CREATE INDEX chat_codes_expiry on chat_codes (expires_at_ms);

CREATE INDEX chat_codes_peer on chat_codes (peer_id);

CREATE TABLE chats (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  peer_id integer not null references peers (id) on delete cascade,
  -- Of the peer, repeated here for the index below. A chat never changes between private and shared.
  is_private integer not null,
  is_default integer not null,
  linked_at_ms integer not null, name text,
  unique (user_id, peer_id)
) strict;

CREATE UNIQUE INDEX chats_one_account_per_private_chat on chats (peer_id) where is_private = 1;

CREATE UNIQUE INDEX chats_one_default on chats (user_id) where is_default = 1;

CREATE INDEX chats_peer on chats (peer_id);

CREATE TABLE clock_marks (
  boot_id text primary key,
  now_ms integer not null,
  uptime_ms integer not null
) strict;

CREATE TABLE counters (
  name text primary key,
  value integer not null
) strict;

CREATE TABLE failure_counts (
  hour_ms integer not null,
  process_id text not null,
  bot_id text not null,
  code text not null,
  count integer not null,
  last_ms integer not null,
  primary key (hour_ms, process_id, bot_id, code)
) strict, without rowid;

CREATE TABLE idempotency_keys (
  -- The user's id, a colon and the key: one column, so that many are found in one go.
  scope text primary key,
  user_id text not null references users (id) on delete cascade,
  fingerprint text not null,
  message_id text not null,
  -- What the answer said that the message no longer knows.
  waiting_for text,
  created_at_ms integer not null
) strict, without rowid;

CREATE INDEX idempotency_keys_age on idempotency_keys (created_at_ms);

CREATE INDEX idempotency_keys_user on idempotency_keys (user_id);

CREATE TABLE message_times (
  -- Five minutes since 1970: `created_at_ms / 300000`.
  slot integer primary key,
  first_seq integer not null,
  last_seq integer not null
) strict;

CREATE TABLE messages (
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
, priority integer not null default 3, delivery text not null default 'at_least_once', digest text not null default 'when_behind', expires_at_ms integer, alone integer not null default 0, rank integer not null default 3, label text) strict;

CREATE INDEX messages_changes on messages (user_id, change_seq);

CREATE INDEX messages_expiry on messages (expires_at_ms)
  where status = 'queued' and expires_at_ms is not null and parts_done = 0;

CREATE INDEX messages_history on messages (status, user_id, seq) where user_id is not null;

CREATE INDEX messages_history_by_chat on messages (status, user_id, chat_id, seq) where user_id is not null;

CREATE INDEX messages_lanes on messages (bot_id, peer_id, rank, turn, user_id) where status = 'queued';

CREATE INDEX messages_sending on messages (bot_id) where status = 'sending';

CREATE TABLE moves (
  hash text primary key,
  peer_id integer not null references peers (id) on delete cascade,
  to_user_id text not null references users (id) on delete cascade,
  expires_at_ms integer not null
) strict;

CREATE INDEX moves_expiry on moves (expires_at_ms);

CREATE INDEX moves_peer on moves (peer_id);

CREATE INDEX moves_to_user on moves (to_user_id);

CREATE TABLE peers (
  id integer primary key autoincrement,
  bot_id text not null references bots (id) on delete cascade,
  telegram_chat_id integer not null,
  type text not null,
  title text,
  username text,
  status text not null default 'active',
  status_reason text,
  not_before_ms integer not null default 0, held_since_ms integer not null default 0, closed_until_ms integer not null default 0,
  unique (bot_id, telegram_chat_id)
) strict;

CREATE TABLE sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  created_at_ms integer not null,
  expires_at_ms integer not null
, user_agent text, last_seen_ms integer) strict;

CREATE INDEX sessions_expiry on sessions (expires_at_ms);

CREATE INDEX sessions_user on sessions (user_id);

CREATE TABLE update_claims (
  bot_id text not null references bots (id) on delete cascade,
  lane text not null,
  claim text not null,
  until_ms integer not null,
  primary key (bot_id, lane)
) strict, without rowid;

CREATE TABLE updates (
  bot_id text not null references bots (id) on delete cascade,
  update_id integer not null,
  handled integer not null,
  -- How often it could not be handled.
  failures integer not null default 0,
  at_ms integer not null,
  primary key (bot_id, update_id)
) strict, without rowid;

CREATE INDEX updates_age on updates (at_ms);

CREATE TABLE users (
  id text primary key,
  login text not null,
  login_key text not null unique,
  password_hash text not null,
  name text not null,
  locale text not null,
  role text not null,
  created_at_ms integer not null
, number integer not null default 0, profile text not null default '{}') strict;

CREATE UNIQUE INDEX users_number on users (number);
