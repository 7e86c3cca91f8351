-- Bots that people bring along, beside the shared one.

-- What its owner calls it; null when they gave it no name of their own.
alter table bots add column title text collate "C";
-- It repeats what it is told.
alter table bots add column echo smallint not null default 0;
-- Its owner says that a webhook of somebody else's is to give way; 0 again when that is done.
alter table bots add column take_over smallint not null default 0;
-- Its token, encrypted under a key of SECRET_KEY, and the end of it for people to recognise. Null for the shared bot, whose token is a setting.
alter table bots add column token_sealed text collate "C";
alter table bots add column token_hint text collate "C";
-- Telegram has answered whoever served it with its present token.
alter table bots add column met smallint not null default 0;
alter table bots add column created_at_ms bigint not null default 0;
-- Since when it is in its state, by the clock of the database.
alter table bots add column state_since_ms bigint not null default 0;
-- Grows with each change after which whoever serves the bot has to begin anew.
alter table bots add column revision bigint not null default 0;
-- The number of the claim before its present one: whoever held both knows that nobody served it in between.
alter table bots add column former_fence bigint not null default 0;

update bots set
  created_at_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint,
  state_since_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint;
