-- How much was done in each minute, by each process since its start: what it counts for its metrics, added once a minute. Kept for a month.
create table activity (
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

-- Why messages did not arrive, in each hour. A bot that is gone keeps its numbers for as long.
create table failure_counts (
  hour_ms integer not null,
  process_id text not null,
  bot_id text not null,
  code text not null,
  count integer not null,
  last_ms integer not null,
  primary key (hour_ms, process_id, bot_id, code)
) strict, without rowid;
