-- The monthly report for the performance review (综治考评): the figures of a month as they were when it was closed, and the indexes by which a
-- month is counted without reading every application.

-- +goose Up
create table monthly_report (
    jurisdiction text        not null,
    month        date        not null, -- its first day
    county       text        not null, -- '' for what names no county
    revision     int         not null, -- 1, then one for each correction: what was closed before stays
    figures      jsonb       not null,
    closed_at    timestamptz not null,
    closed_by    uuid        not null,
    closed_name  bytea       not null, -- sealed: the name on that day
    reason       bytea,                -- sealed: of a correction
    constraint monthly_report_pk primary key (jurisdiction, month, county, revision),
    constraint monthly_report_closed_by foreign key (closed_by) references staff (id),
    constraint monthly_report_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint monthly_report_month_first_day check (extract(day from month) = 1),
    constraint monthly_report_closed_after check ((month + interval '1 month')::date <= (closed_at at time zone 'Asia/Shanghai')::date),
    constraint monthly_report_county_of_city check (county = '' or county ~ '^[0-9]{6}$' and left(county, 4) || '00' = jurisdiction),
    constraint monthly_report_correction check (revision >= 1 and (revision > 1) = (reason is not null)),
    constraint monthly_report_figures check (jsonb_typeof(figures) = 'object'),
    constraint monthly_report_sealed check (octet_length(closed_name) between 29 and 500 and (reason is null or octet_length(reason) between 29 and 2000))
);
grant select, insert on monthly_report to anju_app;

create index application_by_acceptance on application (jurisdiction, accepted_on) where accepted_on is not null;
create index application_event_by_day on application_event (jurisdiction, day, verb);
create index permit_event_by_day on permit_event (jurisdiction, day, verb);
create index registration_by_decision on registration (jurisdiction, decided_on) where decided_on is not null;
create index registration_event_by_day on registration_event (jurisdiction, day, verb);

insert into ledger_action (action) values ('closed');
