-- Texts that remind holders of a day on which their permit runs out or must be endorsed. The key is why nobody is told twice.

-- +goose Up
create table reminder (
    jurisdiction text not null,
    permit       text not null,
    due_on       date not null,
    days         int  not null, -- which of the reminders: so many days before, at most
    message      uuid not null, -- the outbox forgets it after a while, this line stays
    constraint reminder_pk primary key (jurisdiction, permit, due_on, days),
    constraint reminder_permit foreign key (jurisdiction, permit) references permit (jurisdiction, number),
    constraint reminder_days_before check (days between 1 and 366)
);
grant select, insert on reminder to anju_app;
-- What the daily job looks for.
create index permit_to_remind on permit (jurisdiction, least(endorse_by, valid_until), number) where status = 'active';
