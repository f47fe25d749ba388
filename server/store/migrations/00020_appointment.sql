-- Appointments: when a station takes them, who comes when, and which reminders were sent. Times are those of the wall clock in Asia/Shanghai, in
-- minutes from midnight: there is no daylight saving.

-- +goose Up

-- The times of one day: beginning and end of each span in turn. None is a day without appointments.
create domain opening_day as int[] constraint opening_day_in_order check (
    array_position(value, null) is null and cardinality(value) in (0, 2, 4, 6)
    and (cardinality(value) = 0 or value[1] >= 0 and value[cardinality(value)] <= 1440)
    and coalesce(value[1] < value[2], true) and coalesce(value[2] <= value[3], true) and coalesce(value[3] < value[4], true)
    and coalesce(value[4] <= value[5], true) and coalesce(value[5] < value[6], true));

-- How a station takes appointments. The newest version counts; the older ones stay, because appointments were booked by them.
create table opening_hours (
    jurisdiction   text        not null,
    station        text        not null,
    version        int         not null,
    monday         opening_day not null,
    tuesday        opening_day not null,
    wednesday      opening_day not null,
    thursday       opening_day not null,
    friday         opening_day not null,
    saturday       opening_day not null,
    sunday         opening_day not null,
    make_up        opening_day not null, -- weekend days worked in exchange for a holiday
    slot_minutes   int         not null,
    capacity       int         not null, -- people at one time
    notice_minutes int         not null, -- least time between booking and appointment
    ahead_days     int         not null,
    open_each      int         not null, -- appointments that a person may have before them
    hint_days      int         not null, -- for so long a missed appointment is mentioned
    entered_by     uuid        not null,
    entered_at     timestamptz not null,
    constraint opening_hours_pk primary key (jurisdiction, station, version),
    constraint opening_hours_capacity_of unique (jurisdiction, station, version, capacity),
    constraint opening_hours_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint opening_hours_staff foreign key (entered_by) references staff (id),
    constraint opening_hours_bounds check (version > 0 and slot_minutes between 5 and 240 and capacity between 1 and 50 and notice_minutes between 0 and 10080
        and ahead_days between 1 and 90 and open_each between 1 and 10 and hint_days between 0 and 366)
);
grant select, insert on opening_hours to anju_app;

-- A day on which a station departs from its week. The newest version counts; one without times withdraws the exception.
create table opening_exception (
    jurisdiction text        not null,
    station      text        not null,
    day          date        not null,
    version      int         not null,
    times        opening_day,          -- none: the exception no longer holds
    reason       text        not null, -- told to whoever looks for that day
    entered_by   uuid        not null,
    entered_at   timestamptz not null,
    constraint opening_exception_pk primary key (jurisdiction, station, day, version),
    constraint opening_exception_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint opening_exception_staff foreign key (entered_by) references staff (id),
    constraint opening_exception_version_rises check (version > 0),
    constraint opening_exception_reason_length check (char_length(reason) between 1 and 60 or times is null and reason = '')
);
grant select, insert on opening_exception to anju_app;

-- What an open appointment stands on.
alter table application add constraint application_stands unique (jurisdiction, id, station, state);

