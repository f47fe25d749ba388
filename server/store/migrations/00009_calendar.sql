-- Years of the national calendar (nation-wide: they belong to no city) as an administrator entered them: days off and weekend days worked in exchange, by the State Council's
-- notice. The newest version of a year counts, the older ones stay readable; a year that is not here is the program's own.

-- +goose Up
create table calendar_year (
    year       int         not null,
    version    int         not null,
    holidays   date[]      not null,
    workdays   date[]      not null,
    document   text        not null, -- number of the notice
    entered_by uuid        not null,
    entered_at timestamptz not null,
    constraint calendar_year_pk primary key (year, version),
    constraint calendar_year_staff foreign key (entered_by) references staff (id),
    constraint calendar_year_range check (year between 2014 and 2100 and version > 0),
    constraint calendar_year_document_length check (char_length(document) between 1 and 100),
    constraint calendar_year_days_known check (cardinality(holidays) between 1 and 366 and cardinality(workdays) <= 104
        and array_position(holidays, null) is null and array_position(workdays, null) is null)
);
grant select, insert on calendar_year to anju_app;
