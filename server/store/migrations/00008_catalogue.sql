-- The catalogue: what departments add to the services of a ruleset, released by governments in numbered versions; and the register of the
-- documents that the policies oblige somebody to publish. A release, its entries, the report about it and a registered document are never
-- changed or removed by the application. None of it is about a person, so nothing is sealed.

-- +goose Up
create table catalogue_draft (
    jurisdiction text        not null,
    government   text        not null, -- the city's or a county's
    service      text        not null,
    department   text        not null, -- '' where the text names none
    ruleset      text        not null,
    state        text        not null,
    withdrawn    boolean     not null, -- the entry is to be taken out of the next release
    entry        jsonb       not null,
    reason       text,                 -- why the publisher returned it
    saved_at     timestamptz not null,
    saved_by     uuid        not null,
    version      int         not null,
    constraint catalogue_draft_pk primary key (jurisdiction, government, service, department),
    constraint catalogue_draft_saved_by foreign key (saved_by) references staff (id),
    constraint catalogue_draft_government_of_city check (government ~ '^[0-9]{6}$' and left(government, 4) || '00' = jurisdiction),
    constraint catalogue_draft_codes_length check (char_length(service) between 1 and 40 and char_length(department) <= 40 and char_length(ruleset) between 1 and 40),
    constraint catalogue_draft_state_known check (state in ('drafting', 'ready', 'returned', 'released')),
    constraint catalogue_draft_withdrawal check (not withdrawn or state <> 'drafting'),
    constraint catalogue_draft_reason check ((state = 'returned') = (reason is not null) and char_length(reason) between 1 and 500),
    constraint catalogue_draft_entry check (jsonb_typeof(entry) = 'object' and char_length(entry::text) <= 100000),
    constraint catalogue_draft_version_rises check (version > 0)
);
grant select, insert, update (ruleset, state, withdrawn, entry, reason, saved_at, saved_by, version) on catalogue_draft to anju_app;

-- The history of a draft. It is only added to: one event has led to each version.
create table catalogue_draft_event (
    jurisdiction text        not null,
    government   text        not null,
    service      text        not null,
    department   text        not null,
    version      int         not null,
    verb         text        not null,
    at           timestamptz not null,
    by_staff     uuid        not null,
    reason       text,
    release      int, -- the number of the release that it went into
    constraint catalogue_draft_event_pk primary key (jurisdiction, government, service, department, version),
    constraint catalogue_draft_event_draft foreign key (jurisdiction, government, service, department)
        references catalogue_draft (jurisdiction, government, service, department),
    constraint catalogue_draft_event_staff foreign key (by_staff) references staff (id),
    constraint catalogue_draft_event_verb_known check (verb in ('save', 'hand_over', 'withdraw', 'return', 'release')),
    constraint catalogue_draft_event_reason check ((verb = 'return') = (reason is not null) and char_length(reason) between 1 and 500),
    constraint catalogue_draft_event_release check ((verb = 'release') = (release is not null))
);
grant select, insert on catalogue_draft_event to anju_app;

create table catalogue_release (
    jurisdiction    text        not null,
    government      text        not null,
    number          int         not null, -- 1, 2, 3 … of each government
    ruleset         text        not null,
    released_at     timestamptz not null,
    released_on     date        not null, -- of released_at, in Asia/Shanghai
    released_by     uuid        not null,
    note            text        not null,
    digest          bytea       not null, -- SHA-256 of all entries: one that was added or changed later does not fit
    idempotency_key text        not null,
    constraint catalogue_release_pk primary key (jurisdiction, government, number),
    constraint catalogue_release_key_once unique (jurisdiction, idempotency_key),
    constraint catalogue_release_staff foreign key (released_by) references staff (id),
    constraint catalogue_release_government_of_city check (government ~ '^[0-9]{6}$' and left(government, 4) || '00' = jurisdiction),
    constraint catalogue_release_number_from_one check (number > 0),
    constraint catalogue_release_day check (released_on = (released_at at time zone 'Asia/Shanghai')::date),
    constraint catalogue_release_lengths check (char_length(note) between 1 and 500 and char_length(ruleset) between 1 and 40
        and char_length(idempotency_key) between 1 and 100 and octet_length(digest) = 32)
);
grant select, insert on catalogue_release to anju_app;
alter table catalogue_draft_event add constraint catalogue_draft_event_released foreign key (jurisdiction, government, release)
    references catalogue_release (jurisdiction, government, number);

