-- The ways into a station's archive that the queue takes: all of it by its order, and one case by its permit.

-- +goose Up
create index application_by_time on application (jurisdiction, station, submitted_at, id);
create index application_by_permit on application (jurisdiction, permit) where permit is not null;
