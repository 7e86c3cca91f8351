-- How much was done in each minute, by each process since its start: what it counts for its metrics, added once a minute. Kept for a month.
create table activity (
  minute_ms bigint not null,
  process_id text collate "C" not null,
  accepted bigint not null,
  delivered bigint not null,
  failed bigint not null,
  uncertain bigint not null,
  expired bigint not null,
  throttled bigint not null,
  -- When Telegram last answered to a call that sends something; null when it did not in this minute.
  answered_ms bigint,
  primary key (minute_ms, process_id)
);

-- Why messages did not arrive, in each hour. A bot that is gone keeps its numbers for as long.
create table failure_counts (
  hour_ms bigint not null,
  process_id text collate "C" not null,
  bot_id text collate "C" not null,
  code text collate "C" not null,
  count bigint not null,
  last_ms bigint not null,
  primary key (hour_ms, process_id, bot_id, code)
);
