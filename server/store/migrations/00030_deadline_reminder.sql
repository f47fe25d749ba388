-- Reminders of a day that an application waits for: the recommended day of an answer to a notice, and of collecting what lies ready. The key is
-- why nobody is told twice.

-- +goose Up
create table application_reminder (
    jurisdiction text not null,
    application  uuid not null,
    matter       text not null,
    due_on       date not null,
    days         int  not null, -- which of the reminders: so many days before, at most
    message      uuid not null, -- the outbox forgets it after a while, this line stays
    constraint application_reminder_pk primary key (jurisdiction, application, matter, due_on, days),
    constraint application_reminder_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint application_reminder_matter_known check (matter in ('supplement', 'collect')),
    constraint application_reminder_days_before check (days between 1 and 366)
);
grant select, insert on application_reminder to anju_app;
-- What the daily job looks for.
create index deficiency_notice_by_day on deficiency_notice (jurisdiction, best_by);
create index application_to_collect on application (jurisdiction, produced_on) where state = 'to_collect';

-- Whoever has arrived has a number: a comparison with none is unknown, which a CHECK lets pass.
alter table appointment
    drop constraint appointment_queue,
    add constraint appointment_queue check (case state when 'arrived' then queue is not null when 'served' then true else queue is null end and queue > 0);
