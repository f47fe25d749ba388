-- What is missing, and the clock: the one notice of everything that must be supplemented (Decree 663 Art. 9), the applicant's answer, pauses
-- and the extension of the deadline. Who, when and why stand in the event that each row names.

-- +goose Up
alter table application
    add column supplemented_on date,
    add column paused_on date,
    add column paused_for text,
    drop constraint application_state_known,
    drop constraint application_acceptance,
    drop constraint application_decision,
    add constraint application_state_known check (state in ('pre_applied', 'to_supplement', 'in_review', 'in_production', 'to_collect', 'issued', 'declined', 'refused')),
    add constraint application_acceptance check ((state not in ('pre_applied', 'to_supplement', 'declined')) = (accepted_on is not null)
        and num_nulls(accepted_on, accepted_by, statutory_by, promised_by) in (0, 4)),
    add constraint application_decision check ((state not in ('pre_applied', 'to_supplement', 'in_review')) = (decided_on is not null)
        and num_nulls(decided_on, decided_by) in (0, 2)),
    add constraint application_promise_kept_in check (promised_by <= statutory_by),
    -- The clock stands still in review only: a decided case has no open pause.
    add constraint application_pause check (num_nulls(paused_on, paused_for) in (0, 2) and (paused_on is null or state = 'in_review' and paused_on >= accepted_on)),
    add constraint application_pause_reason check (paused_for in ('supplement', 'document_check', 'register_check', 'site_check')),
    add constraint application_pause_open unique (jurisdiction, id, paused_on);
create index application_paused on application (jurisdiction, station) where paused_on is not null;
drop index application_one_open;
create unique index application_one_open on application (jurisdiction, person) where state in ('pre_applied', 'to_supplement', 'in_review', 'in_production', 'to_collect');
grant update (supplemented_on, paused_on, paused_for, particulars, person, station, tier) on application to anju_app;

alter table application_event
    drop constraint application_event_verb_gives_state,
    drop constraint application_event_officer,
    drop constraint application_event_counter_known,
    drop constraint application_event_reason,
    add constraint application_event_verb_gives_state check ((verb, state) in (('submit', 'pre_applied'), ('accept', 'in_review'), ('decline', 'declined'),
        ('grant', 'in_production'), ('refuse', 'refused'), ('produce', 'to_collect'), ('issue', 'issued'),
        ('notify', 'to_supplement'), ('notify', 'in_review'), ('allow_notice', 'pre_applied'), ('allow_notice', 'in_review'),
        ('supplement', 'pre_applied'), ('supplement', 'in_review'), ('pause', 'in_review'), ('resume', 'in_review'),
        ('request_extension', 'in_review'), ('extend', 'in_review'), ('deny_extension', 'in_review'))),
    add constraint application_event_officer check (num_nulls(by_staff, by_name) in (0, 2)
        and case verb when 'submit' then by_staff is null when 'supplement' then true else by_staff is not null end),
    add constraint application_event_counter_known check (case verb when 'submit' then counter is not null when 'supplement' then (counter is null) = (by_staff is not null)
        else counter is null end and counter in ('portal', 'kiosk')),
    -- Decree 663 Art. 20(1): refusing a qualified applicant is an offence of staff, so no refusal without its reason.
    add constraint application_event_reason check ((verb in ('decline', 'refuse', 'pause', 'request_extension')) = (reason is not null) and char_length(reason) between 1 and 60),
    -- What two persons must agree to is agreed to with a reason.
    add constraint application_event_note check (verb not in ('allow_notice', 'pause', 'request_extension', 'deny_extension') or note is not null);

create table deficiency_notice (
    jurisdiction text not null,
    application  uuid not null,
    number       int  not null, -- 1, 2 …
    version      int  not null, -- of the event that gave it
    best_by      date not null, -- recommended: no text sets a day
    allowed      int,           -- version of the event by which a supervisor agreed to a further notice
    constraint deficiency_notice_pk primary key (jurisdiction, application, number),
    constraint deficiency_notice_event_once unique (jurisdiction, application, version),
    constraint deficiency_notice_event foreign key (jurisdiction, application, version) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint deficiency_notice_allowed foreign key (jurisdiction, application, allowed) references application_event (jurisdiction, application, version),
    constraint deficiency_notice_allowance_once unique (jurisdiction, application, allowed),
    constraint deficiency_notice_first_needs_none check (number >= 1 and (allowed is null or number > 1 and allowed < version))
);
grant select, insert on deficiency_notice to anju_app;

create table deficiency (
    jurisdiction text not null,
    application  uuid not null,
    number       int  not null,
    position     int  not null,
    subject      text not null, -- an answer or a kind of document
    code         text not null,
    line         bytea,         -- sealed
    constraint deficiency_pk primary key (jurisdiction, application, number, position),
    constraint deficiency_subject_once unique (jurisdiction, application, number, subject),
    constraint deficiency_notice foreign key (jurisdiction, application, number) references deficiency_notice (jurisdiction, application, number),
    constraint deficiency_position_from_one check (position >= 1),
    constraint deficiency_subject_form check (subject ~ '^(field|evidence)-[a-z0-9_]{1,50}$'),
    constraint deficiency_code_known check (case when subject like 'field-%' then code in ('unclear', 'differs')
        else code in ('absent', 'illegible', 'incomplete', 'expired', 'another_person', 'differs') end),
    constraint deficiency_sealed check (line is null or octet_length(line) between 29 and 1000)
);
grant select, insert on deficiency to anju_app;

