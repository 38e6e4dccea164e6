-- V0001__init.sql: the first schema of a tsaccounts store. Tested with sqlite3 3.40.1, trusted_schema ON and OFF.
-- No BEGIN/COMMIT in here: the migrator owns the transaction. Before it, once, under the store lock:
-- PRAGMA journal_mode=WAL; PRAGMA application_id=0x74736163 ('tsac').
--
-- Decisions
--  1 Times are TEXT, UTC, RFC 3339 with milliseconds, always 24 characters: text order is time order, the shell can read them.
--  2 No json_*() in CHECKs, views or triggers: with trusted_schema=OFF, 3.40 calls the whole schema malformed ("unsafe use of json_valid()").
--  3 store: the id, key id and key check value that the associated data and "wrong key" need; one row, by CHECK.
--  4 migration: name and SHA-256 of what was applied; an edited or unknown migration is refused (GRDB keeps names only).
--  5 AUTOINCREMENT ids: never reused, so a lock file, an audit row or an orphaned secret never meets another login.
--  6 secret has two real foreign keys, exactly one set: cascades work, no polymorphic owner to police.
--  7 One current secret per owner and kind; the old generation is overwritten in the same statement (secure_delete).
--  8 Stored login states are facts (new, ready, needs_login, held); refreshing, degraded, bad_client are derived in profile_status.
--  9 bad_client and a 429 pause belong to api_key: they concern every login of the key, in one row.
-- 10 mac on api_key and profile: what no sealed secret covers (endpoints before the first sign-in, environment, API host, fences).
-- 11 boot_id + access_expires_boot_ms: within one boot a stepped wall clock cannot revive an expired token in another process.
-- 12 generation may only stay or grow by one, by trigger: the last line of defence behind the compare-and-set.
-- 13 attempt_id is UNIQUE and comes with its start time: one dangling attempt per login, always datable. One attempt = one POST.
-- 14 audit has no foreign keys: a row outlives its login. login_id, not profile_name, is the line to follow (profiles share logins, names change).
-- 15 audit.seq is given explicitly: the BEFORE guard can then compare it; the guard also stops INSERT OR REPLACE/IGNORE and upserts.
-- 16 row_hash = SHA-256 over a netstring per column in table order, without row_hash and row_mac; NULL is "-,". row_mac = HMAC of row_hash.
-- 17 refresh_history joins on the last settling event only, so needs_login or audit notes of the same attempt do not hide the HTTP status.

CREATE TABLE store (                                    -- exactly one row: what this file is
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  store_id      TEXT NOT NULL CHECK (length(store_id) = 32 AND store_id NOT GLOB '*[^0-9a-f]*'),
  seal_format   INTEGER NOT NULL CHECK (seal_format >= 1),
  key_id        TEXT NOT NULL CHECK (length(key_id) BETWEEN 8 AND 64),
  key_check     BLOB NOT NULL CHECK (length(key_check) BETWEEN 29 AND 128),
  created_at    TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z')
) STRICT;

CREATE TABLE migration (                                -- what was applied, and that it was this text
  name          TEXT PRIMARY KEY,
  sha256        TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  applied_at    TEXT NOT NULL,
  version       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id     TEXT NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
  client_auth   TEXT NOT NULL CHECK (client_auth IN ('none', 'post', 'basic')),
  authorize_url TEXT NOT NULL CHECK (authorize_url GLOB 'http*://?*'),
  token_url     TEXT NOT NULL CHECK (token_url     GLOB 'http*://?*'),
  revoke_url    TEXT          CHECK (revoke_url    GLOB 'http*://?*'),
  redirect_uri  TEXT          CHECK (redirect_uri  GLOB 'http*://?*'),   -- NULL: the built-in list of ports
  pkce          INTEGER NOT NULL DEFAULT 1 CHECK (pkce IN (0, 1)),
  nonce         INTEGER NOT NULL DEFAULT 1 CHECK (nonce IN (0, 1)),
  rotation      TEXT NOT NULL DEFAULT 'unknown' CHECK (rotation IN ('unknown', 'static', 'rotating')),
  state         TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'bad_client')),
  last_error    TEXT,
  not_before    TEXT CHECK (not_before IS NULL OR length(not_before) = 24),          -- a 429 pauses every login of the key
  mac           BLOB NOT NULL CHECK (length(mac) = 32),                 -- keyed: an edited endpoint is detected, not obeyed
  created_at    TEXT NOT NULL CHECK (length(created_at) = 24),
  UNIQUE (client_id, token_url),
  CHECK (client_auth <> 'none' OR pkce = 1)
) STRICT;

