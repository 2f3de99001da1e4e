import type { Node } from "@pgsql/types";
import { trackingTables } from "../../database/tracking";
import type { Deed, Inner, Name, Setting, Statement } from "../sql/deed";
import { walk } from "../sql/grammar";
import { relation, shown } from "../sql/names";
import { type Complaint, excerpt, type Subject } from "./complaint";

/**
 * What switches off what the pipeline guards the database with, or hides from the reader what it does: in the changeset
 * as in its rollback.
 */
export function judgeGuards({ changeset, statements, undo }: Subject): Complaint[] {
    const { runInTransaction } = changeset;
    return [
        ...statements.flatMap(({ statement, line }) =>
            complaints(statement, runInTransaction).map((complaint): Complaint => ({
                ...complaint,
                line: line === undefined ? undefined : line + linesBefore(statement),
            })),
        ),
        ...undo.flatMap((statement) =>
            complaints(statement, runInTransaction).map(({ rule, what }) => ({ rule, what: `Its rollback: ${what}` })),
        ),
    ];
}

/** Of an unreadable statement, the line at which reading ended. */
function linesBefore({ text, deed }: Statement): number {
    return deed.kind === "unreadable" ? text.slice(0, deed.position).split("\n").length - 1 : 0;
}

function complaints(statement: Statement, runInTransaction: boolean): Complaint[] {
    const { deed, inner } = statement;
    const all: Inner[] = [{ deed, runs: true }, ...inner];
    const at = deed.kind === "unreadable" ? deed.position : undefined;
    return all.flatMap(({ deed: one, inside, runs }) =>
        charges(one, runs && runInTransaction).map(([rule, what]) => ({
            rule,
            what: `${inside === undefined ? "" : `In ${inside}: `}${what}: ${excerpt(statement, at)}`,
        })),
    );
}

type Charge = [Complaint["rule"], string];

function charges(deed: Deed, inTransaction: boolean): Charge[] {
    return [...ofDeed(deed, inTransaction), ...ofTracking(deed)];
}

function ofDeed(deed: Deed, inTransaction: boolean): Charge[] {
    switch (deed.kind) {
        case "setting":
            return ofSetting(deed);
        case "data":
            // A view whose rules call set_config.
            return deed.verb === "update" && deed.table.name === "pg_settings"
                ? [["session-setting", "UPDATE pg_settings changes settings"]]
                : [];
        case "transaction":
            return inTransaction && !/SAVEPOINT|RELEASE|ROLLBACK TO/.test(deed.what)
                ? [["transaction-nesting", `${deed.what} in the transaction of the changeset`]]
                : [];
        case "rule":
            return [["rewrite-rule", `A rule of ${shown([deed.table])} replaces what statements say`]];
        case "window":
            return isTracking(deed.table)
                ? [["rewrite-rule", `Who changes the view ${shown([deed.view])} changes ${shown([deed.table])}`]]
                : [];
        case "definer":
            return [["definer-search-path", `${shown([deed.name])} runs with the rights of its owner`]];
        case "dynamic":
            return [["dynamic-sql", deed.what]];
        case "unreadable":
            return [["unreadable-sql", sentence(deed.reason)]];
        default:
            return [];
    }
}

/** Settings that switch off no guard and change the meaning of no statement. */
const harmless = new Set([
    "bytea_output",
    "check_function_bodies",
    "client_min_messages",
    "datestyle",
    "default_statistics_target",
    "default_table_access_method",
    "default_tablespace",
    "default_toast_compression",
    "default_with_oids",
    "escape_string_warning",
    "extra_float_digits",
    "intervalstyle",
    "jit",
    "maintenance_work_mem",
    "max_parallel_maintenance_workers",
    "max_parallel_workers_per_gather",
    "quote_all_identifiers",
    "row_security",
    "temp_buffers",
    "timezone",
    "work_mem",
    "xmloption",
]);

/** Settings that decide how the server cuts the text of a statement, and the values that the grammar reads by. */
const reading: Record<string, RegExp> = {
    standard_conforming_strings: /^(on|true|yes|1|t|y)$/,
    backslash_quote: /^(safe_encoding|off|false|no|0)$/,
    client_encoding: /^(utf-?8|unicode)$/,
};

function ofSetting({ name, value, by, extent }: Setting): Charge[] {
    const expected = name === undefined ? undefined : reading[name];
    if (expected) {
        const goesBack = value === undefined && !by.startsWith("set_config");
        return goesBack || expected.test(value ?? "") ? [] : [["misread-strings", by]];
    }
    // A name with a dot is an application's own, unless an extension of the server reads it.
    const own = name?.includes(".") && !/^(pgaudit|rds|aurora|apg|plpgsql|session_preload|local_preload)/.test(name);
    if (own || (name !== undefined && harmless.has(name))) {
        return [];
    }
    if (extent === "function" && name === "search_path") {
        return [];
    }
    return [[extent === "lasting" ? "lasting-setting" : "session-setting", by]];
}

function ofTracking(deed: Deed): Charge[] {
    const written = changedTables(deed).filter(isTracking);
    return written.length === 0 ? [] : [["tracking-tables", `It changes ${shown(written)}`]];
}

function isTracking({ name }: Name): boolean {
    return trackingTables.includes(name.toLowerCase());
}

function changedTables(deed: Deed): Name[] {
    switch (deed.kind) {
        case "createTable":
            // What is in a part is in the whole.
            return [deed.table, ...deed.partOf];
        case "alterTable":
            return [
                deed.table,
                ...(deed.movedTo ? [deed.movedTo] : []),
                ...deed.actions.flatMap(({ command: { def } }) => namedIn(def)),
            ];
        case "createIndex":
        case "createTrigger":
        case "rule":
        case "data":
            return [deed.table];
        case "drop":
            // What belongs to a table is named behind it.
            return ["trigger", "rule", "policy"].includes(deed.object)
                ? deed.names.map(({ schema = "" }) => ({ name: schema }))
                : deed.names;
        case "truncate":
        case "exclusive":
            return deed.tables;
        case "rename":
            return [deed.name, ...(deed.to ? [deed.to] : [])];
        case "create":
            return [deed.name];
        case "other":
            return deed.touched;
        default:
            return [];
    }
}

/** An action of ALTER TABLE names partitions, parents and the other table of a foreign key. */
function namedIn(definition: Node | undefined): Name[] {
    const names: Name[] = [];
    walk(definition, (body) => {
        if (typeof body.relname === "string") names.push(relation(body));
    });
    return names;
}

function sentence(text: string): string {
    return `It cannot be read: ${text}`;
}