-- The applicant's answer to a notice: one at most.
create table supplement (
    jurisdiction    text   not null,
    application     uuid   not null,
    number          int    not null,
    version         int    not null,
    changed         text[] not null, -- subjects that are new through it
    before          bytea  not null, -- sealed: the answers as they were
    idempotency_key text,            -- none when an officer took it at the window
    constraint supplement_pk primary key (jurisdiction, application, number),
    constraint supplement_key_once unique (jurisdiction, idempotency_key),
    constraint supplement_event_once unique (jurisdiction, application, version),
    constraint supplement_notice foreign key (jurisdiction, application, number) references deficiency_notice (jurisdiction, application, number),
    constraint supplement_event foreign key (jurisdiction, application, version) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint supplement_key_length check (char_length(idempotency_key) between 1 and 100),
    constraint supplement_changed check (array_position(changed, null) is null and cardinality(changed) <= 60),
    constraint supplement_sealed check (octet_length(before) between 29 and 65536)
);
grant select, insert on supplement to anju_app;

-- Each pause names the end of the one before it, and that one is closed: so pauses cannot overlap.
create table clock_pause (
    jurisdiction text not null,
    application  uuid not null,
    number       int  not null,
    reason       text not null,
    from_day     date not null, -- no longer counts
    to_day       date,          -- counts again
    began        int  not null, -- version of the event that stopped the clock
    ended        int,
    previous     int,           -- number of the pause before
    previous_end date,
    open_on      date generated always as (case when to_day is null then from_day end) stored,
    constraint clock_pause_pk primary key (jurisdiction, application, number),
    constraint clock_pause_end_once unique (jurisdiction, application, number, to_day),
    constraint clock_pause_open_once unique (jurisdiction, application, open_on),
    constraint clock_pause_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint clock_pause_previous foreign key (jurisdiction, application, previous, previous_end)
        references clock_pause (jurisdiction, application, number, to_day),
    constraint clock_pause_began foreign key (jurisdiction, application, began) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint clock_pause_ended foreign key (jurisdiction, application, ended) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    -- The application and its open pause name each other: neither is there without the other.
    constraint clock_pause_shown foreign key (jurisdiction, application, open_on) references application (jurisdiction, id, paused_on)
        deferrable initially deferred,
    constraint clock_pause_in_order check (case when number = 1 then num_nonnulls(previous, previous_end) = 0
        else previous is not null and previous_end is not null and previous = number - 1 and from_day >= previous_end end and number >= 1),
    constraint clock_pause_end check (num_nulls(to_day, ended) in (0, 2) and to_day >= from_day and ended > began),
    constraint clock_pause_reason_known check (reason in ('supplement', 'document_check', 'register_check', 'site_check'))
);
alter table application add constraint application_paused_by foreign key (jurisdiction, id, paused_on) references clock_pause (jurisdiction, application, open_on)
    deferrable initially deferred;
grant select, insert, update (to_day, ended) on clock_pause to anju_app;

-- A request to extend the deadline, and a supervisor's answer.
create table clock_extension (
    jurisdiction text not null,
    application  uuid not null,
    requested    int  not null, -- version of the event of the request
    requested_on date not null,
    requested_by uuid not null,
    ground       text not null,
    document     text not null, -- the implementing rule that allows it; '' where the ruleset knows it
    decided      int,
    decided_on   date,
    decided_by   uuid,
    granted      boolean,
    constraint clock_extension_pk primary key (jurisdiction, application, requested),
    constraint clock_extension_requested foreign key (jurisdiction, application, requested) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint clock_extension_decided foreign key (jurisdiction, application, decided) references application_event (jurisdiction, application, version)
        deferrable initially deferred,
    constraint clock_extension_requested_by foreign key (requested_by) references staff (id),
    constraint clock_extension_decided_by foreign key (decided_by) references staff (id),
    constraint clock_extension_decision check (num_nulls(decided, decided_on, decided_by, granted) in (0, 4) and decided > requested and decided_on >= requested_on),
    constraint clock_extension_second_person check (requested_by <> decided_by),
    constraint clock_extension_lengths check (char_length(ground) between 1 and 60 and char_length(document) <= 100)
);
create index clock_extension_waiting on clock_extension (jurisdiction, application) where decided is null;
-- One extension: a request that waits or was granted leaves room for no other.
create unique index clock_extension_once on clock_extension (jurisdiction, application) where granted is distinct from false;
grant select, insert, update (decided, decided_on, decided_by, granted) on clock_extension to anju_app;

alter table ledger_entry
    drop constraint ledger_entry_action_known,
    add constraint ledger_entry_action_known check (action in ('viewed', 'listed', 'verified', 'signed_in', 'signed_out', 'drafted', 'submitted', 'attached', 'accepted', 'declined', 'granted',
        'refused', 'produced', 'issued', 'signed', 'denied', 'released', 'filed', 'reported', 'answered', 'endorsed', 'suspended',
        'expired', 'loss_reported', 'loss_withdrawn', 'cancelled', 'cancelling_proposed', 'cancelling_rejected', 'notified',
        'supplemented', 'clocked', 'exported'));
