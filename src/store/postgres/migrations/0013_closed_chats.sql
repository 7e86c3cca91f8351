-- Until then what is for this chat fails without a call, because it is known that the bot was blocked or removed; 0 when it is not known.
alter table peers add column closed_until_ms bigint not null default 0;
