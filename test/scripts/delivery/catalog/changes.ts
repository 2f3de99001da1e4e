/** A change of the schema in `everything.sql`, and every line that the difference then has. */
export interface Change {
    sql: string;
    lines: string[];
}

/** Every kind of object at least once: what is there is changed, what is not is added, and some is removed. */
export const changes: Record<string, Change> = {
    "a table": {
        sql: "CREATE TABLE shop.extra (id int PRIMARY KEY, note text DEFAULT 'x')",
        lines: ["+ table shop.extra: USING heap (with 2 columns, 1 constraint, 1 index, 1 owner)"],
    },
    "a table that goes": {
        sql: "DROP TABLE shop.private_notes",
        lines: ["- table shop.private_notes: INHERITS shop.notes … (with 1 column, 1 owner)"],
    },
    "a table's name": {
        sql: "ALTER TABLE shop.private_notes RENAME TO secret_notes",
        lines: [
            "- table shop.private_notes: INHERITS shop.notes … (with 1 column, 1 owner)",
            "+ table shop.secret_notes: INHERITS shop.notes … (with 1 column, 1 owner)",
        ],
    },
    "storage options": {
        sql: "ALTER TABLE shop.customers SET (fillfactor = 70)",
        lines: [
            "~ table shop.customers",
            "    was: WITH (autovacuum_enabled=true, fillfactor=80)",
            "    now: WITH (autovacuum_enabled=true, fillfactor=70)",
        ],
    },
    "options of the overflow table": {
        sql: "ALTER TABLE shop.customers SET (toast.autovacuum_enabled = false)",
        lines: ["~ table shop.customers", "    now: TOAST (autovacuum_enabled=false)"],
    },
    "what survives a crash": {
        sql: "ALTER TABLE shop.private_notes SET UNLOGGED",
        lines: ["~ table shop.private_notes", "    now: UNLOGGED"],
    },
    "the replica identity": {
        sql: "ALTER TABLE shop.orders REPLICA IDENTITY FULL",
        lines: ["~ table shop.orders", "    now: REPLICA IDENTITY FULL"],
    },
    inheritance: {
        sql: "ALTER TABLE shop.private_notes NO INHERIT shop.notes",
        lines: [
            "~ column shop.private_notes.body",
            "    was: text INHERITED",
            "    now: text",
            "~ table shop.private_notes",
            "    was: INHERITS shop.notes",
        ],
    },
    "a partition": {
        sql: "CREATE TABLE shop.events_2025 PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        lines: ["+ table shop.events_2025: PARTITION OF shop.events … (with 2 columns, 1 index, 1 owner)"],
    },
    "a partition that is detached": {
        sql: "ALTER TABLE shop.events DETACH PARTITION shop.events_2024",
        lines: [
            "~ column shop.events_2024.at",
            "    was: date NOT NULL INHERITED",
            "    now: date NOT NULL",
            "~ column shop.events_2024.id",
            "    was: bigint NOT NULL INHERITED",
            "    now: bigint NOT NULL",
            "~ index shop.events_2024_id_idx",
            "    was: CREATE INDEX events_2024_id_idx ON shop.events_2024 USING btree (id) ATTACHED TO shop.events_id_idx",
            "    now: CREATE INDEX events_2024_id_idx ON shop.events_2024 USING btree (id)",
            "~ table shop.events_2024",
            "    was: PARTITION OF shop.events",
            "    was: FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        ],
    },
    "a column": {
        sql: "ALTER TABLE shop.notes ADD COLUMN stars int",
        lines: [
            "+ column shop.notes.stars: integer",
            // It is inherited.
            "+ column shop.private_notes.stars: integer INHERITED",
        ],
    },
    "a column that goes": {
        sql: "ALTER TABLE shop.customers DROP COLUMN joined",
        lines: ["- column shop.customers.joined: timestamp with time zone NOT NULL DEFAULT now()"],
    },
    "the order of columns": {
        sql: "ALTER TABLE shop.customers DROP COLUMN nickname; ALTER TABLE shop.customers ADD COLUMN nickname citext",
        lines: [
            "~ column order shop.customers",
            "    was: nickname",
            "    was: joined",
            "    was: home",
            "    was: initial",
            "    now: joined",
            "    now: home",
            "    now: initial",
            "    now: nickname",
        ],
    },
    "a column's type": {
        sql: "ALTER TABLE shop.notes ALTER COLUMN body TYPE varchar(10)",
        lines: [
            "~ column shop.notes.body",
            "    was: text",
            "    now: character varying(10)",
            "~ column shop.private_notes.body",
            "    was: text INHERITED",
            "    now: character varying(10) INHERITED",
        ],
    },
    "a default": {
        sql: "ALTER TABLE shop.orders ALTER COLUMN status SET DEFAULT 'paid'",
        lines: [
            "~ column shop.orders.status",
            "    was: shop.status NOT NULL DEFAULT 'new'::shop.status",
            "    now: shop.status NOT NULL DEFAULT 'paid'::shop.status",
        ],
    },
    "NOT NULL": {
        sql: "ALTER TABLE shop.orders ALTER COLUMN total DROP NOT NULL",
        lines: ["~ column shop.orders.total", "    was: numeric(12,2) NOT NULL", "    now: numeric(12,2)"],
    },
    "a collation and storage of columns": {
        sql: `ALTER TABLE shop.private_notes ADD COLUMN word text COLLATE shop.german;
              ALTER TABLE shop.customers ALTER COLUMN home SET STORAGE EXTERNAL`,
        lines: [
            "~ column shop.customers.home",
            "    was: shop.address",
            "    now: shop.address STORAGE e",
            "+ column shop.private_notes.word: text COLLATE shop.german",
        ],
    },
    "an identity": {
        sql: "ALTER TABLE shop.customers ALTER COLUMN id SET GENERATED BY DEFAULT",
        lines: [
            "~ column shop.customers.id",
            "    was: bigint NOT NULL GENERATED ALWAYS AS IDENTITY",
            "    now: bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY",
        ],
    },
    "a generated column": {
        sql: "ALTER TABLE shop.customers ALTER COLUMN initial DROP EXPRESSION",
        lines: [
            "~ column shop.customers.initial",
            '    was: text GENERATED ALWAYS AS ("left"(name, 1)) STORED',
            "    now: text",
        ],
    },
    "a check constraint": {
        sql: `ALTER TABLE shop.customers DROP CONSTRAINT customers_name_short,
              ADD CONSTRAINT customers_name_short CHECK (length(name) < 50)`,
        lines: [
            "~ constraint shop.customers.customers_name_short",
            "    was: CHECK ((length(name) < 100))",
            "    now: CHECK ((length(name) < 50))",
        ],
    },
    "a foreign key": {
        sql: "ALTER TABLE shop.orders ALTER CONSTRAINT orders_customer_fk DEFERRABLE INITIALLY DEFERRED",
        lines: [
            "~ constraint shop.orders.orders_customer_fk",
            "    was: FOREIGN KEY (customer_id) REFERENCES shop.customers(id)",
            "    now: FOREIGN KEY (customer_id) REFERENCES shop.customers(id) DEFERRABLE INITIALLY DEFERRED",
        ],
    },
    "a constraint's validity": {
        sql: "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_total_positive",
        lines: [
            "~ constraint shop.orders.orders_total_positive",
            "    was: CHECK ((total >= (0)::numeric)) NOT VALID",
            "    now: CHECK ((total >= (0)::numeric))",
        ],
    },
    "an index": {
        sql: "CREATE INDEX extra_idx ON shop.orders (total DESC)",
        lines: ["+ index shop.extra_idx: CREATE INDEX extra_idx ON shop.orders USING btree (total DESC)"],
    },
    "an index's validity": {
        sql: "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.orders_pkey'::regclass",
        lines: [
            "~ index shop.orders_pkey",
            "    was: CREATE UNIQUE INDEX orders_pkey ON shop.orders USING btree (id)",
            "    now: CREATE UNIQUE INDEX orders_pkey ON shop.orders USING btree (id) INVALID",
        ],
    },
    "a view": {
        sql: `CREATE OR REPLACE VIEW shop.open_orders WITH (security_barrier = true) AS
              SELECT id, total FROM shop.orders WHERE status = 'new'`,
        lines: [
            "~ view shop.open_orders",
            "    was:   WHERE (status <> 'sent'::shop.status);",
            "    now:   WHERE (status = 'new'::shop.status);",
        ],
    },
    "a view's options": {
        sql: "ALTER VIEW shop.open_orders SET (security_invoker = true)",
        lines: [
            "~ view shop.open_orders",
            "    was: WITH (security_barrier=true)",
            "    now: WITH (security_barrier=true, security_invoker=true)",
        ],
    },
    "a default of a view's column": {
        sql: "ALTER VIEW shop.open_orders ALTER COLUMN total SET DEFAULT 0",
        lines: ["+ column shop.open_orders.total: numeric(12,2) DEFAULT 0"],
    },
    "a materialised view": {
        sql: "REFRESH MATERIALIZED VIEW shop.revenue WITH NO DATA",
        lines: ["~ materialized view shop.revenue", "    now: NOT POPULATED"],
    },
    "a rule": {
        sql: "CREATE OR REPLACE RULE notes_keep AS ON DELETE TO shop.notes DO ALSO NOTHING",
        lines: [
            "~ rule shop.notes.notes_keep",
            "    was:     ON DELETE TO shop.notes DO INSTEAD NOTHING;",
            "    now:     ON DELETE TO shop.notes DO NOTHING;",
        ],
    },
    "a function": {
        sql: `CREATE OR REPLACE FUNCTION shop.total_of(wanted bigint) RETURNS numeric LANGUAGE sql STABLE
              AS $$ SELECT 0.0 $$`,
        lines: [
            "~ function shop.total_of(wanted bigint)",
            "    was: AS $function$ SELECT sum(total) FROM shop.orders WHERE customer_id = wanted $function$",
            "    now: AS $function$ SELECT 0.0 $function$",
        ],
    },
    "one of two functions of a name": {
        sql: "DROP FUNCTION shop.total_of(text)",
        lines: [
            "- function shop.total_of(wanted text): CREATE OR REPLACE FUNCTION shop.total_of(wanted text) … (with 1 owner)",
        ],
    },
    "a procedure": {
        sql: "ALTER PROCEDURE shop.tidy() SECURITY DEFINER",
        lines: ["~ procedure shop.tidy()", "    now:  SECURITY DEFINER"],
    },
    "an aggregate": {
        sql: `DROP AGGREGATE shop.product (numeric);
              CREATE AGGREGATE shop.product (numeric) (sfunc = numeric_mul, stype = numeric, initcond = '2')`,
        lines: ["~ aggregate shop.product(numeric)", "    was: INITIAL VALUE 1", "    now: INITIAL VALUE 2"],
    },
    "a trigger": {
        sql: "DROP TRIGGER orders_touch ON shop.orders",
        lines: [
            "- trigger shop.orders.orders_touch: CREATE TRIGGER orders_touch BEFORE UPDATE ON shop.orders " +
                "FOR EACH ROW EXECUTE FUNCTION shop.touch()",
        ],
    },
    "a trigger that is switched off": {
        sql: "ALTER TABLE shop.orders DISABLE TRIGGER orders_touch",
        lines: [
            "~ trigger shop.orders.orders_touch",
            "    was: CREATE TRIGGER orders_touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch()",
            "    now: CREATE TRIGGER orders_touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch() DISABLED",
        ],
    },
    "a foreign key that is not enforced": {
        sql: "ALTER TABLE shop.orders DISABLE TRIGGER ALL; ALTER TABLE shop.orders ENABLE TRIGGER USER",
        lines: ["+ trigger shop.orders.orders_customer_fk (enforces the constraint): DISABLED …"],
    },
    "an event trigger": {
        sql: "ALTER EVENT TRIGGER note_ddl DISABLE",
        lines: [
            "~ event trigger note_ddl",
            "    was: ON ddl_command_end EXECUTE shop.note_ddl() ENABLED O DROP TABLE",
            "    now: ON ddl_command_end EXECUTE shop.note_ddl() ENABLED D DROP TABLE",
        ],
    },
    "row-level security": {
        sql: "ALTER TABLE shop.customers FORCE ROW LEVEL SECURITY",
        lines: ["~ row-level security shop.customers", "    was: enabled", "    now: enabled, forced"],
    },
    "a policy": {
        sql: "ALTER POLICY own_rows ON shop.customers TO app_reader, app_writer",
        lines: [
            "~ policy shop.customers.own_rows",
            "    was: PERMISSIVE FOR SELECT TO app_reader USING ((name = CURRENT_USER))",
            "    now: PERMISSIVE FOR SELECT TO app_reader, app_writer USING ((name = CURRENT_USER))",
        ],
    },
    "an owner": {
        sql: "ALTER TABLE shop.orders OWNER TO app_owner",
        lines: [
            "~ owner sequence shop.orders_id_seq",
            "    was: rdsadmin",
            "    now: app_owner",
            "~ owner table shop.orders",
            "    was: rdsadmin",
            "    now: app_owner",
        ],
    },
    "a grant on a table": {
        sql: "GRANT SELECT, INSERT ON shop.orders TO app_writer WITH GRANT OPTION",
        lines: ["+ grant table shop.orders to app_writer: INSERT WITH GRANT OPTION, SELECT WITH GRANT OPTION"],
    },
    "a grant that is widened": {
        sql: "GRANT INSERT ON shop.customers TO app_reader",
        lines: ["~ grant table shop.customers to app_reader", "    was: SELECT", "    now: INSERT, SELECT"],
    },
    "a grant on a column": {
        sql: "REVOKE UPDATE (name) ON shop.customers FROM app_writer",
        lines: ["- grant column shop.customers.name to app_writer: UPDATE"],
    },
    "a grant on a sequence": {
        sql: "GRANT USAGE ON SEQUENCE shop.invoice_numbers TO app_writer",
        lines: ["+ grant sequence shop.invoice_numbers to app_writer: USAGE"],
    },
    "a grant on a schema": {
        sql: "GRANT CREATE ON SCHEMA shop TO app_writer",
        lines: ["+ grant schema shop to app_writer: CREATE"],
    },
    "what everybody may do no more": {
        sql: "REVOKE EXECUTE ON FUNCTION shop.same(text, text) FROM PUBLIC",
        lines: ["+ grant function shop.same(text, text) to PUBLIC: none of EXECUTE"],
    },
    "what an owner may do no more": {
        sql: "REVOKE ALL ON shop.notes FROM app_owner",
        lines: [
            "+ grant table shop.notes to app_owner: none of DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE",
        ],
    },
    "a grant on a type": {
        sql: "REVOKE USAGE ON TYPE shop.status FROM PUBLIC",
        lines: ["+ grant enum shop.status to PUBLIC: none of USAGE"],
    },
    "a grant on the database": {
        sql: "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO app_writer', current_database()); END $$",
        lines: ["+ grant database (this one) to app_writer: CREATE"],
    },
    "default privileges": {
        sql: "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA shop GRANT INSERT ON TABLES TO app_reader",
        lines: [
            "~ default privileges of app_owner in shop on tables to app_reader",
            "    was: SELECT",
            "    now: INSERT, SELECT",
        ],
    },
    "a setting of the database": {
        sql: `DO $$ BEGIN
                  EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''5s''', current_database());
              END $$`,
        lines: ["+ setting statement_timeout: 5s"],
    },
    "an application's setting, which may be a secret": {
        sql: `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.key = ''hush''', current_database()); END $$`,
        // SHA-256 of "app.key=hush".
        lines: ["+ setting app.key: SHA-256 f8d90aa5ef29f75b69f388c007f3888339811fc85a291a4bc6123ff92c6b7b35"],
    },
    "a sequence": {
        sql: "ALTER SEQUENCE shop.invoice_numbers INCREMENT 10 CYCLE",
        lines: [
            "~ sequence shop.invoice_numbers",
            "    was: AS bigint START 1000 INCREMENT 5 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10",
            "    now: AS bigint START 1000 INCREMENT 10 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10 CYCLE",
        ],
    },
    "an enumeration": {
        sql: "ALTER TYPE shop.status ADD VALUE 'lost' BEFORE 'sent'",
        lines: ["~ enum shop.status", "    was: 'new', 'paid', 'sent'", "    now: 'new', 'paid', 'lost', 'sent'"],
    },
    "a domain": {
        sql: "ALTER DOMAIN shop.email DROP CONSTRAINT has_at",
        lines: ["~ domain shop.email", "    was: CONSTRAINT has_at CHECK ((VALUE ~~ '%@%'::text))"],
    },
    "a composite type": {
        sql: "ALTER TYPE shop.address ADD ATTRIBUTE zip text",
        lines: [
            "~ composite type shop.address",
            "    was: street text, city text",
            "    now: street text, city text, zip text",
        ],
    },
    "a range type": {
        sql: "CREATE TYPE shop.days AS RANGE (subtype = date, multirange_type_name = shop.many_days)",
        lines: [
            "+ range type shop.days: OF date OPERATOR CLASS pg_catalog.date_ops MULTIRANGE shop.many_days (with 1 owner)",
        ],
    },
    "a base type": {
        sql: "CREATE TYPE shop.unfinished",
        lines: ["+ base type shop.unfinished: shell_in shell_out 4 P i p"],
    },
    "an extension": {
        sql: "DROP EXTENSION citext CASCADE; CREATE EXTENSION hstore SCHEMA shop",
        lines: [
            "- column shop.customers.nickname: public.citext",
            "- extension citext: VERSION 1.6 SCHEMA public",
            "+ extension hstore: VERSION 1.8 SCHEMA shop",
        ],
    },
    "a schema": {
        sql: "CREATE SCHEMA other",
        lines: ["+ schema other (with 1 owner)"],
    },
    "a comment on a column": {
        sql: "COMMENT ON COLUMN shop.orders.total IS 'Net'",
        lines: ["~ comment table column shop.orders.total", "    was: Gross", "    now: Net"],
    },
    "a comment on an index": {
        sql: "COMMENT ON INDEX shop.orders_status_idx IS 'for the warehouse'",
        lines: ["+ comment index shop.orders_status_idx: for the warehouse"],
    },
    "a comment on the schema that was always there": {
        sql: "COMMENT ON SCHEMA public IS NULL",
        lines: ["- comment schema public: standard public schema"],
    },
    "a statistics object": {
        sql: "ALTER STATISTICS shop.orders_statistics SET STATISTICS 50",
        lines: [
            "~ statistics shop.orders_statistics",
            "    was: CREATE STATISTICS shop.orders_statistics (dependencies) ON customer_id, status FROM shop.orders",
            "    now: CREATE STATISTICS shop.orders_statistics (dependencies) ON customer_id, status FROM shop.orders STATISTICS 50",
        ],
    },
    "a collation": {
        sql: "DROP COLLATION shop.german; CREATE COLLATION shop.german (provider = icu, locale = 'sv')",
        lines: ["~ collation shop.german", '    was: colllocale "de"', '    now: colllocale "sv"'],
    },
    "a publication": {
        sql: "ALTER PUBLICATION changes SET (publish = 'insert, update, delete')",
        lines: ["~ publication changes", "    was: pubtruncate true", "    now: pubtruncate false"],
    },
    "what a publication publishes": {
        sql: "ALTER PUBLICATION changes SET TABLE shop.orders WHERE (id > 10)",
        lines: [
            "~ publication changes",
            "    was: TABLE shop.orders (id, customer_id, status, during, total)",
            "    now: TABLE shop.orders (id, customer_id, status, during, total) WHERE (id > 10)",
        ],
    },
    "a foreign server": {
        sql: "ALTER SERVER elsewhere OPTIONS (SET host 'there.example.com')",
        lines: [
            "~ foreign server elsewhere",
            "    was: WRAPPER postgres_fdw OPTIONS (host=elsewhere.example.com)",
            "    now: WRAPPER postgres_fdw OPTIONS (host=there.example.com)",
        ],
    },
    "a foreign table": {
        sql: "ALTER FOREIGN TABLE shop.remote OPTIONS (SET table_name 'far')",
        lines: [
            "~ foreign table shop.remote",
            "    was: SERVER elsewhere OPTIONS (table_name=remote)",
            "    now: SERVER elsewhere OPTIONS (table_name=far)",
        ],
    },
    "a cast": {
        sql: "DROP CAST (shop.address AS text)",
        lines: ["- cast shop.address AS text: shop.city_of(shop.address) CONTEXT e METHOD f"],
    },
    "an operator": {
        sql: "ALTER OPERATOR shop.=== (text, text) SET (RESTRICT = eqsel)",
        lines: [
            "~ operator shop.===(text,text)",
            "    was: shop.same(text,text) boolean RESTRICT - JOIN -",
            "    now: shop.same(text,text) boolean RESTRICT eqsel JOIN -",
        ],
    },
    "a text search configuration": {
        sql: "ALTER TEXT SEARCH CONFIGURATION shop.search ALTER MAPPING FOR asciiword WITH shop.plain",
        lines: ["~ text search configuration shop.search", "    was: 1 1 simple", "    now: 1 1 shop.plain"],
    },
    "a text search dictionary": {
        sql: "ALTER TEXT SEARCH DICTIONARY shop.plain (STOPWORDS = german)",
        lines: [
            "~ text search dictionary shop.plain",
            "    was: simple stopwords = 'english'",
            "    now: simple stopwords = 'german'",
        ],
    },
    "an operator family": {
        sql: "CREATE OPERATOR FAMILY shop.family USING btree",
        lines: ["+ operator family shop.family USING btree"],
    },
};
