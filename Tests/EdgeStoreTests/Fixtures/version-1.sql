-- A store as version 1 made it: `sqlite3 edge.db .dump`, with the application id that a dump leaves out. It is sealed with the
-- file `key` (AES-256-GCM, nonce first and tag last, checked with Python's cryptography 48). What version 1 was does not change.
PRAGMA application_id = 1399352164;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1');
CREATE TABLE object (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    document TEXT NOT NULL,
    secret BLOB,
    UNIQUE (kind, id)
) STRICT;
INSERT INTO object VALUES(1,'domain','rd_1','acct_1','{"domain":"app.shakedown.test"}',NULL);
INSERT INTO object VALUES(2,'certificate','cert_1','acct_1','{}',X'0e3e976927085b4f707f63b531f0b9d446f5bc482fe2e1068bd07b4fd13340b6747abc87bcb680b387f418e76a5fb826e5f3c620bfa46f');
CREATE TABLE proof (sealed BLOB NOT NULL) STRICT;
INSERT INTO proof VALUES(X'ce481094f5ba56cf60b2fdf95c0e111071d51ec67fa515176831946f59ce2f516dc604d8bfe4ff27b7e08d315cfc7b41');
COMMIT;
