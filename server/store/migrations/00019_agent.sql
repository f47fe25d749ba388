-- Who applied for somebody else, by what right, and with which consents. The agent's name and number stand in the sealed particulars of the
-- application; here they are only found again.

-- +goose Up
create table consent (
    jurisdiction text        not null,
    id           uuid        not null,
    application  uuid        not null,
    person       uuid        not null, -- whose data it is about
    code         text        not null,
    wording      date        not null, -- version of the text that was consented to
    relation     text        not null, -- of who gave it
    counter      text        not null,
    given_at     timestamptz not null,
    constraint consent_pk primary key (jurisdiction, id),
    constraint consent_once unique (jurisdiction, application, code),
    constraint consent_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint consent_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint consent_code_known check (code in ('child', 'health')),
    constraint consent_relation_known check (relation in ('guardian', 'near_relative')),
    constraint consent_counter_known check (counter in ('portal', 'kiosk')),
    -- Personal Information Protection Law Art. 31: of a child under 14 the parents or other guardians, and nobody else.
    constraint consent_child_by_guardian check (code <> 'child' or relation = 'guardian')
);
grant select, insert on consent to anju_app;

-- A consent is never taken out of the record; that it was withdrawn is a row.
create table consent_withdrawal (
    jurisdiction text        not null,
    consent      uuid        not null,
    counter      text        not null,
    at           timestamptz not null,
    constraint consent_withdrawal_pk primary key (jurisdiction, consent), -- two taps make one
    constraint consent_withdrawal_consent foreign key (jurisdiction, consent) references consent (jurisdiction, id),
    constraint consent_withdrawal_counter_known check (counter in ('portal', 'kiosk'))
);
grant select, insert on consent_withdrawal to anju_app;

create table application_agent (
    jurisdiction    text    not null,
    application     uuid    not null,
    principal       text    not null, -- why somebody may act: the group on the day of submission
    relation        text    not null,
    under_14        boolean not null, -- on that day
    consent         text generated always as (case when under_14 then 'child' when principal = 'disabled' then 'health' end) stored,
    id_number_index bytea   not null,
    constraint application_agent_pk primary key (jurisdiction, application),
    constraint application_agent_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint application_agent_principal_known check (principal in ('minor', 'older', 'disabled')),
    constraint application_agent_relation_known check (relation in ('guardian', 'near_relative')),
    constraint application_agent_child check (not under_14 or (principal = 'minor' and relation = 'guardian')),
    -- No application for a child under 14, and none that says that somebody is disabled, without its consent.
    constraint application_agent_consent foreign key (jurisdiction, application, consent) references consent (jurisdiction, application, code),
    constraint application_agent_index_length check (octet_length(id_number_index) = 32)
);
create index application_agent_by_number on application_agent (jurisdiction, id_number_index);
grant select, insert on application_agent to anju_app;

insert into ledger_action (action) values ('consent_given'), ('consent_withdrawn');
