-- From the draft to the decision. These tables grow with a city's people: the city stands in every primary key, unique constraint and
-- foreign key, so that they can be partitioned or sharded by it.

-- +goose Up
create table draft (
    jurisdiction text        not null,
    id           uuid        not null,
    owner        text        not null, -- account or kiosk visit
    owner_kind   text        not null,
    draft        bytea       not null, -- sealed
    updated_at   timestamptz not null,
    version      int         not null,
    constraint draft_pk primary key (jurisdiction, id),
    constraint draft_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint draft_owner_length check (char_length(owner) between 1 and 100),
    constraint draft_owner_kind_known check (owner_kind in ('citizen', 'kiosk')),
    constraint draft_sealed check (octet_length(draft) between 29 and 65536),
    constraint draft_version_rises check (version > 0)
);
-- The one unique index without the city: an owner has one draft, and it is found before the city is known. Drafts are few and short-lived.
create unique index draft_owner_once on draft (owner);
create index draft_by_age on draft (updated_at);
grant select, insert, update (draft, updated_at, version), delete on draft to anju_app;

create table person (
    jurisdiction    text        not null,
    id              uuid        not null,
    name            bytea       not null, -- sealed, as all particulars here
    id_number       bytea       not null,
    ethnic_group    bytea       not null,
    phone           bytea       not null,
    id_number_index bytea       not null,
    name_index      bytea       not null,
    surname_index   bytea       not null,
    initials_index  bytea       not null, -- pinyin initials
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint person_pk primary key (jurisdiction, id),
    constraint person_id_number_once unique (jurisdiction, id_number_index),
    constraint person_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint person_sealed check (octet_length(name) between 29 and 500 and octet_length(id_number) between 29 and 100
        and octet_length(ethnic_group) between 29 and 100 and octet_length(phone) between 29 and 100),
    constraint person_index_lengths check (octet_length(id_number_index) = 32 and octet_length(name_index) = 32
        and octet_length(surname_index) = 32 and octet_length(initials_index) = 32)
);
create index person_by_name on person (jurisdiction, name_index);
create index person_by_surname on person (jurisdiction, surname_index);
create index person_by_initials on person (jurisdiction, initials_index);
grant select, insert, update (name, ethnic_group, phone, name_index, surname_index, initials_index, updated_at) on person to anju_app;

create table application (
    jurisdiction    text        not null,
    id              uuid        not null,
    reference       text        not null,
    ruleset         text        not null,
    tier            text        not null,
    station         text        not null,
    person          uuid        not null,
    account         uuid,
    particulars     bytea       not null, -- sealed
    counter         text        not null,
    notice          text        not null, -- version of the privacy notice that was shown
    token           bytea       not null, -- sealed
    token_index     bytea       not null,
    idempotency_key text        not null,
    body_index      bytea       not null, -- keyed hash of the form that came with the key
    state           text        not null,
    submitted_at    timestamptz not null,
    accepted_on     date,
    accepted_by     uuid,
    statutory_by    date,
    promised_by     date,
    decided_on      date,
    decided_by      uuid,
    produced_on     date,
    issued_on       date,
    permit          text,
    version         int         not null,
    constraint application_pk primary key (jurisdiction, id),
    constraint application_reference_once unique (jurisdiction, reference),
    constraint application_token_once unique (token_index, jurisdiction),
    constraint application_key_once unique (jurisdiction, idempotency_key),
    constraint application_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint application_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint application_accepted_by foreign key (accepted_by) references staff (id),
    constraint application_decided_by foreign key (decided_by) references staff (id),
    constraint application_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint application_reference_form check (reference ~ '^[0-9]{4}-[0-9A-Y]{4}-[0-9A-Y]{4}$' and left(reference, 4) = left(jurisdiction, 4)),
    constraint application_codes_length check (char_length(ruleset) between 1 and 40 and char_length(tier) between 1 and 40
        and char_length(notice) between 1 and 40 and char_length(idempotency_key) between 1 and 100),
    constraint application_counter_known check (counter in ('portal', 'kiosk')),
    constraint application_sealed check (octet_length(particulars) between 29 and 65536 and octet_length(token) between 29 and 100),
    constraint application_index_lengths check (octet_length(token_index) = 32 and octet_length(body_index) = 32),
    constraint application_version_rises check (version > 0),
    constraint application_state_known check (state in ('pre_applied', 'in_review', 'in_production', 'to_collect', 'issued', 'declined', 'refused')),
    -- A state and its dates agree. The clock starts at acceptance, never before (Decree 663 Art. 9).
    constraint application_acceptance check ((state not in ('pre_applied', 'declined')) = (accepted_on is not null)
        and num_nulls(accepted_on, accepted_by, statutory_by, promised_by) in (0, 4)),
    constraint application_decision check ((state not in ('pre_applied', 'in_review')) = (decided_on is not null)
        and num_nulls(decided_on, decided_by) in (0, 2)),
    constraint application_production check ((state in ('to_collect', 'issued')) = (produced_on is not null)),
    constraint application_issue check ((state = 'issued') = (issued_on is not null) and num_nulls(issued_on, permit) in (0, 2)),
    constraint application_dates_in_order check (accepted_on <= decided_on and decided_on <= produced_on and produced_on <= issued_on
        and accepted_on <= statutory_by),
    constraint application_second_person check (accepted_by <> decided_by)
);
create unique index application_one_open on application (jurisdiction, person) where state in ('pre_applied', 'in_review', 'in_production', 'to_collect');
create index application_queue on application (jurisdiction, station, state, submitted_at, id);
create index application_of_person on application (jurisdiction, person);
create index application_of_account on application (account);
create index application_by_key on application (idempotency_key);
grant select, insert, update (state, accepted_on, accepted_by, statutory_by, promised_by, decided_on, decided_by, produced_on, issued_on, permit, version)
    on application to anju_app;

