-- V0003__older_copies.sql: what shows that a row, or the whole database, was replaced by an older copy.
--
-- 1 profile.version and api_key.version count the changes of a row. The mac covers them; 0 is a row from before, whose mac
--   does not. The detail of profile_added and profile_changed repeats them, so an older row is smaller than its audit.
-- 2 login.rolled_back is 1 once the change counters have shown more audit rows than the database has. The next publication
--   of the counters removes that evidence, so the first write keeps it here. The next saved tokens clear it.
-- 3 A generation may grow by more than one: the tokens that replace an older copy of a login follow the newest generation
--   that is known, so that no generation occurs twice.
-- 4 Both indices are partial: they find the newest row of a kind without reading those in between.

ALTER TABLE profile ADD COLUMN version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0);
ALTER TABLE api_key ADD COLUMN version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0);
ALTER TABLE login ADD COLUMN rolled_back INTEGER NOT NULL DEFAULT 0 CHECK (rolled_back IN (0, 1));

CREATE INDEX audit_of_versions ON audit (login_id, seq) WHERE event IN ('profile_added', 'profile_changed');
CREATE INDEX audit_of_generations ON audit (login_id, seq) WHERE generation_after IS NOT NULL;

DROP TRIGGER login_generation_forward;
CREATE TRIGGER login_generation_forward BEFORE UPDATE OF generation ON login
WHEN NEW.generation < OLD.generation
BEGIN SELECT RAISE(ABORT, 'generation must stay or grow'); END;
