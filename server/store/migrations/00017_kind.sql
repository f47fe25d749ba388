-- An application has a kind of business; what is not a first permit is about a permit. What was there before was for first permits.

-- +goose Up
alter table application
    add column kind text not null default 'issue',
    add column of_permit text,
    add constraint application_kind_known check (kind in ('issue', 'renew', 'replace', 'change')),
    add constraint application_kind_permit check ((kind = 'issue') = (of_permit is null)),
    add constraint application_of_permit foreign key (jurisdiction, of_permit) references permit (jurisdiction, number),
    add constraint application_kind_once unique (jurisdiction, id, kind);
create index application_about_permit on application (jurisdiction, of_permit) where of_permit is not null;
