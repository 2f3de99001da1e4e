import { familyOf, PlannedSchema } from "./plannedSchema";
import type { Deed, Inner, Name } from "../sql/deed";
import { shown } from "../sql/names";
import type { Complaint } from "../../linter";
import { excerpt, type Placed, type Subject } from "./placed";
import { judgeView, type KnownViews } from "./views";

/** A statement in context: what is known before it runs, and what follows it in its changeset. */
export interface Situation extends Placed {
    schema: PlannedSchema;
    views: KnownViews;
    /** What the later statements create. */
    later: CreatedLater;
}

/** Judges what squawk does not judge in a single statement, or cannot see there. */
export function judgeStatement(situation: Situation): Complaint[] {
    const { statement, line } = situation;
    const own = [
        ...judgeLock(situation),
        ...judgeLoss(situation),
        ...judgeRows(situation),
        ...judgeUse(situation),
        ...judgeView(situation),
    ];
    const inner = statement.inner.flatMap((one) => judgeInner(one, situation).map(placedIn(one)));
    return [...own, ...inner, ...judgeCascade(situation)].map(({ rule, what }) => ({
        rule,
        what: `${what}: ${excerpt(statement)}`,
        line,
    }));
}

/** A complaint that does not quote its statement yet. */
type Charge = Pick<Complaint, "rule" | "what">;

