import type { Change } from "./change";

/** Types. */
export const types: Record<string, Change> = {
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
};
