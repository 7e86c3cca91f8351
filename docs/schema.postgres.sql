-- Printed from the migrations; version 14.

create table account_codes (
  hash text collate "C" not null,
  user_id text collate "C" not null,
  bot_id text collate "C" not null,
  used_by_peer_id bigint,
  expires_at_ms bigint not null,
  seed text collate "C"
);
alter table account_codes add PRIMARY KEY (hash);
alter table account_codes add FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE CASCADE;
alter table account_codes add FOREIGN KEY (used_by_peer_id) REFERENCES peers(id) ON DELETE CASCADE;
alter table account_codes add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index account_codes_bot on account_codes USING btree (bot_id);
create index account_codes_expiry on account_codes USING btree (expires_at_ms);
create unique index account_codes_shown_again on account_codes USING btree (user_id) WHERE (seed IS NOT NULL);
create index account_codes_used_by on account_codes USING btree (used_by_peer_id) WHERE (used_by_peer_id IS NOT NULL);
create index account_codes_user on account_codes USING btree (user_id);

create table account_events (
  seq bigint not null,
  user_id text collate "C" not null,
  type text collate "C" not null,
  at_ms bigint not null,
  data text collate "C" not null
);
alter table account_events add PRIMARY KEY (seq);
alter table account_events add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index account_events_user on account_events USING btree (user_id, seq);

create table activity (
  minute_ms bigint not null,
  process_id text collate "C" not null,
  accepted bigint not null,
  delivered bigint not null,
  failed bigint not null,
  uncertain bigint not null,
  expired bigint not null,
  throttled bigint not null,
  answered_ms bigint
);
alter table activity add PRIMARY KEY (minute_ms, process_id);

create table api_tokens (
  id text collate "C" not null,
  user_id text collate "C" not null,
  hash text collate "C" not null,
  name text collate "C" not null,
  scopes text collate "C" not null,
  hint text collate "C" not null,
  created_at_ms bigint not null,
  expires_at_ms bigint,
  last_used_at_ms bigint
);
alter table api_tokens add PRIMARY KEY (id);
alter table api_tokens add UNIQUE (hash);
alter table api_tokens add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index api_tokens_expiry on api_tokens USING btree (expires_at_ms) WHERE (expires_at_ms IS NOT NULL);
create index api_tokens_user on api_tokens USING btree (user_id);

create table attempts (
  message_seq bigint not null,
  number integer not null,
  part integer not null,
  started_at_ms bigint not null,
  finished_at_ms bigint not null,
  outcome text collate "C" not null,
  reason text collate "C",
  wait_ms bigint
);
alter table attempts add PRIMARY KEY (message_seq, number);
alter table attempts add FOREIGN KEY (message_seq) REFERENCES messages(seq) ON DELETE CASCADE;

create table bot_processes (
  id text collate "C" not null,
  alive_until_ms bigint not null
);
alter table bot_processes add PRIMARY KEY (id);

create table bots (
  id text collate "C" not null,
  owner_id text collate "C",
  telegram_bot_id bigint not null,
  username text collate "C" not null,
  name text collate "C" not null,
  active smallint not null,
  state text collate "C" not null,
  state_reason text collate "C",
  update_offset bigint not null default 0,
  not_before_ms bigint not null default 0,
  process_id text collate "C",
  fence bigint not null default 0,
  title text collate "C",
  echo smallint not null default 0,
  take_over smallint not null default 0,
  token_sealed text collate "C",
  token_hint text collate "C",
  met smallint not null default 0,
  created_at_ms bigint not null default 0,
  state_since_ms bigint not null default 0,
  revision bigint not null default 0,
  former_fence bigint not null default 0,
  held_since_ms bigint not null default 0
);
alter table bots add PRIMARY KEY (id);
alter table bots add UNIQUE (telegram_bot_id);
alter table bots add FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
alter table bots add FOREIGN KEY (process_id) REFERENCES bot_processes(id) ON DELETE SET NULL;
create index bots_owner on bots USING btree (owner_id);
create index bots_process on bots USING btree (process_id);

create table chat_codes (
  hash text collate "C" not null,
  peer_id bigint not null,
  expires_at_ms bigint not null
);
alter table chat_codes add PRIMARY KEY (hash);
alter table chat_codes add FOREIGN KEY (peer_id) REFERENCES peers(id) ON DELETE CASCADE;
create index chat_codes_expiry on chat_codes USING btree (expires_at_ms);
create index chat_codes_peer on chat_codes USING btree (peer_id);

create table chats (
  id text collate "C" not null,
  user_id text collate "C" not null,
  peer_id bigint not null,
  is_private smallint not null,
  is_default smallint not null,
  linked_at_ms bigint not null,
  name text
);
alter table chats add PRIMARY KEY (id);
alter table chats add UNIQUE (user_id, peer_id);
alter table chats add FOREIGN KEY (peer_id) REFERENCES peers(id) ON DELETE CASCADE;
alter table chats add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create unique index chats_one_account_per_private_chat on chats USING btree (peer_id) WHERE (is_private = 1);
create unique index chats_one_default on chats USING btree (user_id) WHERE (is_default = 1);
create index chats_peer on chats USING btree (peer_id);

create table clock_marks (
  boot_id text not null,
  now_ms bigint not null,
  uptime_ms bigint not null
);
alter table clock_marks add PRIMARY KEY (boot_id);

