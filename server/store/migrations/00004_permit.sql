-- Permits, what is signed about them, and the keys that sign.

-- +goose Up
create table permit (
    jurisdiction text   not null,
    number       text   not null,
    application  uuid   not null,
    person       uuid   not null,
    ruleset      text   not null,
    tier         text   not null,
    division     text   not null, -- county of issue
    issuer_zh    text   not null,
    issuer_en    text   not null,
    issued_on    date   not null,
    valid_until  date, -- none where the permit has no term
    endorse_by   date, -- none where there is no yearly endorsement
    residence    bytea  not null, -- sealed
    status       text   not null,
    status_list  int    not null,
    status_index int    not null,
    token        bytea  not null, -- sealed
    token_index  bytea  not null,
    constraint permit_pk primary key (jurisdiction, number),
    constraint permit_application_once unique (jurisdiction, application),
    constraint permit_status_place_once unique (jurisdiction, status_list, status_index),
    constraint permit_token_once unique (token_index, jurisdiction),
    constraint permit_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint permit_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint permit_number_form check (number ~ '^[0-9]{6}-[0-9]{4}-[0-9]{7}-[0-9A-Z]$' and left(number, 6) = division),
    constraint permit_codes_length check (char_length(ruleset) between 1 and 40 and char_length(tier) between 1 and 40
        and char_length(issuer_zh) between 1 and 100 and char_length(issuer_en) <= 200),
    constraint permit_dates_in_order check (issued_on <= valid_until and issued_on < endorse_by),
    constraint permit_status_known check (status in ('active', 'suspended', 'expired', 'lost', 'cancelled', 'superseded')),
    constraint permit_status_place check (status_list >= 0 and status_index >= 0),
    constraint permit_sealed check (octet_length(residence) between 29 and 2000 and octet_length(token) between 29 and 100 and octet_length(token_index) = 32)
);
-- An issued application names its permit, and the permit its application: whichever is written first waits for the other.
alter table application add constraint application_permit foreign key (jurisdiction, permit) references permit (jurisdiction, number)
    deferrable initially deferred;
create index permit_of_person on permit (jurisdiction, person);
grant select, insert on permit to anju_app;

-- What is signed is stored before it is signed, so that no signed credential can exist that the record does not know.
create table permit_credential (
    jurisdiction text        not null,
    number       text        not null,
    claims       bytea       not null, -- sealed
    kid          bytea,
    signed       bytea, -- sealed
    signed_at    timestamptz,
    constraint permit_credential_pk primary key (jurisdiction, number),
    constraint permit_credential_permit foreign key (jurisdiction, number) references permit (jurisdiction, number),
    constraint permit_credential_signed_whole check (num_nulls(kid, signed, signed_at) in (0, 3)),
    constraint permit_credential_sealed check (octet_length(claims) between 29 and 4000 and (signed is null or octet_length(signed) between 29 and 4000))
);
create index permit_credential_unsigned on permit_credential (jurisdiction, number) where signed is null;
grant select, insert, update (kid, signed, signed_at) on permit_credential to anju_app;

-- Counters are rows and not sequences: a number that was taken in a transaction that failed is taken again.
create table permit_serial (
    jurisdiction text not null,
    division     text not null,
    year         int  not null,
    last         int  not null,
    constraint permit_serial_pk primary key (jurisdiction, division, year),
    constraint permit_serial_division_form check (division ~ '^[0-9]{6}$'),
    constraint permit_serial_range check (last between 1 and 9999999)
);
grant select, insert, update (last) on permit_serial to anju_app;

create table status_position (
    jurisdiction text   not null,
    next         bigint not null, -- places taken so far in all lists of the city
    constraint status_position_pk primary key (jurisdiction),
    constraint status_position_range check (next > 0)
);
grant select, insert, update (next) on status_position to anju_app;

-- Signing keys are nation-wide: what one city signs, every other checks.
create table signing_key (
    kid          bytea       not null,
    alg          bigint      not null, -- COSE algorithm
    public       bytea       not null, -- SubjectPublicKeyInfo
    private      bytea       not null, -- sealed PKCS #8
    not_before   timestamptz not null,
    not_after    timestamptz not null,
    withdrawn_at timestamptz,
    constraint signing_key_pk primary key (kid),
    constraint signing_key_kid_length check (octet_length(kid) = 2),
    constraint signing_key_dates_in_order check (not_before < not_after),
    constraint signing_key_sealed check (octet_length(private) between 29 and 8000)
);
alter table permit_credential add constraint permit_credential_kid foreign key (kid) references signing_key (kid);
grant select, insert on signing_key to anju_app;
