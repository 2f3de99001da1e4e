import type { Change } from "./change";

/** Who may do what, and the settings of the database. */
export const access: Record<string, Change> = {
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
};
