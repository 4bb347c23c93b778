-- Privileges inside one database. Run once in a new database by a superuser,
-- after the roles chengqiao_migrate (owns the tables) and chengqiao (the
-- running program) exist and before the first migration.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO chengqiao_migrate;
GRANT USAGE ON SCHEMA public TO chengqiao;

-- Tables do not exist yet: what migrations will create is given by default.
-- TRUNCATE is left out on purpose, it would pass the row triggers that keep
-- history.
ALTER DEFAULT PRIVILEGES FOR ROLE chengqiao_migrate IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chengqiao;
ALTER DEFAULT PRIVILEGES FOR ROLE chengqiao_migrate IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO chengqiao;
ALTER DEFAULT PRIVILEGES FOR ROLE chengqiao_migrate IN SCHEMA public
  GRANT EXECUTE ON FUNCTIONS TO chengqiao;
