-- Residence registrations (居住登记): who lives where, since when. Who, when and why stand in the events.

-- +goose Up
create table registration (
    jurisdiction    text        not null,
    id              uuid        not null,
    number          text        not null, -- of the receipt
    ruleset         text        not null,
    station         text        not null,
    person          uuid        not null,
    account         uuid,
    household       uuid        not null, -- the registration that it was made with; of a child that came along another one's
    particulars     bytea       not null, -- sealed
    source          text        not null,
    token           bytea       not null, -- sealed
    token_index     bytea       not null,
    idempotency_key text        not null,
    position        int         not null, -- of those made with one key
    body_index      bytea       not null, -- keyed hash of the form that came with the key
    state           text        not null,
    declared_on     date        not null,
    registered_on   date        not null, -- the first day of the registration
    shown_by        text,                 -- kind of evidence for a day before the declaration
    since           date,                 -- residence counts from here without a break
    half_year_on    date,
    decided_on      date,
    ended_on        date,
    ended_for       text,
    version         int         not null,
    constraint registration_pk primary key (jurisdiction, id),
    constraint registration_number_once unique (jurisdiction, number),
    constraint registration_token_once unique (token_index, jurisdiction),
    constraint registration_key_once unique (jurisdiction, idempotency_key, position),
    constraint registration_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint registration_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint registration_household foreign key (jurisdiction, household) references registration (jurisdiction, id),
    constraint registration_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint registration_number_form check (number ~ '^[0-9]{6}-D[0-9]{4}-[0-9]{7}-[0-9A-Z]$' and left(number, 4) = left(jurisdiction, 4)),
    constraint registration_codes_length check (char_length(ruleset) between 1 and 40 and char_length(idempotency_key) between 1 and 100
        and char_length(shown_by) between 1 and 40 and position >= 0),
    constraint registration_source_known check (source in ('portal', 'kiosk', 'window', 'province')),
    constraint registration_sealed check (octet_length(particulars) between 29 and 65536 and octet_length(token) between 29 and 100),
    constraint registration_index_lengths check (octet_length(token_index) = 32 and octet_length(body_index) = 32),
    constraint registration_version_rises check (version > 0),
    constraint registration_state_known check (state in ('declared', 'confirmed', 'rejected', 'ended')),
    -- A state and its dates agree. What was never confirmed never counted.
    constraint registration_decision check (case state when 'declared' then decided_on is null when 'ended' then true else decided_on is not null end),
    constraint registration_counts check (case state when 'confirmed' then since is not null when 'ended' then (since is null) = (decided_on is null) else since is null end
        and (since is not null or half_year_on is null)),
    constraint registration_end check ((state = 'ended') = (ended_on is not null) and num_nulls(ended_on, ended_for) in (0, 2)
        and ended_for in ('withdrawn', 'moved_away', 'moved_elsewhere', 'hukou_moved_in', 'deceased', 'mistaken')
        and (state <> 'ended' or (ended_for = 'withdrawn') = (decided_on is null))),
    constraint registration_earlier check (case when shown_by is null then registered_on = declared_on else registered_on < declared_on and since is not null end),
    constraint registration_dates_in_order check (since <= registered_on and since <= half_year_on and declared_on <= decided_on and (ended_for = 'withdrawn' or registered_on <= ended_on))
);
create unique index registration_one_live on registration (jurisdiction, person) where state = 'confirmed';
-- Somebody else who types a number does not keep its owner from declaring: one waits for each account.
create unique index registration_one_declared on registration (jurisdiction, person, account) where state = 'declared' and account is not null;
create index registration_queue on registration (jurisdiction, station, state, declared_on, id);
create index registration_of_person on registration (jurisdiction, person);
create index registration_of_account on registration (account) where account is not null;
create index registration_of_household on registration (jurisdiction, household);
create index registration_half_year on registration (jurisdiction, half_year_on) where state = 'confirmed' and account is not null;
grant select, insert, update (account, state, registered_on, shown_by, since, half_year_on, decided_on, ended_on, ended_for, version) on registration to anju_app;

create table registration_event (
    jurisdiction text        not null,
    registration uuid        not null,
    version      int         not null,
    verb         text        not null,
    state        text        not null,
    at           timestamptz not null,
    day          date        not null,
    by_staff     uuid,
    by_name      bytea, -- sealed
    by_station   text,
    counter      text,
    reason       text,
    note         bytea, -- sealed
    constraint registration_event_pk primary key (jurisdiction, registration, version),
    constraint registration_event_registration foreign key (jurisdiction, registration) references registration (jurisdiction, id),
    constraint registration_event_staff foreign key (by_staff) references staff (id),
    constraint registration_event_verb_gives_state check ((verb, state) in (('declare', 'declared'), ('register', 'declared'), ('import', 'confirmed'),
        ('confirm', 'confirmed'), ('reject', 'rejected'), ('backdate', 'confirmed'), ('end', 'ended'))),
    constraint registration_event_first check ((verb in ('declare', 'register', 'import')) = (version = 1)),
    constraint registration_event_somebody check (num_nonnulls(by_staff, counter) = 1 and num_nulls(by_staff, by_name) in (0, 2)),
    constraint registration_event_decided_by_staff check (by_staff is not null or verb in ('declare', 'end')),
    constraint registration_event_counter_known check (counter in ('portal', 'kiosk')),
    constraint registration_event_reason check ((verb in ('reject', 'backdate', 'end')) = (reason is not null) and char_length(reason) between 1 and 60),
    constraint registration_event_day check (day = (at at time zone 'Asia/Shanghai')::date),
    constraint registration_event_station_length check (char_length(by_station) between 1 and 40),
    constraint registration_event_sealed check ((by_name is null or octet_length(by_name) between 29 and 500) and (note is null or octet_length(note) between 29 and 2000))
);
grant select, insert on registration_event to anju_app;

create table receipt_serial (
    jurisdiction text not null,
    division     text not null,
    year         int  not null,
    last         int  not null,
    constraint receipt_serial_pk primary key (jurisdiction, division, year),
    constraint receipt_serial_range check (last between 1 and 9999999)
);
grant select, insert, update (last) on receipt_serial to anju_app;

-- The text that half a year is full. The key is why nobody is told twice; the outbox forgets the text after a while, this line stays.
create table half_year_reminder (
    jurisdiction text not null,
    registration uuid not null,
    message      uuid not null,
    constraint half_year_reminder_pk primary key (jurisdiction, registration),
    constraint half_year_reminder_registration foreign key (jurisdiction, registration) references registration (jurisdiction, id)
);
grant select, insert on half_year_reminder to anju_app;

insert into ledger_action (action) values ('declared'), ('registered'), ('rejected'), ('backdated'), ('ended'), ('claimed');