create table counters (
  name text collate "C" not null,
  value bigint not null
) with (fillfactor=10);
alter table counters add PRIMARY KEY (name);

create table failure_counts (
  hour_ms bigint not null,
  process_id text collate "C" not null,
  bot_id text collate "C" not null,
  code text collate "C" not null,
  count bigint not null,
  last_ms bigint not null
);
alter table failure_counts add PRIMARY KEY (hour_ms, process_id, bot_id, code);

create table idempotency_keys (
  scope text collate "C" not null,
  user_id text collate "C" not null,
  fingerprint text collate "C" not null,
  message_id text collate "C" not null,
  waiting_for text collate "C",
  created_at_ms bigint not null
);
alter table idempotency_keys add PRIMARY KEY (scope);
alter table idempotency_keys add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index idempotency_keys_age on idempotency_keys USING btree (created_at_ms);
create index idempotency_keys_user on idempotency_keys USING btree (user_id);

create table message_times (
  slot bigint not null,
  first_seq bigint not null,
  last_seq bigint not null
);
alter table message_times add PRIMARY KEY (slot);

create table messages (
  seq bigint not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  chat_id text collate "C" not null,
  bot_id text collate "C" not null,
  peer_id bigint not null,
  status text collate "C" not null,
  text text collate "C" not null,
  silent smallint not null,
  name text collate "C" not null,
  locale text collate "C" not null,
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  sending_since_ms bigint,
  delivered_at_ms bigint,
  telegram_message_id bigint,
  attempt_count integer not null default 0,
  call_count integer not null default 0,
  parts_done integer not null default 0,
  next_attempt_at_ms bigint not null default 0,
  error_code text collate "C",
  error_detail text collate "C",
  possible_duplicate smallint not null default 0,
  change_seq bigint not null,
  turn bigint not null,
  priority smallint not null default 3,
  delivery text collate "C" not null default 'at_least_once'::text,
  digest text collate "C" not null default 'when_behind'::text,
  expires_at_ms bigint,
  alone smallint not null default 0,
  rank smallint not null default 3,
  label text collate "C"
);
alter table messages add PRIMARY KEY (seq);
alter table messages add UNIQUE (id);
alter table messages add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index messages_changes on messages USING btree (user_id, change_seq);
create index messages_expiry on messages USING btree (expires_at_ms) WHERE ((status = 'queued'::text) AND (expires_at_ms IS NOT NULL) AND (parts_done = 0));
create index messages_history on messages USING btree (user_id, status, seq);
create index messages_history_by_chat on messages USING btree (user_id, chat_id, status, seq);
create index messages_lanes on messages USING btree (bot_id, peer_id, rank, turn, user_id) WHERE (status = 'queued'::text);
create index messages_sending on messages USING btree (bot_id) WHERE (status = 'sending'::text);

create table moves (
  hash text collate "C" not null,
  peer_id bigint not null,
  to_user_id text collate "C" not null,
  expires_at_ms bigint not null
);
alter table moves add PRIMARY KEY (hash);
alter table moves add FOREIGN KEY (peer_id) REFERENCES peers(id) ON DELETE CASCADE;
alter table moves add FOREIGN KEY (to_user_id) REFERENCES users(id) ON DELETE CASCADE;
create index moves_expiry on moves USING btree (expires_at_ms);
create index moves_peer on moves USING btree (peer_id);
create index moves_to_user on moves USING btree (to_user_id);

create table peers (
  id bigint generated by default as identity not null,
  bot_id text collate "C" not null,
  telegram_chat_id bigint not null,
  type text collate "C" not null,
  title text collate "C",
  username text collate "C",
  status text collate "C" not null default 'active'::text,
  status_reason text collate "C",
  not_before_ms bigint not null default 0,
  held_since_ms bigint not null default 0,
  closed_until_ms bigint not null default 0
);
alter table peers add PRIMARY KEY (id);
alter table peers add UNIQUE (bot_id, telegram_chat_id);
alter table peers add FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE CASCADE;

create table sessions (
  id text collate "C" not null,
  user_id text collate "C" not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  user_agent text collate "C",
  last_seen_ms bigint
);
alter table sessions add PRIMARY KEY (id);
alter table sessions add FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
create index sessions_expiry on sessions USING btree (expires_at_ms);
create index sessions_user on sessions USING btree (user_id);

create table update_claims (
  bot_id text collate "C" not null,
  lane text collate "C" not null,
  claim text collate "C" not null,
  until_ms bigint not null
);
alter table update_claims add PRIMARY KEY (bot_id, lane);
alter table update_claims add FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE CASCADE;

create table updates (
  bot_id text collate "C" not null,
  update_id bigint not null,
  handled smallint not null,
  failures integer not null default 0,
  at_ms bigint not null
);
alter table updates add PRIMARY KEY (bot_id, update_id);
alter table updates add FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE CASCADE;
create index updates_age on updates USING btree (at_ms);

create table users (
  id text collate "C" not null,
  login text collate "C" not null,
  login_key text collate "C" not null,
  password_hash text collate "C" not null,
  name text collate "C" not null,
  locale text collate "C" not null,
  role text collate "C" not null,
  created_at_ms bigint not null,
  number bigint not null default 0,
  profile text collate "C" not null default '{}'::text
);
alter table users add PRIMARY KEY (id);
alter table users add UNIQUE (login_key);
create unique index users_number on users USING btree (number);