-- The history of an application. It is only added to: one event has led to each version.
create table application_event (
    jurisdiction text        not null,
    application  uuid        not null,
    version      int         not null,
    verb         text        not null,
    state        text        not null,
    at           timestamptz not null,
    day          date        not null, -- of at, in Asia/Shanghai
    by_staff     uuid,
    by_name      bytea, -- sealed: the name on that day
    by_station   text,
    counter      text,
    reason       text,
    note         bytea, -- sealed
    constraint application_event_pk primary key (jurisdiction, application, version),
    constraint application_event_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint application_event_staff foreign key (by_staff) references staff (id),
    constraint application_event_verb_gives_state check ((verb, state) in (('submit', 'pre_applied'), ('accept', 'in_review'), ('decline', 'declined'),
        ('grant', 'in_production'), ('refuse', 'refused'), ('produce', 'to_collect'), ('issue', 'issued'))),
    constraint application_event_day check (day = (at at time zone 'Asia/Shanghai')::date),
    constraint application_event_officer check ((verb = 'submit') = (by_staff is null) and num_nulls(by_staff, by_name) in (0, 2)),
    constraint application_event_station_length check (char_length(by_station) between 1 and 40),
    constraint application_event_counter_known check ((verb = 'submit') = (counter is not null) and counter in ('portal', 'kiosk')),
    -- Decree 663 Art. 20(1): refusing a qualified applicant is an offence of staff, so no refusal without its reason.
    constraint application_event_reason check ((verb in ('decline', 'refuse')) = (reason is not null) and char_length(reason) between 1 and 60),
    constraint application_event_sealed check ((by_name is null or octet_length(by_name) between 29 and 500) and (note is null or octet_length(note) between 29 and 2000))
);
grant select, insert on application_event to anju_app;

create table evidence (
    jurisdiction text        not null,
    id           uuid        not null,
    draft        uuid,
    application  uuid,
    kind         text        not null,
    media_type   text        not null,
    size         int         not null, -- bytes of the content
    sha256       bytea       not null,
    content      bytea       not null, -- sealed
    added_at     timestamptz not null,
    constraint evidence_pk primary key (jurisdiction, id),
    constraint evidence_draft foreign key (jurisdiction, draft) references draft (jurisdiction, id) on delete cascade,
    constraint evidence_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint evidence_one_holder check (num_nonnulls(draft, application) = 1),
    constraint evidence_kind_length check (char_length(kind) between 1 and 60),
    constraint evidence_media_type_known check (media_type in ('image/jpeg', 'application/pdf')),
    constraint evidence_size_true check (size > 0 and octet_length(content) = size + 29),
    constraint evidence_sha256_length check (octet_length(sha256) = 32)
);
create index evidence_of_draft on evidence (jurisdiction, draft) where draft is not null;
create index evidence_of_application on evidence (jurisdiction, application) where application is not null;
grant select, insert, update (draft, application), delete on evidence to anju_app;