CREATE TABLE login (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  api_key_id          INTEGER NOT NULL REFERENCES api_key (id) ON DELETE RESTRICT,
  subject             TEXT,                             -- NULL until an ID token or access token named the user
  username            TEXT,
  scopes              TEXT NOT NULL DEFAULT '',
  state               TEXT NOT NULL DEFAULT 'new'
                      CHECK (state IN ('new', 'ready', 'needs_login', 'held')),   -- the rest is derived: see profile_status
  generation          INTEGER NOT NULL DEFAULT 0 CHECK (generation >= 0),
  access_expires_at   TEXT CHECK (access_expires_at   IS NULL OR length(access_expires_at)   = 24),
  access_lifetime_s   INTEGER CHECK (access_lifetime_s BETWEEN 1 AND 86400),
  boot_id             TEXT,                             -- with this boot id, access_expires_boot_ms beats the wall clock
  access_expires_boot_ms INTEGER,
  refresh_expires_at  TEXT CHECK (refresh_expires_at  IS NULL OR length(refresh_expires_at)  = 24),
  absolute_expires_at TEXT CHECK (absolute_expires_at IS NULL OR length(absolute_expires_at) = 24),
  attempt_id          TEXT UNIQUE CHECK (attempt_id IS NULL OR length(attempt_id) = 32),
  attempt_started_at  TEXT CHECK (attempt_started_at IS NULL OR length(attempt_started_at) = 24),
  failures            INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  last_error          TEXT,
  not_before          TEXT CHECK (not_before IS NULL OR length(not_before) = 24),
  created_at          TEXT NOT NULL CHECK (length(created_at) = 24),
  updated_at          TEXT NOT NULL CHECK (length(updated_at) = 24),
  CHECK ((attempt_id IS NULL) = (attempt_started_at IS NULL)),
  CHECK ((boot_id IS NULL) = (access_expires_boot_ms IS NULL)),
  CHECK (generation > 0 OR access_expires_at IS NULL)
) STRICT;
CREATE INDEX login_by_api_key ON login (api_key_id);

CREATE TABLE profile (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL COLLATE NOCASE UNIQUE
                CHECK (length(name) BETWEEN 1 AND 64 AND name GLOB '[A-Za-z0-9]*' AND name NOT GLOB '*[^A-Za-z0-9._-]*'),
  login_id      INTEGER NOT NULL REFERENCES login (id) ON DELETE RESTRICT,
  environment   TEXT NOT NULL CHECK (environment IN ('live', 'sim')),
  api_version   TEXT NOT NULL DEFAULT 'v3' CHECK (api_version IN ('v2', 'v3')),
  api_url       TEXT CHECK (api_url GLOB 'http*://?*'),                 -- NULL: TradeStation's host for the environment
  read_only     INTEGER NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1)),
  accounts      TEXT CHECK (accounts <> ''),                                    -- NULL: all; else ids, space separated
  mac           BLOB NOT NULL CHECK (length(mac) = 32),                 -- keyed: an edited fence, host or login is detected
  created_at    TEXT NOT NULL CHECK (length(created_at) = 24),
  CHECK (environment = 'live' OR api_version = 'v3')
) STRICT;
CREATE INDEX profile_by_login ON profile (login_id);

CREATE TABLE secret (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  api_key_id    INTEGER REFERENCES api_key (id) ON DELETE CASCADE,
  login_id      INTEGER REFERENCES login   (id) ON DELETE CASCADE,
  kind          TEXT NOT NULL CHECK (kind IN ('client_secret', 'refresh_token', 'access_token', 'id_token', 'late_result')),
  generation    INTEGER NOT NULL CHECK (generation >= 0),
  key_id        TEXT NOT NULL,
  sealed        BLOB NOT NULL CHECK (length(sealed) BETWEEN 29 AND 65536),   -- version 1, nonce 12, text, tag 16
  CHECK ((api_key_id IS NULL) <> (login_id IS NULL)),                        -- exactly one owner
  CHECK ((kind = 'client_secret') = (api_key_id IS NOT NULL)),
  UNIQUE (api_key_id, kind),
  UNIQUE (login_id, kind)
) STRICT;

