import type { Change } from "./change";

/** Tables, what they consist of, and views. */
export const relations: Record<string, Change> = {
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
    "a sequence": {
        sql: "ALTER SEQUENCE shop.invoice_numbers INCREMENT 10 CYCLE",
        lines: [
            "~ sequence shop.invoice_numbers",
            "    was: AS bigint START 1000 INCREMENT 5 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10",
            "    now: AS bigint START 1000 INCREMENT 10 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10 CYCLE",
        ],
    },
};
