-- The two roles and the database. Run by psql as the superuser, here and by docker-compose.yml; may run again.
--   portal_owner  owns the database and all in it: migrations
--   portal_app    owns nothing: everything else
-- Passwords come from the environment: PORTAL_OWNER_PASSWORD, PORTAL_APP_PASSWORD. Tests make databases of their own
-- and set PORTAL_OWNER_CREATEDB to CREATEDB.
\set ON_ERROR_STOP on
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD
\set createdb NOCREATEDB
\getenv createdb PORTAL_OWNER_CREATEDB
SET client_min_messages = warning;
-- A password must not reach the server's log.
SET log_statement = none;
SET log_min_error_statement = panic;

SELECT format('CREATE ROLE %I', role)
  FROM unnest(ARRAY['portal_owner', 'portal_app']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE portal_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS :createdb PASSWORD :'owner_password';
ALTER ROLE portal_app LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB PASSWORD :'app_password';

SELECT 'CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING ''UTF8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;

\connect portal
SET client_min_messages = warning;
-- What the owner will make. Migrations take back what an immutable or a ledger table must not allow.
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
      GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
