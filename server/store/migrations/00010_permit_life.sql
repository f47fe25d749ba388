-- The life of a permit after its issue: every event, every endorsement, loss report and proposed cancellation, and the lines of residence.
-- All of them but the open ends of reports and proposals are only added to.

-- +goose Up
alter table permit
    add column endorse_from date, -- from which endorsement years count
    add column status_since date,
    add column version      int;
update permit set endorse_from = case when endorse_by is not null then issued_on end, status_since = issued_on, version = 1;
alter table permit
    alter column status_since set not null,
    alter column version set not null,
    add constraint permit_version_rises check (version > 0),
    add constraint permit_endorsement_years check (num_nulls(endorse_from, endorse_by) in (0, 2) and issued_on <= endorse_from and endorse_from < endorse_by),
    -- A status and its dates agree: nothing is suspended before an endorsement was missed, or expired before a term ran out, and nothing became
    -- active after either (Decree 663 Art. 10; facts of the rules stand in server/permit).
    add constraint permit_status_dates check (issued_on <= status_since and case status
        when 'active' then coalesce(status_since <= endorse_by, true) and coalesce(status_since <= valid_until, true)
        when 'suspended' then coalesce(endorse_by < status_since, false)
        when 'expired' then coalesce(valid_until < status_since, false)
        else true end);
-- What the daily job looks for.
create index permit_to_suspend on permit (jurisdiction, endorse_by, number) where status = 'active' and endorse_by is not null;
create index permit_to_expire on permit (jurisdiction, valid_until, number) where status in ('active', 'suspended') and valid_until is not null;
grant update (status, status_since, endorse_from, endorse_by, version) on permit to anju_app;

-- One event has led to each version of a permit.
create table permit_event (
    jurisdiction text        not null,
    permit       text        not null,
    version      int         not null,
    verb         text        not null,
    status       text        not null, -- after it
    at           timestamptz not null,
    day          date        not null, -- from which it counts
    by_staff     uuid,
    by_name      bytea, -- sealed: the name on that day; of an issue before this table was made it stands in the history of the application
    by_station   text,
    counter      text, -- of the holder; neither staff nor counter: the house by a rule
    reason       text,
    note         bytea, -- sealed
    constraint permit_event_pk primary key (jurisdiction, permit, version),
    constraint permit_event_permit foreign key (jurisdiction, permit) references permit (jurisdiction, number),
    constraint permit_event_staff foreign key (by_staff) references staff (id),
    constraint permit_event_verb_gives_status check ((verb, status) in (('issue', 'active'), ('endorse', 'active'), ('suspend', 'suspended'), ('expire', 'expired'),
        ('report_loss', 'lost'), ('withdraw_loss', 'active'), ('withdraw_loss', 'suspended'), ('withdraw_loss', 'expired'), ('cancel', 'cancelled'))
        or verb in ('propose_cancelling', 'reject_cancellation')),
    constraint permit_event_status_known check (status in ('active', 'suspended', 'expired', 'lost', 'cancelled', 'superseded')),
    constraint permit_event_first_is_issue check ((verb = 'issue') = (version = 1)),
    constraint permit_event_rule check ((verb in ('suspend', 'expire')) = (by_staff is null and counter is null) and num_nonnulls(by_staff, counter) < 2),
    constraint permit_event_officer check (num_nulls(by_staff, by_name) in (0, 2) or verb = 'issue'),
    constraint permit_event_decided_by_staff check (by_staff is not null or verb not in ('issue', 'cancel', 'propose_cancelling', 'reject_cancellation')),
    constraint permit_event_counter_known check (counter in ('portal', 'kiosk')),
    -- A rule counts from its own day, however late the house came to it; a decision from the day on which it was made.
    constraint permit_event_day check (case when verb in ('suspend', 'expire') then day <= (at at time zone 'Asia/Shanghai')::date
        else day = (at at time zone 'Asia/Shanghai')::date end),
    constraint permit_event_reason check (case when verb in ('cancel', 'propose_cancelling') then reason is not null
        and reason in ('left_city', 'hukou_moved_in', 'hukou_cancelled', 'own_request', 'false_materials') else reason is null end),
    constraint permit_event_station_length check (char_length(by_station) between 1 and 40),
    constraint permit_event_sealed check ((by_name is null or octet_length(by_name) between 29 and 500) and (note is null or octet_length(note) between 29 and 2000))
);
grant select, insert on permit_event to anju_app;
insert into permit_event (jurisdiction, permit, version, verb, status, at, day, by_staff, by_station)
    select p.jurisdiction, p.number, 1, 'issue', 'active', e.at, e.day, e.by_staff, e.by_station
    from permit p join application_event e on e.jurisdiction = p.jurisdiction and e.application = p.application and e.verb = 'issue';
-- Whichever is written first waits for the other.
alter table permit add constraint permit_version_is_an_event foreign key (jurisdiction, number, version)
    references permit_event (jurisdiction, permit, version) deferrable initially deferred;