-- All entries of a government as they stood at a release.
create table catalogue_release_entry (
    jurisdiction text  not null,
    government   text  not null,
    number       int   not null,
    service      text  not null,
    department   text  not null,
    position     int   not null, -- in the order of the ruleset
    entry        jsonb not null,
    constraint catalogue_release_entry_pk primary key (jurisdiction, government, number, service, department),
    constraint catalogue_release_entry_release foreign key (jurisdiction, government, number) references catalogue_release (jurisdiction, government, number),
    constraint catalogue_release_entry_codes_length check (char_length(service) between 1 and 40 and char_length(department) <= 40),
    constraint catalogue_release_entry_entry check (jsonb_typeof(entry) = 'object' and char_length(entry::text) <= 100000)
);
create index catalogue_release_entry_of_service on catalogue_release_entry (jurisdiction, service, government, number);
grant select, insert on catalogue_release_entry to anju_app;

-- That a release was reported to the government's office (报市、县政府办).
create table catalogue_release_report (
    jurisdiction text        not null,
    government   text        not null,
    number       int         not null,
    reported_on  date        not null,
    document     text        not null, -- number of the report
    recorded_at  timestamptz not null,
    recorded_by  uuid        not null,
    constraint catalogue_release_report_pk primary key (jurisdiction, government, number),
    constraint catalogue_release_report_release foreign key (jurisdiction, government, number) references catalogue_release (jurisdiction, government, number),
    constraint catalogue_release_report_staff foreign key (recorded_by) references staff (id),
    constraint catalogue_release_report_past check (reported_on <= (recorded_at at time zone 'Asia/Shanghai')::date),
    constraint catalogue_release_report_document_length check (char_length(document) between 1 and 100)
);
grant select, insert on catalogue_release_report to anju_app;

create table register_document (
    jurisdiction    text        not null,
    id              uuid        not null,
    government      text        not null,
    department      text        not null, -- '' where the government itself owes it
    ruleset         text        not null,
    obligation      text        not null,
    title           text        not null,
    number          text,                 -- of the document, when it has one
    published_on    date        not null,
    reported_on     date,
    size            int         not null,
    sha256          bytea       not null,
    content         bytea       not null, -- a PDF
    filed_at        timestamptz not null,
    filed_by        uuid        not null,
    idempotency_key text        not null,
    constraint register_document_pk primary key (jurisdiction, id),
    constraint register_document_key_once unique (jurisdiction, idempotency_key),
    constraint register_document_once unique (jurisdiction, government, department, ruleset, obligation, sha256),
    constraint register_document_staff foreign key (filed_by) references staff (id),
    constraint register_document_government_of_city check (government ~ '^[0-9]{6}$' and left(government, 4) || '00' = jurisdiction),
    constraint register_document_lengths check (char_length(department) <= 40 and char_length(ruleset) between 1 and 40 and char_length(obligation) between 1 and 40
        and char_length(title) between 1 and 200 and char_length(number) between 1 and 100 and char_length(idempotency_key) between 1 and 100),
    constraint register_document_days check (published_on >= '2014-01-01' and published_on <= (filed_at at time zone 'Asia/Shanghai')::date
        and reported_on >= published_on and reported_on <= (filed_at at time zone 'Asia/Shanghai')::date),
    constraint register_document_content check (size = octet_length(content) and size between 1 and 8388608 and octet_length(sha256) = 32)
);
create index register_document_by_id on register_document (id);
grant select, insert on register_document to anju_app;
