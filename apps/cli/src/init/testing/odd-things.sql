-- Everything that a schema cannot say, or that is not what it seems.
PRAGMA foreign_keys = OFF;
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT UNIQUE, password_hash TEXT);
INSERT INTO users VALUES (1, 'ann', 'x'), (2, 'bob', NULL);
DELETE FROM users WHERE id = 2;
CREATE TABLE "Order Details" (
  "Key #" TEXT PRIMARY KEY, "Größe" REAL, "select" INT DEFAULT 7, "1st" VARCHAR(10) DEFAULT 'it''s', unsure, "user" INTEGER REFERENCES users ON DELETE SET NULL,
  doubled INT GENERATED ALWAYS AS ("select" * 2) STORED, data JSON, broken_json JSON, active BOOLEAN NOT NULL DEFAULT 1, odd_bool BOOLEAN,
  at TIMESTAMP, unix DATETIME, made DATETIME DEFAULT CURRENT_TIMESTAMP, guid UUID, big BIGINT, mixed INTEGER, CHECK ("select" < 100)
) WITHOUT ROWID;
INSERT INTO "Order Details" ("Key #", "Größe", "select", "1st", unsure, "user", data, broken_json, active, odd_bool, at, unix, made, guid, big, mixed) VALUES
  ('a/b', 1.5, 1, 'x', 1, 1, '{"n":1}', '{"n":', 1, 'yes', '2024-05-06T07:08:09.123Z', 1700000000, '2024-01-01 00:00:00', '0190163d-8694-739b-aea5-966c26f8ad91', 9007199254740993, 1),
  ('c', 2, 2, NULL, 'two', NULL, NULL, NULL, 0, NULL, NULL, NULL, '2024-01-02 00:00:00', NULL, 1, 'two');
CREATE TABLE no_key (a, b);
INSERT INTO no_key VALUES (1, 2);
CREATE TABLE lost (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);
INSERT INTO lost VALUES (1, 99);
CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
CREATE VIEW active_details AS SELECT * FROM "Order Details" WHERE active;
CREATE TRIGGER on_lost AFTER INSERT ON lost BEGIN INSERT INTO log (what) VALUES ('lost ' || NEW.id); END;
CREATE VIRTUAL TABLE search USING fts5(body);
CREATE INDEX by_size ON "Order Details" ("Größe", "select");
CREATE INDEX "Odd Name" ON "Order Details" (active);
CREATE UNIQUE INDEX part ON "Order Details" (big) WHERE big > 5;
