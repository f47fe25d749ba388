-- Corrections of a record by two persons, with the old value kept (Decree 663 Art. 20). Rows are only added; each is decided once.

-- +goose Up
create table correction (
    jurisdiction text        not null,
    id           uuid        not null,
    station      text        not null, -- where it was proposed
    person       uuid        not null,
    permit       text,
    field        text        not null,
    old_value    bytea       not null, -- sealed
    new_value    bytea       not null, -- sealed
    reason       text        not null,
    evidence     bytea       not null, -- sealed: which document shows it
    state        text        not null,
    proposed_by  uuid        not null,
    proposed_at  timestamptz not null,
    decided_by   uuid,
    decided_at   timestamptz,
    note         bytea,                -- sealed: why it was rejected
    constraint correction_pk primary key (jurisdiction, id),
    constraint correction_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint correction_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint correction_permit foreign key (jurisdiction, permit) references permit (jurisdiction, number),
    constraint correction_proposed_by foreign key (proposed_by) references staff (id),
    constraint correction_decided_by foreign key (decided_by) references staff (id),
    constraint correction_field_known check (case when permit is null then field in ('name', 'id_number', 'ethnic_group', 'phone') else field = 'residence' end),
    constraint correction_reason_known check (reason in ('typing', 'misread', 'document')),
    constraint correction_state_known check (state in ('open', 'confirmed', 'rejected')),
    constraint correction_decision check ((state = 'open') = (decided_by is null) and num_nulls(decided_by, decided_at) in (0, 2) and decided_at >= proposed_at
        and (state = 'rejected') = (note is not null)),
    constraint correction_second_person check (proposed_by <> decided_by),
    constraint correction_sealed check (octet_length(old_value) between 29 and 2000 and octet_length(new_value) between 29 and 2000
        and octet_length(evidence) between 29 and 2000 and octet_length(note) between 29 and 2000)
);
create unique index correction_one_open on correction (jurisdiction, person, coalesce(permit, ''), field) where state = 'open';
create index correction_waiting on correction (jurisdiction, station, proposed_at) where state = 'open';
create index correction_of_person on correction (jurisdiction, person, proposed_at);
grant select, insert, update (state, decided_by, decided_at, note) on correction to anju_app;

grant update (id_number, id_number_index) on person to anju_app;
grant update (residence) on permit to anju_app;
grant update (claims) on permit_credential to anju_app; -- with the signature taken away: what is signed is still stored before it is signed

insert into ledger_action (action) values ('correction_proposed'), ('corrected'), ('correction_rejected');
