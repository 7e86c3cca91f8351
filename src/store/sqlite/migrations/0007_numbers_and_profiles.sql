-- For interfaces whose ids are numbers: 1, 2, 3 … in order of registration, and never given twice.
alter table users add column number integer not null default 0;
update users set number = ranked.number
  from (select id, row_number() over (order by created_at_ms, id) as number from users) as ranked
  where ranked.id = users.id;
create unique index users_number on users (number);
insert into counters (name, value) select 'user', count(*) from users;

-- What some interfaces keep of a person and nobody else looks at, as JSON: `firstName`, `lastName`, `email`.
alter table users add column profile text not null default '{}';

-- A word of the sender's that is kept with the message and sent to nobody.
alter table messages add column label text;
