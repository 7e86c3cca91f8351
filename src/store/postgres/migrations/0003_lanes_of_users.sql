-- Whose message is the first of a lane is read from the index, so that a look through all lanes does not touch the messages.
drop index messages_lanes;
create index messages_lanes on messages (bot_id, peer_id, rank, turn, user_id) where status = 'queued';
