-- Processes that serve bots. One that does not say in time that it is alive is removed by the others, and its bots are free.
create table bot_processes (
  id text collate "C" primary key,
  -- By the clock of the database, the only one that all of them share.
  alive_until_ms bigint not null
);

-- Who serves the bot, for sending and for updates; null when nobody does.
alter table bots add column process_id text collate "C" references bot_processes (id) on delete set null;
-- The number of the claim by which it is served. What carries an older one comes from somebody who no longer serves the bot.
alter table bots add column fence bigint not null default 0;
create index bots_process on bots (process_id);

-- Numbers the claims. Each is of one process and given once.
insert into counters (name, value) values ('claim', 0);
