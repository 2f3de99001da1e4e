import type { Node } from "@pgsql/types";
import type { Effect, Inner, Name, Setting, Statement } from "../sql/effect";
import { walk } from "../sql/grammar";
import { relation, shown } from "../sql/names";
import type { Complaint } from "../../linter";
import { shadowedBuiltin } from "./builtins";
import { excerpt, type Subject } from "./placed";

/**
 * Finds what disables the pipeline's guards of the database, or hides what it does from the reviewer, in the changeset
 * and in its rollback.
 */
export function judgeGuards({ changeset, statements, undo }: Subject, known: Known): Complaint[] {
    const { runInTransaction } = changeset;
    return [
        ...statements.flatMap(({ statement, line }) =>
            complaints(statement, runInTransaction, known).map((complaint): Complaint => ({
                ...complaint,
                line: line === undefined ? undefined : line + linesBefore(statement),
            })),
        ),
        ...undo.flatMap((statement) =>
            complaints(statement, runInTransaction, known).map(({ rule, what }) => ({
                rule,
                what: `Its rollback: ${what}`,
            })),
        ),
    ];
}

interface Known {
    /** The migration tool's. */
    trackingTables: string[];
    /** Schemas in which unqualified names are looked up. */
    pathSchemas: string[];
}

/** For an unreadable statement, the line at which parsing stopped. */
function linesBefore({ text, effect }: Statement): number {
    return effect.kind === "unreadable" ? text.slice(0, effect.position).split("\n").length - 1 : 0;
}

function complaints(statement: Statement, runInTransaction: boolean, known: Known): Complaint[] {
    const { effect, inner } = statement;
    const all: Inner[] = [{ effect, runs: true }, ...inner];
    const at = effect.kind === "unreadable" ? effect.position : undefined;
    const found = all.flatMap(({ effect: one, inside, runs }) =>
        charges(one, runs && runInTransaction, known, inside !== undefined).map(([rule, what]) => ({
            rule,
            what: `${inside === undefined ? "" : `In ${inside}: `}${what}: ${excerpt(statement, at)}`,
        })),
    );
    return [...found.map((complaint) => explained(complaint, statement)), ...ofParameter(statement)];
}

/** A dry run shows what the driver makes of a question mark, and of `type $1` PostgreSQL's parser makes a cast. */
function ofParameter({ text, parameter }: Statement): Pick<Complaint, "rule" | "what">[] {
    return parameter === undefined ? [] : [questionMark(text, parameter)];
}

function questionMark(text: string, position: number): Pick<Complaint, "rule" | "what"> {
    return {
        rule: "question-mark",
        what: `A question mark that is not in quotes has become a parameter: ${excerpt({ text }, position)}`,
    };
}

/** Says why a statement cannot be read, where that is known. */
function explained(complaint: Pick<Complaint, "rule" | "what">, { text, effect }: Statement): typeof complaint {
    if (complaint.rule !== "unreadable-sql" || effect.kind !== "unreadable") {
        return complaint;
    }
    const { position = 0 } = effect;
    const line = text.slice(text.lastIndexOf("\n", position - 1) + 1).trimStart();
    if (line.startsWith("\\")) {
        return { rule: "client-command", what: `A command of psql: ${line.split("\n")[0]}` };
    }
    if (/\$\d/.test(text.slice(0, position + 4))) {
        return questionMark(text, position);
    }
    return /\bDROP\s+CONSTRAINT\s+(IF\s+EXISTS\s+)?null\b/i.test(text)
        ? { rule: "unnamed-constraint", what: `It drops a constraint without a name: ${text}` }
        : complaint;
}

type Charge = [Complaint["rule"], string];

function charges(
    effect: Effect,
    inTransaction: boolean,
    { trackingTables, pathSchemas }: Known,
    isInner: boolean,
): Charge[] {
    const isTracking = ({ name }: Name) => trackingTables.includes(name.toLowerCase());
    const shadowed = shadowedBuiltin(effect, pathSchemas);
    return [
        ...ofEffect(effect, inTransaction, isTracking, isInner),
        ...ofTracking(effect, isTracking),
        ...(shadowed === undefined ? [] : [["shadows-builtin", shadowed] satisfies Charge]),
    ];
}

type IsTracking = (table: Name) => boolean;

/** `isInner`: it may be conditional, like a role that is created unless it is there. */
function ofEffect(effect: Effect, inTransaction: boolean, isTracking: IsTracking, isInner: boolean): Charge[] {
    switch (effect.kind) {
        case "setting":
            return ofSetting(effect);
        case "data":
            if (effect.fromClient) {
                return [["client-command", "The client would have to send the rows"]];
            }
            // A view whose rules call set_config.
            return effect.verb === "update" && effect.table.name === "pg_settings"
                ? [["session-setting", "UPDATE pg_settings changes settings"]]
                : [];
        case "transaction":
            return inTransaction && !/SAVEPOINT|RELEASE|ROLLBACK TO/.test(effect.what)
                ? [["transaction-nesting", `${effect.what} in the transaction of the changeset`]]
                : [];
        case "rule":
            return [["rewrite-rule", `A rule on ${shown([effect.table])} rewrites statements`]];
        case "window":
            return isTracking(effect.table)
                ? [["rewrite-rule", `Changes to the view ${shown([effect.view])} change ${shown([effect.table])}`]]
                : [];
        case "definer":
            return [["definer-search-path", `${shown([effect.name])} runs with the privileges of its owner`]];
        case "administration":
            return isInner ? [] : [["needs-administrator", effect.what]];
        case "extensionMember":
            return [["extension-member", `It makes an object part of the extension ${effect.extension}`]];
        case "dynamic":
            return [["dynamic-sql", effect.what]];
        case "unreadable":
            return [["unreadable-sql", sentence(effect.reason)]];
        default:
            return [];
    }
}

/** Settings that disable no guard and change the meaning of no statement. */
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

/** Settings that affect how the server splits a statement's text, and the values that the grammar assumes. */
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
    // A name with a dot belongs to an application, unless it is that of a server extension.
    const own = name?.includes(".") && !/^(pgaudit|rds|aurora|apg|plpgsql|session_preload|local_preload)/.test(name);
    if (own || (name !== undefined && harmless.has(name))) {
        return [];
    }
    if (extent === "function" && name === "search_path") {
        return [];
    }
    return [[extent === "lasting" ? "lasting-setting" : "session-setting", by]];
}

function ofTracking(effect: Effect, isTracking: IsTracking): Charge[] {
    const written = changedTables(effect).filter(isTracking);
    return written.length === 0 ? [] : [["tracking-tables", `It changes ${shown(written)}`]];
}

function changedTables(effect: Effect): Name[] {
    switch (effect.kind) {
        case "createTable":
            // The rows of a partition are rows of its parents, too.
            return [effect.table, ...effect.partOf];
        case "alterTable":
            return [
                effect.table,
                ...(effect.movedTo ? [effect.movedTo] : []),
                ...effect.actions.flatMap(({ command: { def } }) => namedIn(def)),
            ];
        case "createIndex":
        case "createTrigger":
        case "rule":
        case "data":
            return [effect.table];
        case "drop":
            // Objects of a table are named with the table after them.
            return ["trigger", "rule", "policy"].includes(effect.object)
                ? effect.names.map(({ schema = "" }) => ({ name: schema }))
                : effect.names;
        case "truncate":
        case "exclusive":
            return effect.tables;
        case "rename":
            return [effect.name, ...(effect.to ? [effect.to] : [])];
        case "create":
            return [effect.name];
        case "other":
            return effect.touched;
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
