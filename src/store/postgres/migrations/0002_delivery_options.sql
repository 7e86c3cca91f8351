-- How a sender wants one message to be carried.
alter table messages add column priority smallint not null default 3;
alter table messages add column delivery text collate "C" not null default 'at_least_once';
alter table messages add column digest text collate "C" not null default 'when_behind';
alter table messages add column expires_at_ms bigint;
-- Telegram refused it in the company of others: from then on it goes alone.
alter table messages add column alone smallint not null default 0;
-- Its class in the lane, before `turn`: 0 when parts of it have arrived, then 1 for priority 5 to 5 for priority 1.
alter table messages add column rank smallint not null default 3;
update messages set rank = 0 where status in ('queued', 'sending') and parts_done > 0;

drop index messages_lanes;
create index messages_lanes on messages (bot_id, peer_id, rank, turn) where status = 'queued';
create index messages_expiry on messages (expires_at_ms)
  where status = 'queued' and expires_at_ms is not null and parts_done = 0;
