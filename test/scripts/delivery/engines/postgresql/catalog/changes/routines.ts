import type { Change } from "./change";

/** What runs in the database by itself or when it is called. */
export const routines: Record<string, Change> = {
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
};
