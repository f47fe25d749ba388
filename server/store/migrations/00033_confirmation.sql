-- What other systems confirm of a person, so that no paper is asked for it (State Council Order 716 Art. 7), and objections to it. The person
-- may be unknown to the house: then all there is of the person is a keyed hash of the ID number, for as long as the ruleset says.

-- +goose Up
create table confirmation_batch (
    jurisdiction    text        not null,
    id              uuid        not null,
    partner         text        not null,
    kind            text        not null, -- of system, as in the ruleset
    idempotency_key text        not null,
    body_index      bytea       not null, -- keyed hash of what came with the key
    received_at     timestamptz not null,
    outcomes        jsonb       not null, -- what became of each row: codes only
    constraint confirmation_batch_pk primary key (jurisdiction, id),
    constraint confirmation_batch_once unique (jurisdiction, partner, idempotency_key),
    constraint confirmation_batch_partner foreign key (jurisdiction, partner) references partner (jurisdiction, code),
    constraint confirmation_batch_lengths check (char_length(kind) between 1 and 40 and char_length(idempotency_key) between 1 and 100 and octet_length(body_index) = 32)
);
grant select, insert, update (outcomes) on confirmation_batch to anju_app;

create table confirmation (
    jurisdiction    text        not null,
    id              uuid        not null,
    batch           uuid        not null,
    partner         text        not null,
    kind            text        not null,
    what            text        not null, -- a paper or a condition of the ruleset
    met             boolean     not null,
    id_number_index bytea       not null, -- the same as of a person: that is how they meet
    name_index      bytea       not null,
    document        bytea       not null, -- sealed: its number
    document_index  bytea       not null,
    issued_on       date        not null,
    valid_until     date,
    received_at     timestamptz not null,
    keep_until      date        not null, -- while the person is unknown
    withdrawn_at    timestamptz,
    constraint confirmation_pk primary key (jurisdiction, id),
    constraint confirmation_batch foreign key (jurisdiction, batch) references confirmation_batch (jurisdiction, id),
    constraint confirmation_partner foreign key (jurisdiction, partner) references partner (jurisdiction, code),
    constraint confirmation_codes_length check (char_length(kind) between 1 and 40 and char_length(what) between 1 and 60),
    constraint confirmation_index_lengths check (octet_length(id_number_index) = 32 and octet_length(name_index) = 32 and octet_length(document_index) = 32),
    constraint confirmation_sealed check (octet_length(document) between 29 and 500),
    constraint confirmation_dates_in_order check (issued_on <= valid_until)
);
create index confirmation_of_person on confirmation (jurisdiction, id_number_index);
create index confirmation_unknown on confirmation (keep_until);
-- The same thing sent again is known already.
create unique index confirmation_once on confirmation (jurisdiction, id_number_index, what, partner, document_index, issued_on, met, coalesce(valid_until, 'infinity'))
    where withdrawn_at is null;
grant select, insert, update (withdrawn_at), delete on confirmation to anju_app;

-- "This is wrong." While it is open, the confirmation counts for nothing.
create table objection (
    jurisdiction text        not null,
    confirmation uuid        not null,
    at           timestamptz not null,
    account      uuid        not null,
    person       uuid        not null,
    station      text        not null,
    note         bytea       not null, -- sealed
    answered_at  timestamptz,
    by_staff     uuid,
    by_name      bytea, -- sealed
    upheld       boolean, -- the confirmation was wrong
    answer       bytea, -- sealed
    constraint objection_pk primary key (jurisdiction, confirmation),
    constraint objection_confirmation foreign key (jurisdiction, confirmation) references confirmation (jurisdiction, id) on delete cascade,
    constraint objection_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint objection_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint objection_staff foreign key (by_staff) references staff (id),
    constraint objection_answer_whole check (num_nulls(answered_at, by_staff, by_name, upheld, answer) in (0, 5)),
    constraint objection_sealed check (octet_length(note) between 29 and 3000 and (answer is null or octet_length(answer) between 29 and 3000)
        and (by_name is null or octet_length(by_name) between 29 and 500))
);
create index objection_open on objection (jurisdiction, station, at) where answered_at is null;
grant select, insert, update (answered_at, by_staff, by_name, upheld, answer), delete on objection to anju_app;

insert into ledger_action (action) values ('confirmed'), ('objected');