-- a generation never goes back: the last line of defence behind the compare-and-set
CREATE TRIGGER login_generation_forward BEFORE UPDATE OF generation ON login
WHEN NEW.generation NOT IN (OLD.generation, OLD.generation + 1)
BEGIN SELECT RAISE(ABORT, 'generation must stay or grow by one'); END;

CREATE TABLE audit (
  seq               INTEGER PRIMARY KEY,
  at                TEXT NOT NULL CHECK (length(at) = 24),
  event             TEXT NOT NULL CHECK (event <> ''),
  outcome           TEXT,
  profile_name      TEXT,                    -- who asked, by the name it had then; the line of a login is login_id
  login_id          INTEGER,                 -- no foreign key: the row outlives the login
  attempt_id        TEXT,
  generation_before INTEGER,
  generation_after  INTEGER,
  refresh_fp_before TEXT,
  refresh_fp_after  TEXT,
  access_fp_after   TEXT,
  expires_at        TEXT,
  trigger           TEXT,
  requester         TEXT,
  http_status       INTEGER,
  oauth_error       TEXT,
  retry_no          INTEGER,
  duration_ms       INTEGER,
  waiters           INTEGER,
  host              TEXT NOT NULL,
  pid               INTEGER NOT NULL,
  version           TEXT NOT NULL,
  detail            TEXT CHECK (detail IS NULL OR detail GLOB '{*}'),
  prev_hash         TEXT NOT NULL CHECK (length(prev_hash) = 64 AND prev_hash NOT GLOB '*[^0-9a-f]*'),
  row_hash          TEXT NOT NULL CHECK (length(row_hash)  = 64 AND row_hash  NOT GLOB '*[^0-9a-f]*'),
  row_mac           TEXT NOT NULL CHECK (length(row_mac)   = 64 AND row_mac   NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX audit_by_login   ON audit (login_id, seq);
CREATE INDEX audit_by_attempt ON audit (attempt_id, seq) WHERE attempt_id IS NOT NULL;

CREATE TRIGGER audit_insert_guard BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
  OR NEW.prev_hash IS NOT coalesce((SELECT row_hash FROM audit ORDER BY seq DESC LIMIT 1),
                                   '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'audit is append-only: seq or prev_hash does not follow'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only: no update'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only: no delete'); END;

-- One line per exchange: the started row and the last row that settles it.
CREATE VIEW refresh_history AS
SELECT s.at                                                     AS started_at,
       s.profile_name, s.login_id, s.attempt_id, s.retry_no, s.trigger, s.requester,
       coalesce(r.event, 'unfinished')                          AS result,
       r.outcome, r.http_status, r.oauth_error, r.duration_ms, r.waiters,
       s.generation_before, r.generation_after,
       s.refresh_fp_before, r.refresh_fp_after, r.access_fp_after,
       r.expires_at, s.host, s.pid, s.version,
       s.seq AS started_seq, r.seq AS result_seq
FROM audit AS s
LEFT JOIN audit AS r
       ON r.seq = (SELECT max(x.seq) FROM audit AS x
                    WHERE x.attempt_id = s.attempt_id AND x.seq > s.seq
                      AND x.event IN ('refresh_succeeded', 'refresh_failed', 'outcome_unknown', 'late_result',
                                      'recovered', 'refresh_adopted'))
WHERE s.event = 'refresh_started';

-- One line per profile, with the state people speak of.
CREATE VIEW profile_status AS
SELECT p.name, p.environment, p.api_version,
       CASE WHEN k.state = 'bad_client'                          THEN 'bad_client'
            WHEN l.state IN ('new', 'needs_login', 'held')       THEN l.state
            WHEN l.attempt_id IS NOT NULL                        THEN 'refreshing'
            WHEN l.failures > 0                                  THEN 'degraded'
            ELSE 'ready' END                                     AS state,
       l.id AS login_id, l.username, l.generation,
       l.access_expires_at, l.refresh_expires_at, l.absolute_expires_at,
       coalesce(l.last_error, k.last_error)                      AS last_error,
       max(coalesce(l.not_before, ''), coalesce(k.not_before, '')) AS not_before,
       k.client_id
FROM profile AS p JOIN login AS l ON l.id = p.login_id JOIN api_key AS k ON k.id = l.api_key_id;
