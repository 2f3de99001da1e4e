import type { FuncCall, Node } from "@pgsql/types";
import type { Effect } from "./effect";
import { walk } from "./grammar";
import { strings } from "./names";
import { constant } from "./settings";

/** Functions of PostgreSQL and its extensions that run SQL or other code given as text. */
const runners = new Set([
    ...["query", "cursor", "table", "schema", "database"].flatMap((source) =>
        ["to_xml", "to_xmlschema", "to_xml_and_xmlschema"].map((result) => `${source}_${result}`),
    ),
    "ts_stat",
    "ts_rewrite",
    "xpath_table",
    "dblink",
    "dblink_exec",
    "dblink_open",
    "dblink_send_query",
    "crosstab",
    "crosstab2",
    "crosstab3",
    "crosstab4",
    "crosstab_hash",
    "connectby",
    "schedule",
    "schedule_in_database",
    "alter_job",
    "query_export_to_s3",
    "table_import_from_s3",
    "replicate_ddl_command",
    "install_extension",
    "install_update_path",
]);

/** Functions that terminate other sessions or release what this one holds. */
const interrupters = new Set([
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_advisory_unlock",
    "pg_advisory_unlock_all",
]);

/** Functions that remove the contents of large objects. */
const removers = new Set(["lo_unlink", "lo_truncate", "lo_truncate64"]);

const lambda = "aws_lambda";

/** A text without any of these names calls none of the functions. */
export const guardedNames = ["set_config", lambda, ...runners, ...interrupters, ...removers];

/** What a call does, as far as the rules need it. */
export function callEffects({ funcname, args = [] }: FuncCall): Effect[] {
    const parts = strings(funcname);
    const name = parts.at(-1) ?? "";
    if (name === "set_config") {
        const [setting, value] = [args[0] && constant(args[0]), args[1] && constant(args[1])];
        return [
            {
                kind: "setting",
                name: setting?.toLowerCase(),
                value: value?.toLowerCase(),
                by: `set_config(${setting === undefined ? "a name computed at run time" : `'${setting}'`})`,
                extent: "session",
            },
        ];
    }
    if (interrupters.has(name)) {
        return [{ kind: "setting", by: `${name}()`, extent: "session" }];
    }
    if (removers.has(name)) {
        return [{ kind: "data", verb: "delete", table: { name: "pg_largeobject" }, bulk: true, all: true }];
    }
    // With three arguments, ts_rewrite is not given a query as text:
    // https://www.postgresql.org/docs/17/textsearch-features.html#TEXTSEARCH-QUERY-REWRITING
    if (name === "ts_rewrite" && args.length === 3) {
        return [];
    }
    const runs = runners.has(name) || (name === "invoke" && parts.at(-2) === lambda);
    return runs ? [{ kind: "dynamic", what: `${parts.join(".")}()` }] : [];
}

/** Definitions that make a function run without a visible call, and the options that name it. */
const definitions: Record<string, string> = {
    DefineStmt: "definition",
    CreateRangeStmt: "params",
    CreateCastStmt: "func",
    CreateTrigStmt: "funcname",
    CreateEventTrigStmt: "funcname",
    CreateConversionStmt: "func_name",
    CreateOpClassStmt: "items",
    AlterOpFamilyStmt: "items",
    AlterOperatorStmt: "options",
    AlterTypeStmt: "options",
    CreatePLangStmt: "plhandler",
    CreateFdwStmt: "func_options",
    AlterFdwStmt: "func_options",
    CreateAmStmt: "handler_name",
    CreateTransformStmt: "fromsql",
};

/** What the functions named in a definition do: `CREATE AGGREGATE a (sfunc = set_config, …)`. */
export function namedEffects(node: Node): Effect[] {
    const [kind = ""] = Object.keys(node);
    const property = definitions[kind];
    const found: Effect[] = [];
    if (property !== undefined) {
        const body = Object.values(node)[0] as Record<string, unknown>;
        walk(body[property], (value, key) => {
            const name = key === "String" ? (value as { sval?: string }).sval : undefined;
            if (name !== undefined) found.push(...callEffects({ funcname: [{ String: { sval: name } }] }));
        });
    }
    return found;
}
