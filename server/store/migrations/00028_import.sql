-- What was taken over from the provincial system: the file's sum, how many rows, who and when; never the file.

-- +goose Up
alter table registration
    add column external_index bytea, -- keyed hash of the number in the provincial system
    add constraint registration_external_once unique (jurisdiction, external_index),
    add constraint registration_external_of_province check ((source = 'province') = (external_index is not null) and octet_length(external_index) = 32);

create table registration_import (
    jurisdiction text        not null,
    id           uuid        not null,
    sha256       bytea       not null,
    rows         int         not null,
    made         int         not null, -- of them, new in the record
    at           timestamptz not null,
    by_staff     uuid        not null,
    constraint registration_import_pk primary key (jurisdiction, id),
    constraint registration_import_once unique (jurisdiction, sha256),
    constraint registration_import_staff foreign key (by_staff) references staff (id),
    constraint registration_import_sum_length check (octet_length(sha256) = 32),
    constraint registration_import_counts check (made between 0 and rows and rows > 0)
);
grant select, insert on registration_import to anju_app;

insert into ledger_action (action) values ('imported');
