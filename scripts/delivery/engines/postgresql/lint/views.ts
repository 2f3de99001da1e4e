import type { Entry } from "../../fingerprint";
import type { Complaint } from "../../linter";
import { type Column, type Relations, typeOf, viewColumns } from "../sql/columns";
import type { Action, Effect, Name } from "../sql/effect";
import { parse } from "../sql/grammar";
import { shown } from "../sql/names";
import { statementsOf } from "../sql/read";
import { type Uses, usesColumn, usesIn } from "../sql/uses";
import type { Subject } from "./placed";

type CatalogEntry = Pick<Entry, "kind" | "name"> & Partial<Pick<Entry, "definition">>;
type CreatedView = Extract<Effect, { kind: "create" }>;

/** A view as it is at one point of the plan. */
interface View extends Pick<CreatedView, "view"> {
    uses: Uses;
    /** Those that it got when the plan created it: a table's later columns are not among them. */
    columns?: Column[];
}

/** Kinds of objects with a query. */
const queried = new Set(["view", "materialized view"]);
/** Kinds of objects that queries refer to by name. */
const droppable = new Set([...queried, "table", "foreign table"]);

/** The columns of views, from the catalog and from the plan's statements. */
export class KnownViews {
    private readonly views = new Map<string, View>();
    /** The columns of tables; undefined if the plan has made them unknown. */
    private tables = new Map<string, Column[] | undefined>();
    /** Tables and views that were renamed: what the catalog says of their names no longer holds. */
    private readonly renamed = new Set<string>();
    /** The columns of views that are being looked up. */
    private readonly open = new Set<string>();

    private constructor(private readonly key: (name: Name) => string) {}

