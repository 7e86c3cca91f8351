-- Where in the history a moment is: for each five minutes in which messages were accepted, the first and the last of them. An index by time
-- would say the same, and would have to be written with each message.
create table message_times (
  -- Five minutes since 1970: `created_at_ms / 300000`.
  slot integer primary key,
  first_seq integer not null,
  last_seq integer not null
) strict;
insert into message_times (slot, first_seq, last_seq)
  select created_at_ms / 300000, min(seq), max(seq) from messages group by created_at_ms / 300000;

-- What its account calls it; null when it has no name of its own.
alter table chats add column name text;
