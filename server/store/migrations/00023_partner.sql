-- Partners of a city: departments and systems that read its changes, send confirmations or check codes, each with what it may do, which
-- fields it is given on which legal basis, and its keys. And the changes themselves, in the order in which they are given out.

-- +goose Up
create table partner (
    jurisdiction    text        not null,
    code            text        not null,
    name_zh         text        not null,
    name_en         text        not null,
    contact         bytea       not null, -- sealed: who answers for it there
    idempotency_key text        not null,
    created_at      timestamptz not null,
    created_by      uuid, -- none: by command
    constraint partner_pk primary key (jurisdiction, code),
    constraint partner_key_once unique (jurisdiction, idempotency_key),
    constraint partner_created_by foreign key (created_by) references staff (id),
    constraint partner_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint partner_code_form check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
    constraint partner_names_length check (char_length(name_zh) between 1 and 100 and char_length(name_en) between 1 and 100),
    constraint partner_key_length check (char_length(idempotency_key) between 1 and 100),
    constraint partner_sealed check (octet_length(contact) between 29 and 1000)
);
grant select, insert, update (contact) on partner to anju_app;

create table partner_scope (
    jurisdiction text           not null,
    partner      text           not null,
    scope        text           not null,
    basis        text           not null, -- the law or agreement that allows it
    granted_at   timestamptz    not null,
    granted_by   uuid,
    withdrawn_at timestamptz,
    delivered    int8multirange not null default '{}', -- positions of the changes that were given out with these fields
    constraint partner_scope_pk primary key (jurisdiction, partner, scope),
    constraint partner_scope_partner foreign key (jurisdiction, partner) references partner (jurisdiction, code),
    constraint partner_scope_granted_by foreign key (granted_by) references staff (id),
    constraint partner_scope_form check (scope ~ '^(changes|(confirmations|verifications):[a-z][a-z0-9_]{0,39})$'),
    constraint partner_scope_basis_length check (char_length(basis) between 1 and 200)
);
grant select, insert, update (basis, granted_at, granted_by, withdrawn_at, delivered) on partner_scope to anju_app;

create table partner_field (
    jurisdiction text not null,
    partner      text not null,
    scope        text not null,
    field        text not null,
    basis        text not null,
    constraint partner_field_pk primary key (jurisdiction, partner, scope, field),
    constraint partner_field_scope foreign key (jurisdiction, partner, scope) references partner_scope (jurisdiction, partner, scope),
    constraint partner_field_known check (field in ('status', 'tier', 'county', 'issued_on', 'valid_until', 'endorse_by', 'name', 'id_number', 'residence')),
    constraint partner_field_goes_out check (scope not like 'confirmations:%'),
    constraint partner_field_basis_length check (char_length(basis) between 1 and 200)
);
grant select, insert, delete on partner_field to anju_app;

create table partner_key (
    jurisdiction    text        not null,
    name            text        not null, -- tells two keys apart in lists
    hash            bytea       not null, -- SHA-256 of 256 random bits and the name
    partner         text        not null,
    slot            int         not null, -- so that two at most are good at once
    idempotency_key text        not null,
    created_at      timestamptz not null,
    created_by      uuid,
    expires_at      timestamptz not null,
    ended_at        timestamptz,
    used_at         timestamptz,
    constraint partner_key_pk primary key (jurisdiction, name),
    constraint partner_key_hash_once unique (jurisdiction, hash),
    constraint partner_key_made_once unique (jurisdiction, idempotency_key),
    constraint partner_key_partner foreign key (jurisdiction, partner) references partner (jurisdiction, code),
    constraint partner_key_created_by foreign key (created_by) references staff (id),
    constraint partner_key_name_form check (name ~ '^[a-z2-7]{8}$'),
    constraint partner_key_hash_length check (octet_length(hash) = 32),
    constraint partner_key_slots check (slot in (1, 2)),
    constraint partner_key_idempotency_length check (char_length(idempotency_key) between 1 and 100),
    constraint partner_key_runs_out check (created_at < expires_at)
);
create unique index partner_key_two_alive on partner_key (jurisdiction, partner, slot) where ended_at is null;
create index partner_key_of_partner on partner_key (jurisdiction, partner);
grant select, insert, update (expires_at, ended_at, used_at) on partner_key to anju_app;

-- What has changed, by reference: what it is stands in the table of its kind. A change gets its position when it is given out for the
-- first time, from one writer after the other; the sequence alone would let a reader pass over a row that is written early and committed
-- late. Of one permit the positions keep the order of its versions: the row of a version is written while the permit is locked, so it is
-- committed before the next version takes its number.
create table change (
    jurisdiction text        not null,
    seq          bigint      not null generated always as identity,
    kind         text        not null,
    subject      text        not null, -- number of the permit
    version      int         not null,
    at           timestamptz not null,
    position     bigint,
    constraint change_pk primary key (jurisdiction, seq),
    constraint change_once unique (jurisdiction, kind, subject, version),
    constraint change_position_once unique (jurisdiction, position),
    constraint change_kind_known check (kind in ('permit')),
    constraint change_subject_length check (char_length(subject) between 1 and 60),
    constraint change_position_rises check (position > 0)
);
create index change_waiting on change (jurisdiction, seq) where position is null;
grant select, insert, update (position), delete on change to anju_app;

-- How far the changes of a city were given positions, and up to which they have been deleted.
create table change_horizon (
    jurisdiction text   not null,
    last         bigint not null,
    purged       bigint not null,
    constraint change_horizon_pk primary key (jurisdiction),
    constraint change_horizon_order check (0 <= purged and purged <= last)
);
grant select, insert, update (last, purged) on change_horizon to anju_app;

-- Whatever verb writes an event of a permit, its change is written with it: no way to one can pass by the other.
-- +goose StatementBegin
create function note_permit_change() returns trigger language plpgsql as $$
begin
    insert into change (jurisdiction, kind, subject, version, at)
        select jurisdiction, 'permit', permit, version, at from fresh order by permit, version;
    return null;
end
$$;
-- +goose StatementEnd
create trigger permit_event_is_a_change after insert on permit_event referencing new table as fresh
    for each statement execute function note_permit_change();
insert into change (jurisdiction, kind, subject, version, at)
    select jurisdiction, 'permit', permit, version, at from permit_event order by at, permit, version;

insert into ledger_action (action) values ('shared'), ('agreed'), ('keyed');
alter table ledger_entry
    drop constraint ledger_entry_actor_kind_known,
    add constraint ledger_entry_actor_kind_known check (actor_kind in ('anyone', 'citizen', 'staff', 'kiosk', 'system', 'partner'));
