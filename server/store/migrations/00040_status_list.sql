-- The status lists as they are published: one signed token for each list of a city, which anybody may fetch. What a list says rests on the
-- permits' statuses alone, and those change by an event only.

-- +goose Up
create table status_list (
    jurisdiction text        not null,
    number       int         not null, -- from 1, as permits name it
    digest       bytea       not null, -- SHA-256 of the places, before compression
    kid          bytea       not null,
    token        bytea       not null,
    as_of        timestamptz not null, -- when the statuses were read
    constraint status_list_pk primary key (jurisdiction, number),
    constraint status_list_kid foreign key (kid) references signing_key (kid),
    constraint status_list_number_from_one check (number >= 1),
    constraint status_list_lengths check (octet_length(digest) = 32 and octet_length(token) between 60 and 300000)
);
grant select, insert, update (digest, kid, token, as_of) on status_list to anju_app;

-- What a list has to say beside "valid": few of many.
create index permit_not_active on permit (jurisdiction, status_list, status_index) include (status) where status <> 'active';
