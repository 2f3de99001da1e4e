import type { Change } from "./change";

/** Everything else. */
export const others: Record<string, Change> = {
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
