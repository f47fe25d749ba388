-- How a permit changed hands: who collected it, and the signature or that it stands on paper. Written once, with the event of the issue; issues
-- from before this table was made have none.

-- +goose Up
create table handover (
    jurisdiction text  not null,
    application  uuid  not null,
    version      int   not null, -- of the event
    collector    text  not null,
    agent        bytea,          -- sealed: name and number of whoever collected for the holder
    signing      text  not null,
    signature    bytea,          -- sealed: the picture
    constraint handover_pk primary key (jurisdiction, application),
    constraint handover_event foreign key (jurisdiction, application, version) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint handover_collector check (collector in ('holder', 'agent') and (collector = 'agent') = (agent is not null)),
    constraint handover_signing check (signing in ('screen', 'paper') and (signing = 'screen') = (signature is not null)),
    constraint handover_sealed check (octet_length(agent) between 29 and 1000 and octet_length(signature) between 29 and 160000)
);
grant select, insert on handover to anju_app;