create table endorsement (
    jurisdiction text not null,
    permit       text not null,
    due_on       date not null,
    version      int  not null, -- of the event
    endorsed_on  date not null,
    next_due     date not null,
    ground       text, -- which still holds; none where the ruleset names none
    restarted    boolean not null, -- the years of residence began anew
    constraint endorsement_pk primary key (jurisdiction, permit, due_on), -- two taps make one
    constraint endorsement_event foreign key (jurisdiction, permit, version) references permit_event (jurisdiction, permit, version),
    constraint endorsement_event_once unique (jurisdiction, permit, version),
    constraint endorsement_dates_in_order check (due_on < next_due and endorsed_on < next_due),
    constraint endorsement_restarts_late check (not restarted or due_on < endorsed_on),
    constraint endorsement_ground_length check (char_length(ground) between 1 and 40)
);
grant select, insert on endorsement to anju_app;

create table loss_report (
    jurisdiction text not null,
    permit       text not null,
    version      int  not null, -- of the event that reported it
    state        text not null,
    reported_on  date not null,
    ended_on     date,
    ended        int, -- version of the event that ended it
    constraint loss_report_pk primary key (jurisdiction, permit, version),
    constraint loss_report_event foreign key (jurisdiction, permit, version) references permit_event (jurisdiction, permit, version),
    constraint loss_report_end_event foreign key (jurisdiction, permit, ended) references permit_event (jurisdiction, permit, version),
    constraint loss_report_state_known check (state in ('open', 'withdrawn', 'replaced', 'cancelled')),
    constraint loss_report_end check ((state = 'open') = (ended_on is null) and num_nulls(ended_on, ended) in (0, 2)),
    constraint loss_report_dates_in_order check (reported_on <= ended_on and version < ended)
);
create unique index loss_report_one_open on loss_report (jurisdiction, permit) where state = 'open';
grant select, insert, update (state, ended_on, ended) on loss_report to anju_app;

-- A cancellation for false materials says that the holder committed an offence (Decree 663 Art. 18): nobody decides it alone.
create table cancellation_proposal (
    jurisdiction text not null,
    permit       text not null,
    version      int  not null, -- of the event that proposed it
    state        text not null,
    proposed_by  uuid not null,
    decided_by   uuid,
    decided      int, -- version of the event that decided it
    constraint cancellation_proposal_pk primary key (jurisdiction, permit, version),
    constraint cancellation_proposal_event foreign key (jurisdiction, permit, version) references permit_event (jurisdiction, permit, version),
    constraint cancellation_proposal_decision_event foreign key (jurisdiction, permit, decided) references permit_event (jurisdiction, permit, version),
    constraint cancellation_proposal_proposed_by foreign key (proposed_by) references staff (id),
    constraint cancellation_proposal_decided_by foreign key (decided_by) references staff (id),
    constraint cancellation_proposal_state_known check (state in ('open', 'confirmed', 'rejected')),
    constraint cancellation_proposal_decision check ((state = 'open') = (decided is null) and num_nulls(decided, decided_by) in (0, 2) and version < decided),
    constraint cancellation_proposal_second_person check (proposed_by <> decided_by)
);
create unique index cancellation_proposal_one_open on cancellation_proposal (jurisdiction, permit) where state = 'open';
grant select, insert, update (state, decided_by, decided) on cancellation_proposal to anju_app;

-- The residence of a person in a city, line by line. The first line of a permit that was issued before this table was made is written by the
-- daily job: its day stands in the sealed particulars of the application.
create table residence_interval (
    jurisdiction text not null,
    person       uuid not null,
    line         int  not null,
    permit       text not null,
    reason       text not null,
    from_on      date, -- years count from here
    until_on     date, -- last day of the stretch before, or of a legacy permit's own
    written_on   date not null,
    constraint residence_interval_pk primary key (jurisdiction, person, line),
    constraint residence_interval_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint residence_interval_permit foreign key (jurisdiction, permit) references permit (jurisdiction, number),
    constraint residence_interval_line_rises check (line > 0),
    constraint residence_interval_reason_known check (reason in ('registered', 'legacy_permit', 'late_endorsement', 'cross_county', 'other_prefecture', 'cancelled')),
    constraint residence_interval_days check (case reason
        when 'cancelled' then from_on is null and until_on is not null
        when 'legacy_permit' then from_on is not null and until_on is not null and from_on <= until_on
        when 'late_endorsement' then from_on is not null and until_on is not null and until_on < from_on
        else from_on is not null end and coalesce(from_on <= written_on, true))
);
create index residence_interval_of_permit on residence_interval (jurisdiction, permit);
grant select, insert on residence_interval to anju_app;

alter table ledger_entry
    drop constraint ledger_entry_action_known,
    add constraint ledger_entry_action_known check (action in ('viewed', 'listed', 'verified', 'signed_in', 'signed_out', 'drafted', 'submitted', 'attached',
        'accepted', 'declined', 'granted', 'refused', 'produced', 'issued', 'signed', 'denied', 'released', 'filed', 'reported', 'answered',
        'endorsed', 'suspended', 'expired', 'loss_reported', 'loss_withdrawn', 'cancelled', 'cancelling_proposed', 'cancelling_rejected'));
