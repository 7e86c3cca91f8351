-- The status first: what waits, and what is on its way, is then in a few pages together, whosever it is, instead of in some page of each
-- account. A message passes through both places and then comes into the third for good, so it makes half as many pages change.
-- The words about the account change nothing: they keep SQLite from going through all that waits for a question that names no account.
drop index messages_history;
drop index messages_history_by_chat;
create index messages_history on messages (status, user_id, seq) where user_id is not null;
create index messages_history_by_chat on messages (status, user_id, chat_id, seq) where user_id is not null;