create table appointment (
    jurisdiction    text not null,
    id              uuid not null,
    reference       text not null,
    station         text not null,
    purpose         text not null,
    application     uuid,
    person          uuid,
    account         uuid,  -- none when no phone is known
    name            bytea, -- sealed: of whoever comes, where there is no application; forgotten some time after the day
    day             date not null,
    minute          int  not null,
    until_minute    int  not null,
    place           int  not null,
    hours           int  not null, -- version of the hours by which it was booked
    capacity        int  not null, -- of those hours
    state           text not null,
    booked_on       date not null, -- when this time was agreed
    queue           int,           -- number of the arrival on that day
    stands_on       text,          -- state of the application, while the appointment is open
    idempotency_key text not null,
    version         int  not null,
    constraint appointment_pk primary key (jurisdiction, id),
    constraint appointment_reference_once unique (jurisdiction, reference),
    constraint appointment_key_once unique (jurisdiction, idempotency_key),
    constraint appointment_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint appointment_person foreign key (jurisdiction, person) references person (jurisdiction, id),
    constraint appointment_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    -- The capacity can never be exceeded: a place is one of those that the hours offer, and nobody else has it.
    constraint appointment_hours foreign key (jurisdiction, station, hours, capacity) references opening_hours (jurisdiction, station, version, capacity),
    constraint appointment_place_offered check (place between 1 and capacity),
    -- Appointment and application never disagree: while it is open, the application stands at that station in a state that the purpose fits.
    constraint appointment_stands foreign key (jurisdiction, application, station, stands_on) references application (jurisdiction, id, station, state)
        deferrable initially deferred,
    constraint appointment_stands_while_open check ((stands_on is not null) = (application is not null and state in ('booked', 'arrived'))),
    constraint appointment_purpose_fits check (case purpose when 'collect' then stands_on = 'to_collect'
        when 'hand_in' then stands_on in ('pre_applied', 'to_supplement', 'in_review') else stands_on is null end),
    constraint appointment_purpose_known check (purpose in ('hand_in', 'collect', 'register', 'advice')),
    constraint appointment_of_application check ((purpose in ('hand_in', 'collect')) = (application is not null) and num_nulls(application, person) in (0, 2)),
    constraint appointment_named check (case when application is not null then name is null when state in ('booked', 'arrived') then name is not null else true end),
    constraint appointment_sealed check (name is null or octet_length(name) between 29 and 500),
    constraint appointment_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint appointment_reference_form check (reference ~ '^[0-9]{4}-[0-9A-Y]{4}-[0-9A-Y]{4}$' and left(reference, 4) = left(jurisdiction, 4)),
    constraint appointment_state_known check (state in ('booked', 'arrived', 'served', 'missed', 'cancelled', 'ended')),
    constraint appointment_times check (minute >= 0 and until_minute > minute and until_minute <= 1440 and booked_on <= day),
    constraint appointment_queue check (case when state in ('arrived', 'served') then queue > 0 or queue is null and state = 'served' else queue is null end),
    constraint appointment_queue_once unique (jurisdiction, station, day, queue),
    constraint appointment_key_length check (char_length(idempotency_key) between 1 and 100),
    constraint appointment_version_rises check (version > 0)
);
create unique index appointment_place_once on appointment (jurisdiction, station, day, minute, place) where state in ('booked', 'arrived', 'served', 'missed');
create unique index appointment_one_open on appointment (jurisdiction, application) where state in ('booked', 'arrived') and application is not null;
create index appointment_of_account on appointment (account, day) where account is not null;
create index appointment_of_application on appointment (jurisdiction, application) where application is not null;
create index appointment_to_close on appointment (jurisdiction, day) where state in ('booked', 'arrived');
create index appointment_named_day on appointment (day) where name is not null;
grant select, insert, update (station, name, day, minute, until_minute, place, hours, capacity, state, booked_on, queue, stands_on, version) on appointment to anju_app;

-- The history of an appointment. It is only added to: one event has led to each version.
create table appointment_event (
    jurisdiction text        not null,
    appointment  uuid        not null,
    version      int         not null,
    verb         text        not null,
    state        text        not null,
    at           timestamptz not null,
    station      text        not null,
    day          date        not null, -- of the appointment, after the event
    minute       int         not null,
    by_staff     uuid,
    counter      text,                 -- of the person; neither: the house, by a rule
    reason       text,
    constraint appointment_event_pk primary key (jurisdiction, appointment, version),
    constraint appointment_event_appointment foreign key (jurisdiction, appointment) references appointment (jurisdiction, id),
    constraint appointment_event_staff foreign key (by_staff) references staff (id),
    constraint appointment_event_verb_gives_state check ((verb, state) in (('book', 'booked'), ('reschedule', 'booked'), ('call_off', 'cancelled'), ('arrive', 'arrived'),
        ('serve', 'served'), ('miss', 'missed'), ('end', 'ended'))),
    constraint appointment_event_by_one check (num_nonnulls(by_staff, counter) <= 1 and counter in ('portal', 'kiosk')
        and (verb not in ('book', 'reschedule', 'call_off', 'arrive') or num_nonnulls(by_staff, counter) = 1)),
    constraint appointment_event_reason check ((verb = 'end') = (reason is not null) and reason in ('case_closed', 'other_station', 'not_needed'))
);
grant select, insert on appointment_event to anju_app;

-- Reminders of an appointment. The day stands in the key: one that was moved to another day gets its own reminders.
create table appointment_reminder (
    jurisdiction text not null,
    appointment  uuid not null,
    day          date not null,
    days         int  not null, -- which of the reminders: so many days before, at most
    message      uuid not null,
    constraint appointment_reminder_pk primary key (jurisdiction, appointment, day, days),
    constraint appointment_reminder_appointment foreign key (jurisdiction, appointment) references appointment (jurisdiction, id),
    constraint appointment_reminder_days_before check (days between 1 and 366)
);
grant select, insert on appointment_reminder to anju_app;

insert into ledger_action (action) values ('booked'), ('rescheduled'), ('called_off'), ('arrived'), ('served'), ('missed');
