-- A text is a row, and the job that hands it over is river's, written in the same transaction. The job names the text and nothing else, so no
-- personal data stand in the queue. What waits to be handed over when this runs gets its job here.

-- +goose Up
grant usage on schema river to anju_app;
grant select, insert, update, delete on all tables in schema river to anju_app;
grant usage on all sequences in schema river to anju_app;
grant execute on all functions in schema river to anju_app;

insert into river.river_job (kind, args, max_attempts, queue, state)
    select 'text', jsonb_build_object('message', id), 100, 'default', 'available' from message where sent_at is null;

drop index message_due;
alter table message drop column tries; -- the job counts them
revoke update on message from anju_app;
grant update (sent_at) on message to anju_app;
