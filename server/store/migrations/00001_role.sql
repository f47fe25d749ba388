-- The role under which the application works. It owns nothing; each table below says what it may do. Roles belong to the whole cluster,
-- so another database of it may have made this one already.

-- +goose Up
-- +goose StatementBegin
do $$
begin
    if not exists (select from pg_roles where rolname = 'anju_app') then
        begin
            create role anju_app nologin;
            -- Here and not as startup parameters, which a pooler between us and the database refuses.
            alter role anju_app set statement_timeout = '10s';
            alter role anju_app set lock_timeout = '5s';
            alter role anju_app set idle_in_transaction_session_timeout = '15s';
        exception when duplicate_object or unique_violation then
            null; -- another database was faster
        end;
    end if;
    if not pg_has_role(current_user, 'anju_app', 'member') then
        execute format('grant anju_app to %I', current_user);
    end if;
end
$$;
-- +goose StatementEnd

-- Ready compares the version of the schema with the program's.
grant select on goose_db_version to anju_app;