    /** Reads the catalog only if the plan replaces, drops or changes something that views may depend on. */
    static async of(catalog: CatalogEntry[], subjects: Subject[], key: (name: Name) => string): Promise<KnownViews> {
        const known = new KnownViews(key);
        const effects = subjects.flatMap(({ statements }) => statements.map(({ effect }) => effect));
        if (!effects.some((effect) => (isView(effect) && effect.mayExist) || removalsIn(effect).length > 0)) {
            return known;
        }
        known.tables = await tablesIn(catalog);
        for (const { name, definition = "" } of catalog.filter(({ kind }) => queried.has(kind))) {
            const query = definition.slice(Math.max(0, definition.search(/^\s*(SELECT\b|WITH\b(?! \()|VALUES\b)/im)));
            const [statement] = await statementsOf(`CREATE VIEW v AS ${query}`);
            const view = statement && isView(statement.effect) ? statement.effect.view : undefined;
            known.views.set(unquoted(name), { view, uses: usesIn(view?.query) });
        }
        return known;
    }

    columnsOf(name: Name): Column[] | undefined {
        return this.views.has(this.key(name)) ? this.relations(name) : undefined;
    }

    readonly relations: Relations = (name) => {
        const key = this.key(name);
        const known = this.views.get(key);
        if (known === undefined || this.open.has(key)) {
            return this.tables.get(key);
        }
        if (known.columns !== undefined) {
            return known.columns;
        }
        this.open.add(key);
        const columns = known.view && viewColumns(known.view, this.relations);
        this.open.delete(key);
        return columns;
    };

    /** Views whose query refers to it, or to one of its columns. */
    dependants(object: Name, column?: string): string[] {
        const key = this.key(object);
        return [...this.views].flatMap(([view, { uses }]) => {
            const aliases = uses.tables.filter(({ table }) => this.key(table) === key).map(({ alias }) => alias);
            const isUsed = aliases.length > 0 && (column === undefined || usesColumn(uses, aliases, column));
            return isUsed && view !== key && !this.renamed.has(key) ? [view] : [];
        });
    }

    /** What views still need of what the statement drops or changes. */
    needed(effect: Effect): { what: string; views: string[] }[] {
        const removals = removalsIn(effect);
        const gone = removals.map(({ object }) => this.key(object));
        return removals.flatMap(({ object, column, what }) => {
            const views = this.dependants(object, column).filter(
                (view) => column !== undefined || !gone.includes(view),
            );
            return views.length === 0 ? [] : [{ what, views }];
        });
    }

    observe(effect: Effect): void {
        if (isView(effect)) {
            const { view } = effect;
            const columns = view && viewColumns(view, this.relations);
            this.views.set(this.key(effect.name), { view, uses: usesIn(view?.query), columns });
        } else if (effect.kind === "drop" && droppable.has(effect.object)) {
            effect.names.forEach((name) => this.forget(name, effect.cascade));
        } else if (effect.kind === "createTable") {
            this.tables.set(this.key(effect.table), undefined);
        } else if (effect.kind === "rename") {
            this.renamed.add(this.key(effect.name));
        } else if (effect.kind === "alterTable") {
            const key = this.key(effect.table);
            if (effect.movedTo) this.renamed.add(key);
            this.tables.set(key, effect.renames ? undefined : altered(this.tables.get(key), effect.actions));
        }
    }

    private forget(name: Name, cascade: boolean): void {
        const dependants = cascade ? this.dependants(name) : [];
        this.views.delete(this.key(name));
        for (const view of dependants.filter((one) => this.views.has(one))) {
            const [schema = "", ...rest] = view.split(".");
            this.forget({ schema, name: rest.join(".") }, true);
        }
    }
}

/** What PostgreSQL drops or changes only if no view refers to it. */
function removalsIn(effect: Effect): { object: Name; column?: string; what: string }[] {
    if (effect.kind === "drop" && droppable.has(effect.object) && !effect.cascade) {
        return effect.names.map((object) => ({ object, what: `drop ${effect.object} ${shown([object])}` }));
    }
    if (effect.kind !== "alterTable") {
        return [];
    }
    const { table } = effect;
    return effect.actions.flatMap(({ command: { subtype, name: column, behavior } }) => {
        if (column === undefined) return [];
        const path = `${shown([table])}.${column}`;
        if (subtype === "AT_AlterColumnType") return [{ object: table, column, what: `change the type of ${path}` }];
        return subtype === "AT_DropColumn" && behavior !== "DROP_CASCADE"
            ? [{ object: table, column, what: `drop ${path}` }]
            : [];
    });
}

/** Columns are only added; whatever else may be done to them makes them unknown. */
function altered(columns: Column[] | undefined, actions: Action[]): Column[] | undefined {
    return actions.reduce((known: Column[] | undefined, { command: { subtype, def, missing_ok: mayExist } }) => {
        if (subtype === "AT_AddColumn" && def && "ColumnDef" in def) {
            const { colname: name = "", typeName } = def.ColumnDef;
            const isThere = mayExist === true && known?.some((column) => column.name === name);
            return isThere ? known : known && [...known, { name, type: typeName && typeOf(typeName) }];
        }
        return subtype === "AT_DropColumn" || subtype === "AT_AlterColumnType" ? undefined : known;
    }, columns);
}

/** The columns of the catalog's tables, in their order. */
async function tablesIn(catalog: CatalogEntry[]): Promise<Map<string, Column[] | undefined>> {
    const written = new Map(
        catalog.flatMap(({ kind, name, definition = "" }) =>
            kind === "column" ? [[unquoted(name), typeIn(definition)] as const] : [],
        ),
    );
    const types = new Map<string, string | undefined>();
    for (const type of new Set(written.values())) {
        types.set(type, await readType(type));
    }
    return new Map(
        catalog.flatMap(({ kind, name, definition = "" }) => {
            const table = unquoted(name);
            const columns = definition.split("\n").map(unquoted);
            const column = (one: string): Column => ({
                name: one,
                type: types.get(written.get(`${table}.${one}`) ?? ""),
            });
            return kind === "column order" ? [[table, columns.map(column)] as const] : [];
        }),
    );
}

/** The type in a column's definition, which is followed by what else holds for the column. */
function typeIn(definition: string): string {
    const [type = ""] = definition.split(
        / (?:COLLATE|NOT NULL|GENERATED|DEFAULT|STORAGE|COMPRESSION|STATISTICS|WITH \(|OPTIONS|INHERITED)/,
    );
    return type;
}

async function readType(type: string): Promise<string | undefined> {
    try {
        const [statement] = await parse(`SELECT NULL::${type}`);
        const target = statement?.stmt && "SelectStmt" in statement.stmt && statement.stmt.SelectStmt.targetList?.[0];
        const value = target && "ResTarget" in target ? target.ResTarget.val : undefined;
        return value && "TypeCast" in value ? typeOf(value.TypeCast.typeName ?? {}) : undefined;
    } catch {
        return undefined;
    }
}

function isView(effect: Effect): effect is CreatedView {
    return effect.kind === "create" && effect.object === "view";
}

/** A name of the catalog, quoted where SQL requires it, in the form of a key. */
function unquoted(name: string): string {
    return name.replaceAll(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));
}

/** What a view would lose: by a statement on what it refers to, or by its own new query. */
export function judgeView(situation: { effect: Effect; views: KnownViews }): Pick<Complaint, "rule" | "what">[] {
    const { effect, views } = situation;
    const needed = views.needed(effect).map(({ what, views: of }) => ({
        rule: "used-by-view" as const,
        what: `PostgreSQL refuses to ${what}, which ${of.join(", ")} ${of.length === 1 ? "needs" : "need"}`,
    }));
    return [...needed, ...judgeColumns(situation)];
}

/** A view that loses, renames, moves or retypes columns. */
function judgeColumns({ effect, views }: { effect: Effect; views: KnownViews }): Pick<Complaint, "rule" | "what">[] {
    if (!isView(effect) || !effect.mayExist) {
        return [];
    }
    const before = views.columnsOf(effect.name);
    const now = effect.view && viewColumns(effect.view, views.relations);
    const how = before && now && changeOf(before, now);
    if (how === undefined) {
        return [];
    }
    const dependants = views.dependants(effect.name);
    const by = dependants.length > 0 ? `; ${dependants.join(", ")} depends on it` : "";
    return [{ rule: "view-columns", what: `The view ${shown([effect.name])} ${how}${by}` }];
}

/** What PostgreSQL refuses of a change of a view's columns, in words. */
function changeOf(before: Column[], now: Column[]): string | undefined {
    const gone = before.filter(({ name }) => !now.some((column) => column.name === name));
    if (gone.length > 0) {
        return `loses or renames ${gone.map(({ name }) => name).join(", ")}`;
    }
    if (!before.every(({ name }, index) => now[index]?.name === name)) {
        return "has its columns in another order";
    }
    const retyped = before.flatMap(({ name, type }, index) => {
        const next = now[index]?.type;
        return type === undefined || next === undefined || type === next ? [] : [`${name} from ${type} to ${next}`];
    });
    return retyped.length > 0 ? `changes the type of ${retyped.join(", ")}` : undefined;
}
