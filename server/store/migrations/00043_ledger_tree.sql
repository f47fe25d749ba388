-- The proof of the ledger: every entry gets a place and a hash in the Merkle tree of its city, soon after it was written. The application can add
-- places, never change or remove one; the heads of the trees, signed, are kept outside the database.

-- +goose Up
create table ledger_leaf (
    jurisdiction text   not null,
    position     bigint not null, -- from 0, without a gap
    seq          bigint not null,
    hash         bytea  not null,
    constraint ledger_leaf_pk primary key (jurisdiction, position),
    constraint ledger_leaf_entry_once unique (jurisdiction, seq),
    constraint ledger_leaf_entry foreign key (jurisdiction, seq) references ledger_entry (jurisdiction, seq),
    constraint ledger_leaf_position_from_zero check (position >= 0),
    constraint ledger_leaf_hash_length check (octet_length(hash) = 32)
);
grant select, insert on ledger_leaf to anju_app;

create table ledger_tree (
    jurisdiction text   not null,
    size         bigint not null,
    edge         bytea  not null, -- hashes of the complete subtrees on the right edge
    constraint ledger_tree_pk primary key (jurisdiction),
    constraint ledger_tree_size_positive check (size > 0),
    constraint ledger_tree_edge_whole check (octet_length(edge) % 32 = 0 and octet_length(edge) >= 32)
);
grant select, insert, update (size, edge) on ledger_tree to anju_app;
