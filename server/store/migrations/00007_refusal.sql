-- Reports that a permit was not honoured (Zhangzhou 二(一): no unit may refuse a holder), and their answers.

-- +goose Up
create table refusal_report (
    jurisdiction    text        not null,
    id              uuid        not null,
    reference       bytea       not null, -- sealed: whoever knows it may read the answer
    reference_index bytea       not null,
    ruleset         text        not null,
    service         text,
    department      text, -- who answers; none while nobody knows
    county          text, -- where it happened
    kind            text        not null,
    happened_on     date        not null,
    place           bytea, -- sealed, as the next three; these go when the report has served
    words           bytea,
    permit_number   bytea,
    phone           bytea, -- of the reporter: gone with the answer
    lang            text        not null,
    account         uuid,
    counter         text        not null,
    idempotency_key text        not null,
    body_index      bytea       not null, -- keyed hash of the form that came with the key
    state           text        not null,
    received_at     timestamptz not null,
    due_on          date, -- none when the holidays of that time were not announced yet
    answered_at     timestamptz,
    version         int         not null,
    constraint refusal_report_pk primary key (jurisdiction, id),
    constraint refusal_report_reference_once unique (reference_index, jurisdiction),
    constraint refusal_report_key_once unique (idempotency_key, jurisdiction),
    constraint refusal_report_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint refusal_report_county_of_city check (county ~ '^[0-9]{6}$' and left(county, 4) || '00' = jurisdiction),
    constraint refusal_report_codes_length check (char_length(ruleset) between 1 and 40 and char_length(service) between 1 and 40
        and char_length(department) between 1 and 40 and char_length(idempotency_key) between 1 and 100),
    constraint refusal_report_kind_known check (kind in ('service_refused', 'local_hukou', 'fee_or_paper', 'not_accepted', 'permit_kept', 'other')),
    constraint refusal_report_sealed check (octet_length(reference) between 29 and 100 and octet_length(reference_index) = 32 and octet_length(body_index) = 32
        and (place is null or octet_length(place) between 29 and 1000) and (words is null or octet_length(words) between 29 and 12000)
        and (permit_number is null or octet_length(permit_number) between 29 and 100) and (phone is null or octet_length(phone) between 29 and 100)),
    constraint refusal_report_lang_known check (lang in ('zh', 'en')),
    constraint refusal_report_counter_known check (counter in ('portal', 'kiosk')),
    constraint refusal_report_state_known check (state in ('received', 'answered')),
    constraint refusal_report_answer check ((state = 'answered') = (answered_at is not null)),
    constraint refusal_report_phone_serves check (state = 'received' or phone is null),
    constraint refusal_report_dates_in_order check (happened_on <= (received_at at time zone 'Asia/Shanghai')::date and received_at <= answered_at
        and (received_at at time zone 'Asia/Shanghai')::date < due_on),
    constraint refusal_report_version_rises check (version > 0)
);
create index refusal_report_queue on refusal_report (jurisdiction, state, received_at, id);
create index refusal_report_of_account on refusal_report (account, received_at) where account is not null;
create index refusal_report_served on refusal_report (answered_at) where place is not null or words is not null or permit_number is not null;
grant select, insert, update (department, state, answered_at, place, words, permit_number, phone, version) on refusal_report to anju_app;

-- The history of a report. It is only added to: one event has led to each version.
create table refusal_event (
    jurisdiction text        not null,
    report       uuid        not null,
    version      int         not null,
    verb         text        not null,
    state        text        not null,
    at           timestamptz not null,
    by_staff     uuid,
    by_name      bytea, -- sealed: the name on that day
    counter      text,
    department   text,
    outcome      text,
    basis        text, -- the service or right whose clause the answer rests on
    words        bytea, -- sealed: what the reporter reads
    constraint refusal_event_pk primary key (jurisdiction, report, version),
    constraint refusal_event_report foreign key (jurisdiction, report) references refusal_report (jurisdiction, id),
    constraint refusal_event_staff foreign key (by_staff) references staff (id),
    constraint refusal_event_verb_gives_state check ((verb, state) in (('report', 'received'), ('assign', 'received'), ('answer', 'answered'))),
    constraint refusal_event_officer check ((verb = 'report') = (by_staff is null) and num_nulls(by_staff, by_name) in (0, 2)),
    constraint refusal_event_counter_known check ((verb = 'report') = (counter is not null) and counter in ('portal', 'kiosk')),
    constraint refusal_event_department check (case verb when 'assign' then department is not null when 'answer' then department is null else true end
        and char_length(department) between 1 and 40),
    constraint refusal_event_outcome check ((verb = 'answer') = (outcome is not null) and num_nulls(outcome, words) in (0, 2)
        and outcome in ('redressed', 'not_covered', 'no_refusal_found', 'other_body')),
    constraint refusal_event_basis check ((coalesce(outcome, '') = 'not_covered') = (basis is not null) and char_length(basis) between 1 and 40),
    constraint refusal_event_sealed check ((by_name is null or octet_length(by_name) between 29 and 500) and (words is null or octet_length(words) between 29 and 12000))
);
grant select, insert on refusal_event to anju_app;