function placedIn({ inside }: Inner): (charge: Charge) => Charge {
    return ({ rule, what }) => ({
        rule,
        what: inside === undefined ? what : `In ${inside}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    });
}

/** It is unknown when the statements of a function run: their locks are not judged, only what they destroy. */
function judgeInner({ deed, runs }: Inner, situation: Situation): Charge[] {
    const inner = { ...situation, deed };
    return [
        ...judgeLoss(inner),
        ...judgeHiddenDrop(inner),
        ...judgeCascade(inner),
        ...(runs ? [...judgeLock(inner), ...judgeRows(inner), ...judgeUse(inner)] : []),
    ];
}

const storage: Record<string, string> = {
    AT_SetLogged: "SET LOGGED",
    AT_SetUnLogged: "SET UNLOGGED",
    AT_SetTableSpace: "SET TABLESPACE",
    AT_SetAccessMethod: "SET ACCESS METHOD",
};

function judgeLock({ deed, schema }: Situation): Charge[] {
    const isInUse = (table: Name) => schema.creatorOf(table) === undefined;
    if (deed.kind === "exclusive" && (deed.tables.length === 0 || deed.tables.some(isInUse))) {
        return [{ rule: "exclusive-lock", what: deed.what }];
    }
    if (deed.kind === "alterTable" && isInUse(deed.table)) {
        const [change] = deed.actions.flatMap(({ command: { subtype = "" } }) => storage[subtype] ?? []);
        return change === undefined
            ? []
            : [{ rule: "exclusive-lock", what: `ALTER TABLE … ${change} rewrites the table` }];
    }
    return [];
}

function judgeRows({ deed, schema }: Situation): Charge[] {
    return deed.kind === "data" && deed.every && deed.overwrites === undefined && !schema.creatorOf(deed.table)
        ? [{ rule: "updates-every-row", what: `It updates every row of ${shown([deed.table])}` }]
        : [];
}

function judgeLoss({ deed, schema }: Situation): Charge[] {
    const emptied = deed.kind === "truncate" ? deed.tables : deed.kind === "data" && deed.all ? [deed.table] : [];
    if (emptied.some((table) => schema.creatorOf(table) === undefined)) {
        return [{ rule: "destroys-data", what: "It empties a table" }];
    }
    const overwritten =
        deed.kind === "data" ? (deed.overwrites ?? []).filter((column) => !schema.isNewColumn(deed.table, column)) : [];
    return overwritten.length > 0
        ? [{ rule: "destroys-data", what: `It sets ${overwritten.join(", ")} to one value in every row` }]
        : [];
}

/** What squawk finds at the top level only: it does not look into blocks and functions. */
function judgeHiddenDrop({ deed, schema }: Situation): Charge[] {
    const isInUse = (table: Name) => schema.creatorOf(table) === undefined;
    if (deed.kind === "drop" && deed.object === "database") {
        return [{ rule: "ban-drop-database", what: "It drops a database" }];
    }
    if (deed.kind === "drop" && deed.object === "table" && deed.names.some(isInUse)) {
        return [{ rule: "ban-drop-table", what: `It drops ${shown(deed.names)}` }];
    }
    if (deed.kind === "truncate" && deed.cascade && deed.tables.some(isInUse)) {
        return [{ rule: "ban-truncate-cascade", what: "It empties every table that refers to this one" }];
    }
    const dropsColumn =
        deed.kind === "alterTable" && deed.actions.some(({ command }) => command.subtype === "AT_DropColumn");
    return dropsColumn && isInUse(deed.table)
        ? [{ rule: "ban-drop-column", what: `It drops a column of ${shown([deed.table])}` }]
        : [];
}

function judgeCascade({ deed, schema }: Situation): Charge[] {
    if (deed.kind === "drop" && deed.cascade) {
        if (deed.object === "owned") {
            return [{ rule: "cascading-drop", what: "It drops everything that a role owns" }];
        }
        const inUse = deed.names.some(
            (name) => !schema.isNewObject(deed.object, name) && !(deed.object === "index" && schema.isNewIndex(name)),
        );
        return inUse
            ? [{ rule: "cascading-drop", what: `It drops what depends on ${deed.object} ${shown(deed.names)}` }]
            : [];
    }
    if (deed.kind === "other" && deed.cascades) {
        return [{ rule: "cascading-drop", what: "It drops what depends on a part" }];
    }
    const cascades =
        deed.kind === "alterTable" && deed.actions.some(({ command: { behavior } }) => behavior === "DROP_CASCADE");
    return cascades && schema.creatorOf(deed.table) === undefined
        ? [{ rule: "cascading-drop", what: `It drops what depends on a part of table ${shown([deed.table])}` }]
        : [];
}

/** Squawk covers tables, columns and indexes; triggers, policies and rules are used only by their table. */
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

function judgeUse({ deed, schema, later }: Situation): Charge[] {
    if (deed.kind !== "drop" && deed.kind !== "rename") {
        return [];
    }
    const names = deed.kind === "drop" ? deed.names : [deed.name];
    const missed = names.filter(
        (name) => used.has(deed.object) && !schema.isNewObject(deed.object, name) && !later.has(deed.object, name),
    );
    return missed.length === 0 ? [] : [{ rule: "drop-in-use", what: `It removes ${deed.object} ${shown(missed)}` }];
}

/**
 * Names that the remaining statements create: an object that is dropped and created again in one changeset is never
 * missed.
 */
export class CreatedLater {
    private readonly counts = new Map<string, number>();

    constructor(statements: Placed[]) {
        statements.forEach((placed) => this.count(placed, 1));
    }

    /** Marks this statement as passed. */
    pass(placed: Placed): void {
        this.count(placed, -1);
    }

    has(object: string, { name }: Name): boolean {
        return (this.counts.get(`${familyOf(object)} ${name}`) ?? 0) > 0;
    }

    private count({ deed }: Placed, by: number): void {
        const key =
            deed.kind === "create"
                ? `${familyOf(deed.object)} ${deed.name.name}`
                : deed.kind === "createTable"
                  ? `${familyOf("table")} ${deed.table.name}`
                  : undefined;
        if (key !== undefined) {
            this.counts.set(key, (this.counts.get(key) ?? 0) + by);
        }
    }
}

/** A schema change and an unknown number of rows in one transaction. */
export function judgeMixture({ changeset, statements }: Subject, isInUse: (table: Name) => boolean): Complaint[] {
    if (!changeset.runInTransaction) {
        return [];
    }
    const change = statements.find((placed) => deedsThatRun(placed).some((deed) => lockedTables(deed).some(isInUse)));
    const rows = statements.find((placed) =>
        deedsThatRun(placed).some((deed) => deed.kind === "data" && deed.bulk && isInUse(deed.table)),
    );
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

function deedsThatRun({ deed, statement }: Placed): Deed[] {
    return [deed, ...statement.inner.flatMap((inner) => (inner.runs ? [inner.deed] : []))];
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
