import { familyOf, PlannedSchema } from "./plannedSchema";
import type { Effect, Inner, Name } from "../sql/effect";
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
function judgeInner({ effect, runs }: Inner, situation: Situation): Charge[] {
    const inner = { ...situation, effect };
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

function judgeLock({ effect, schema }: Situation): Charge[] {
    const isInUse = (table: Name) => schema.creatorOf(table) === undefined;
    if (effect.kind === "exclusive" && (effect.tables.length === 0 || effect.tables.some(isInUse))) {
        return [{ rule: "exclusive-lock", what: effect.what }];
    }
    if (effect.kind === "alterTable" && isInUse(effect.table)) {
        const [change] = effect.actions.flatMap(({ command: { subtype = "" } }) => storage[subtype] ?? []);
        return change === undefined
            ? []
            : [{ rule: "exclusive-lock", what: `ALTER TABLE … ${change} rewrites the table` }];
    }
    return [];
}

function judgeRows({ effect, schema }: Situation): Charge[] {
    return effect.kind === "data" && effect.every && effect.overwrites === undefined && !schema.creatorOf(effect.table)
        ? [{ rule: "updates-every-row", what: `It updates every row of ${shown([effect.table])}` }]
        : [];
}

function judgeLoss({ effect, schema }: Situation): Charge[] {
    const emptied =
        effect.kind === "truncate" ? effect.tables : effect.kind === "data" && effect.all ? [effect.table] : [];
    if (emptied.some((table) => schema.creatorOf(table) === undefined)) {
        return [{ rule: "destroys-data", what: "It empties a table" }];
    }
    const overwritten =
        effect.kind === "data"
            ? (effect.overwrites ?? []).filter((column) => !schema.isNewColumn(effect.table, column))
            : [];
    return overwritten.length > 0
        ? [{ rule: "destroys-data", what: `It sets ${overwritten.join(", ")} to one value in every row` }]
        : [];
}

/** What squawk finds at the top level only: it does not look into blocks and functions. */
function judgeHiddenDrop({ effect, schema }: Situation): Charge[] {
    const isInUse = (table: Name) => schema.creatorOf(table) === undefined;
    if (effect.kind === "drop" && effect.object === "database") {
        return [{ rule: "ban-drop-database", what: "It drops a database" }];
    }
    if (effect.kind === "drop" && effect.object === "table" && effect.names.some(isInUse)) {
        return [{ rule: "ban-drop-table", what: `It drops ${shown(effect.names)}` }];
    }
    if (effect.kind === "truncate" && effect.cascade && effect.tables.some(isInUse)) {
        return [{ rule: "ban-truncate-cascade", what: "It empties every table that refers to this one" }];
    }
    const dropsColumn =
        effect.kind === "alterTable" && effect.actions.some(({ command }) => command.subtype === "AT_DropColumn");
    return dropsColumn && isInUse(effect.table)
        ? [{ rule: "ban-drop-column", what: `It drops a column of ${shown([effect.table])}` }]
        : [];
}

function judgeCascade({ effect, schema }: Situation): Charge[] {
    if (effect.kind === "drop" && effect.cascade) {
        if (effect.object === "owned") {
            return [{ rule: "cascading-drop", what: "It drops everything that a role owns" }];
        }
        const inUse = effect.names.some(
            (name) =>
                !schema.isNewObject(effect.object, name) && !(effect.object === "index" && schema.isNewIndex(name)),
        );
        return inUse
            ? [{ rule: "cascading-drop", what: `It drops what depends on ${effect.object} ${shown(effect.names)}` }]
            : [];
    }
    if (effect.kind === "other" && effect.cascades) {
        return [{ rule: "cascading-drop", what: "It drops what depends on a part" }];
    }
    const cascades =
        effect.kind === "alterTable" && effect.actions.some(({ command: { behavior } }) => behavior === "DROP_CASCADE");
    return cascades && schema.creatorOf(effect.table) === undefined
        ? [{ rule: "cascading-drop", what: `It drops what depends on a part of table ${shown([effect.table])}` }]
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

function judgeUse({ effect, schema, later }: Situation): Charge[] {
    if (effect.kind !== "drop" && effect.kind !== "rename") {
        return [];
    }
    const names = effect.kind === "drop" ? effect.names : [effect.name];
    const missed = names.filter(
        (name) =>
            used.has(effect.object) && !schema.isNewObject(effect.object, name) && !later.has(effect.object, name),
    );
    return missed.length === 0 ? [] : [{ rule: "drop-in-use", what: `It removes ${effect.object} ${shown(missed)}` }];
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

    private count({ effect }: Placed, by: number): void {
        const key =
            effect.kind === "create"
                ? `${familyOf(effect.object)} ${effect.name.name}`
                : effect.kind === "createTable"
                  ? `${familyOf("table")} ${effect.table.name}`
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
    const change = statements.find((placed) =>
        effectsThatRun(placed).some((effect) => lockedTables(effect).some(isInUse)),
    );
    const rows = statements.find((placed) =>
        effectsThatRun(placed).some((effect) => effect.kind === "data" && effect.bulk && isInUse(effect.table)),
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

function effectsThatRun({ effect, statement }: Placed): Effect[] {
    return [effect, ...statement.inner.flatMap((inner) => (inner.runs ? [inner.effect] : []))];
}

/** Tables that the statement locks against others until its transaction ends. */
function lockedTables(effect: Effect): Name[] {
    switch (effect.kind) {
        case "alterTable":
        case "createTrigger":
        case "createIndex":
            return [effect.table];
        case "truncate":
        case "exclusive":
            return effect.tables;
        case "drop":
            return effect.object === "table" ? effect.names : [];
        default:
            return [];
    }
}
