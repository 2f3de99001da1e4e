import { PlannedSchema } from "../plannedSchema";
import type { Name } from "../sql/cursor";
import type { Deed } from "../sql/describe";
import { Complaint, excerpt, Placed, Subject } from "./complaint";

/** A statement in its place: what is known before it runs, and what comes after it in its changeset. */
export interface Situation extends Placed {
    schema: PlannedSchema;
    /** What the statements after it create. */
    later: CreatedLater;
}

/** What squawk does not judge in a single statement. */
export function judgeStatement(situation: Situation): Complaint[] {
    return [...judgeLock(situation), ...judgeLoss(situation), ...judgeUse(situation)];
}

const storage = /^set (logged|unlogged|tablespace|access method)$/;

function judgeLock({ deed, statement, line, schema }: Situation): Complaint[] {
    const isInUse = (table: Name) => schema.creatorOf(table) === undefined;
    const complaint = (what: string): Complaint[] => [
        { rule: "exclusive-lock", what: `${what}: ${excerpt(statement)}`, line },
    ];
    if (deed.kind === "exclusive" && (deed.tables.length === 0 || deed.tables.some(isInUse))) {
        return complaint(deed.what);
    }
    if (deed.kind === "alterTable" && isInUse(deed.table)) {
        const change = deed.clauses
            .map(({ tokens }) => tokens.slice(0, 3).map(({ text }) => text.toLowerCase()))
            .map(
                ([first = "", second = "", third = ""]) =>
                    `${first} ${second}${second === "access" ? ` ${third}` : ""}`,
            )
            .find((words) => storage.test(words));
        return change === undefined ? [] : complaint(`ALTER TABLE … ${change.toUpperCase()} rewrites the table`);
    }
    return [];
}

function judgeLoss({ deed, statement, line, schema }: Situation): Complaint[] {
    const emptied =
        deed.kind === "truncate"
            ? deed.tables
            : deed.kind === "data" && deed.verb === "delete" && deed.all
              ? [deed.table]
              : [];
    return emptied.some((table) => schema.creatorOf(table) === undefined)
        ? [{ rule: "destroys-data", what: `It empties a table: ${excerpt(statement)}`, line }]
        : [];
}

/** Tables, columns and indexes are squawk's; triggers, policies and rules are used by nobody but their table. */
const used = new Set([
    "view",
    "materialized view",
    "foreign table",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "type",
    "domain",
    "schema",
    "sequence",
    "extension",
]);

function judgeUse({ deed, statement, line, schema, later }: Situation): Complaint[] {
    if (deed.kind !== "drop" && deed.kind !== "rename") {
        return [];
    }
    const names = deed.kind === "drop" ? deed.names : [deed.name];
    const missed = names.filter(
        (name) => used.has(deed.object) && !schema.isNewObject(deed.object, name) && !later.has(name),
    );
    return missed.length === 0
        ? []
        : [{ rule: "drop-in-use", what: `It takes away ${deed.object} ${shown(missed)}: ${excerpt(statement)}`, line }];
}

/** Names of what the statements create that are still to come: dropped and created again in one changeset, nobody ever misses it. */
export class CreatedLater {
    private readonly counts = new Map<string, number>();

    constructor(statements: Placed[]) {
        statements.forEach((placed) => this.count(placed, 1));
    }

    /** From now on this statement is none of those to come. */
    pass(placed: Placed): void {
        this.count(placed, -1);
    }

    has({ name }: Name): boolean {
        return (this.counts.get(name) ?? 0) > 0;
    }

    private count({ deed }: Placed, by: number): void {
        const name =
            deed.kind === "create" ? deed.name.name : deed.kind === "createTable" ? deed.table.name : undefined;
        if (name !== undefined) {
            this.counts.set(name, (this.counts.get(name) ?? 0) + by);
        }
    }
}

/** Schema change and rows of any number in one transaction. */
export function judgeMixture({ changeset, statements }: Subject, isInUse: (table: Name) => boolean): Complaint[] {
    if (!changeset.runInTransaction) {
        return [];
    }
    const change = statements.find(({ deed }) => lockedTables(deed).some(isInUse));
    const rows = statements.find(({ deed }) => deed.kind === "data" && deed.bulk && isInUse(deed.table));
    return change && rows
        ? [
              {
                  rule: "schema-and-data",
                  what: `${excerpt(change.statement)} — and in the same transaction ${excerpt(rows.statement)}`,
                  line: rows.line,
              },
          ]
        : [];
}

/** Tables that the statement locks against others until its transaction ends. */
function lockedTables(deed: Deed): Name[] {
    switch (deed.kind) {
        case "alterTable":
        case "createTrigger":
        case "createIndex":
            return [deed.table];
        case "truncate":
        case "exclusive":
            return deed.tables;
        case "drop":
            return deed.object === "table" ? deed.names : [];
        default:
            return [];
    }
}

function shown(names: Name[]): string {
    return names.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)).join(", ");
}
