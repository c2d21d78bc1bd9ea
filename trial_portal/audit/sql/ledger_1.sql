-- The ledger function: one row of audit_event for each changed row. Owned by the owner role; the application role may
-- neither write the ledger nor replace this. Arguments of a row trigger: primary key column, columns of which only the
-- change is kept, columns of which a keyed digest is kept (both separated by commas).

CREATE TABLE audit_key (key text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text);
COMMENT ON TABLE audit_key IS 'Key of the digests of identified columns; read by portal_ledger() alone.';
INSERT INTO audit_key DEFAULT VALUES;

CREATE TABLE audit_generation (
    number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), why text NOT NULL
);
COMMENT ON TABLE audit_generation IS 'Rises when the database is restored elsewhere: transaction numbers start anew.';
INSERT INTO audit_generation (number, why) VALUES (1, 'set up');

CREATE FUNCTION portal_digest(value jsonb, key text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN value IS NULL OR value = 'null'::jsonb THEN value ELSE to_jsonb('digest:' || encode(
    sha256(convert_to(key, 'UTF8') || sha256(convert_to(key || (value #>> '{}'), 'UTF8'))), 'hex')) END;

CREATE FUNCTION portal_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    before jsonb := '{}'; after jsonb := '{}'; kept jsonb := '{}'; name text; secret text; row_key text := '';
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); row_key := before ->> TG_ARGV[0]; END IF;
        IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); row_key := after ->> TG_ARGV[0]; END IF;
        IF TG_OP = 'UPDATE' THEN
            SELECT coalesce(jsonb_object_agg(a.key, jsonb_build_array(before -> a.key, a.value)), '{}') INTO kept
            FROM jsonb_each(after) a WHERE before -> a.key IS DISTINCT FROM a.value;
            IF kept = '{}' THEN RETURN NULL; END IF;
        ELSE
            kept := before || after;
        END IF;
        FOREACH name IN ARRAY string_to_array(TG_ARGV[1], ',') LOOP
            IF kept ? name THEN kept := kept || jsonb_build_object(name, 'changed'); END IF;
        END LOOP;
        IF TG_ARGV[2] <> '' THEN
            SELECT k.key INTO STRICT secret FROM audit_key k;
            FOREACH name IN ARRAY string_to_array(TG_ARGV[2], ',') LOOP
                IF NOT kept ? name THEN CONTINUE; END IF;
                kept := kept || jsonb_build_object(name, CASE TG_OP WHEN 'UPDATE' THEN jsonb_build_array(
                    portal_digest(kept -> name -> 0, secret), portal_digest(kept -> name -> 1, secret))
                    ELSE portal_digest(kept -> name, secret) END);
            END LOOP;
        END IF;
    END IF;
    INSERT INTO audit_event (generation, txid, "table", key, operation, changes, actor, reason, request, at)
    VALUES (
        (SELECT max(g.number) FROM audit_generation g), pg_current_xact_id(), TG_TABLE_NAME, row_key, TG_OP, kept,
        coalesce(nullif(current_setting('portal.actor', true), ''), 'db:' || session_user),
        coalesce(current_setting('portal.reason', true), ''), coalesce(current_setting('portal.request', true), ''),
        clock_timestamp());
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION portal_ledger() FROM PUBLIC;
REVOKE ALL ON FUNCTION portal_digest(jsonb, text) FROM PUBLIC;
