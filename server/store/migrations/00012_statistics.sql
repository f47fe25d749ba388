-- Statistics read the applications of the last months and the deadlines that fell in them.

-- +goose Up
create index application_by_submission on application (jurisdiction, submitted_at);
create index application_by_deadline on application (jurisdiction, statutory_by) where statutory_by is not null;
