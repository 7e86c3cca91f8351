-- For the list of sessions that a person can end one by one: what logged in, as it named itself, and when it was last heard of, to the
-- minute. Null: it named nothing; it was not heard of since the log-in.
alter table sessions add column user_agent text collate "C";
alter table sessions add column last_seen_ms bigint;
