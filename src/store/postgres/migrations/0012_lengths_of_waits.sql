-- When the wait until `not_before_ms` began, by the same clock, so that how long it is does not depend on any clock. 0: nobody noted it.
alter table bots add column held_since_ms bigint not null default 0;
alter table peers add column held_since_ms bigint not null default 0;

-- Where the machine's clock stood when the program was started last, beside what counts from the boot of the machine: the next start
-- sees whether it was set meanwhile, and moves the waits along. One row, of the last boot.
create table clock_marks (
  boot_id text primary key,
  now_ms bigint not null,
  uptime_ms bigint not null
);
