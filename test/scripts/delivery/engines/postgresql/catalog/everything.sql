-- At least one object of every kind that the fingerprint reads. Runs as a superuser in an empty database; the roles
-- app_owner, app_reader and app_writer exist.
CREATE SCHEMA shop AUTHORIZATION app_owner;
CREATE EXTENSION citext;
CREATE EXTENSION postgres_fdw;

CREATE TYPE shop.status AS ENUM ('new', 'paid', 'sent');
CREATE DOMAIN shop.email AS text NOT NULL DEFAULT 'nobody@example.com' CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
CREATE TYPE shop.address AS (street text, city text);
CREATE TYPE shop.price_range AS RANGE (subtype = numeric);
CREATE COLLATION shop.german (provider = icu, locale = 'de');

CREATE TABLE shop.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email shop.email,
    name text COLLATE "C" NOT NULL DEFAULT '',
    nickname citext,
    joined timestamptz NOT NULL DEFAULT now(),
    home shop.address,
    initial text GENERATED ALWAYS AS (left(name, 1)) STORED,
    CONSTRAINT customers_email_key UNIQUE (email),
    CONSTRAINT customers_name_short CHECK (length(name) < 100)
) WITH (fillfactor = 80, autovacuum_enabled = true);

CREATE TABLE shop.orders (
    id serial PRIMARY KEY,
    customer_id bigint NOT NULL CONSTRAINT orders_customer_fk REFERENCES shop.customers (id),
    status shop.status NOT NULL DEFAULT 'new',
    during tstzrange,
    total numeric(12, 2) NOT NULL
);
ALTER TABLE shop.orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
CREATE INDEX orders_status_idx ON shop.orders (status) WHERE status <> 'sent';
CREATE STATISTICS shop.orders_statistics (dependencies) ON customer_id, status FROM shop.orders;

CREATE TABLE shop.events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE shop.events_2024 PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_id_idx ON shop.events (id);
CREATE TABLE shop.notes (body text);
CREATE TABLE shop.private_notes () INHERITS (shop.notes);

CREATE SEQUENCE shop.invoice_numbers START 1000 INCREMENT 5 CACHE 10;

CREATE VIEW shop.open_orders WITH (security_barrier = true) AS SELECT id, total FROM shop.orders WHERE status <> 'sent';
CREATE MATERIALIZED VIEW shop.revenue AS SELECT customer_id, sum(total) AS total FROM shop.orders GROUP BY customer_id;
CREATE RULE notes_keep AS ON DELETE TO shop.notes DO INSTEAD NOTHING;

CREATE FUNCTION shop.total_of(wanted bigint) RETURNS numeric LANGUAGE sql STABLE
    AS $$ SELECT sum(total) FROM shop.orders WHERE customer_id = wanted $$;
CREATE FUNCTION shop.total_of(wanted text) RETURNS numeric LANGUAGE sql STABLE
    RETURN (SELECT sum(total) FROM shop.orders JOIN shop.customers c ON c.id = customer_id WHERE c.name = wanted);
CREATE PROCEDURE shop.tidy() LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM shop.notes WHERE body IS NULL;
END;
$$;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
CREATE AGGREGATE shop.product (numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
CREATE FUNCTION shop.note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END; $$;
CREATE TRIGGER orders_touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE EVENT TRIGGER note_ddl ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION shop.note_ddl();

CREATE FUNCTION shop.same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN lower($1) = lower($2);
CREATE OPERATOR shop.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = shop.same);
CREATE FUNCTION shop.city_of(shop.address) RETURNS text LANGUAGE sql IMMUTABLE RETURN ($1).city;
CREATE CAST (shop.address AS text) WITH FUNCTION shop.city_of(shop.address);
CREATE TEXT SEARCH DICTIONARY shop.plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION shop.search (COPY = simple);

ALTER TABLE shop.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON shop.customers FOR SELECT TO app_reader USING (name = current_user);
GRANT USAGE ON SCHEMA shop TO app_reader;
GRANT SELECT ON shop.customers TO app_reader;
GRANT UPDATE (name) ON shop.customers TO app_writer;
REVOKE EXECUTE ON PROCEDURE shop.tidy() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA shop GRANT SELECT ON TABLES TO app_reader;
ALTER TABLE shop.notes OWNER TO app_owner;

CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'elsewhere.example.com');
CREATE FOREIGN TABLE shop.remote (id bigint OPTIONS (column_name 'key')) SERVER elsewhere OPTIONS (table_name 'remote');
CREATE PUBLICATION changes FOR TABLE shop.orders;

COMMENT ON TABLE shop.orders IS 'What was bought';
COMMENT ON COLUMN shop.orders.total IS 'Gross';
COMMENT ON FUNCTION shop.total_of(bigint) IS 'By number';

-- The migration tool's own tables: never part of a fingerprint.
CREATE TABLE public.databasechangelog (id text, orderexecuted int);
CREATE TABLE public.databasechangeloglock (id int PRIMARY KEY, locked boolean);
GRANT SELECT ON public.databasechangelog TO app_reader;
COMMENT ON TABLE public.databasechangelog IS 'not ours';
