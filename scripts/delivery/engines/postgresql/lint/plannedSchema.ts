import type { Node } from "@pgsql/types";
import type { Entry } from "../../fingerprint";
import type { Action, Effect, Name } from "../sql/effect";
import { strings } from "../sql/names";

type AlterTable = Extract<Effect, { kind: "alterTable" }>;

/**
 * What is known about the database at one point of the plan, from the statements before it: which tables are new and so
 * not in use, and which columns are already proven to contain no NULL.
 */
export class PlannedSchema {
    /**
     * New tables, by key. `filled`: a statement has written an unknown number of rows. `named`: the changeset that gave
     * the name.
     */
    private readonly created = new Map<string, { by: string; named: string; filled: boolean }>();
    /** The tables of new indexes. */
    private readonly indexes = new Map<string, string>();
    /** Other new objects by kind and name: views, types, functions with each argument list. */
    private readonly objects = new Map<string, { by: string; args?: string }[]>();
    /** Columns that a check constraint declares NOT NULL, by table and name of the check. */
    private readonly checks = new Map<string, { table: string; column: string; valid: boolean; by?: string }>();
    /** New columns of tables in use, by table and name; the value is the changeset. */
    private readonly columns = new Map<string, string>();
    /** What exists before the plan, and so may be in use. */
    private readonly before: ReadonlySet<string>;

    constructor(
        private readonly defaultSchema: string,
        catalog: Pick<Entry, "kind" | "name">[] = [],
    ) {
        this.before = new Set(catalog.map(({ kind, name }) => `${familyOf(kind)} ${unquoted(name)}`));
    }

    /** The changeset of this plan that creates the table, if any. */
    creatorOf(table: Name): string | undefined {
        return this.created.get(this.key(table))?.by;
    }

    /** Whether the table is new and has only rows that are written out in the SQL. */
    isEmpty(table: Name): boolean {
        return this.created.get(this.key(table))?.filled === false;
    }

    isNewIndex(index: Name): boolean {
        const table = this.indexes.get(this.key(index));
        return table !== undefined && this.created.has(table);
    }

    isNewObject(object: string, name: Name): boolean {
        return (
            (holdsRows.has(object) && this.created.has(this.key(name))) ||
            // A name without arguments means the only function of that name.
            this.newObjects(object, name).some(({ args }) => name.args === undefined || args === name.args)
        );
    }

    /** Whether a relation with that name existed before the plan. */
    existed(table: Name): boolean {
        return this.before.has(`relation ${this.key(table)}`);
    }

    /** Whether the column is new and not written yet. */
    isNewColumn(table: Name, column: string): boolean {
        return this.creatorOf(table) !== undefined || this.columns.has(`${this.key(table)} ${column}`);
    }

    /** Whether a valid check proves that the column has no NULL: PostgreSQL then skips reading the table. */
    provesNotNull(table: Name, column: string): boolean {
        const [of, name] = [this.key(table), column];
        return [...this.checks.values()].some((check) => check.valid && check.table === of && check.column === name);
    }

    /** Records a statement of the plan. */
    observe(effect: Effect, changeset: string): void {
        this.observeConstraints(effect, changeset);
        switch (effect.kind) {
            case "createTable":
                this.observeTable(effect, changeset);
                break;
            case "createIndex":
                if (effect.index) {
                    const schema = effect.index.schema ?? effect.table.schema;
                    this.indexes.set(this.key({ ...effect.index, schema }), this.key(effect.table));
                }
                break;
            case "create":
                this.observeObject(effect, changeset);
                break;
            case "data":
                this.observeRows(effect);
                break;
            case "transaction":
                this.forgetTemporary();
                break;
            case "alterTable":
                this.observeColumns(effect, changeset);
                this.observeMove(effect, changeset);
                break;
            default:
                this.forget(effect);
        }
    }

    /** Records what a part of a statement does. It may be conditional, so it makes nothing new. */
    observeInner(effect: Effect, runs: boolean): void {
        if (runs) {
            this.observeRows(effect);
        }
        this.forget(effect);
    }

    /** `mayNotRun`: later changesets cannot rely on what it creates or proves. */
    endChangeset(changeset: string, mayNotRun: boolean): void {
        this.forgetTemporary();
        if (!mayNotRun) {
            return;
        }
        for (const [key, { named }] of this.created) {
            if (named === changeset) this.created.delete(key);
        }
        for (const [key, objects] of this.objects) {
            this.objects.set(
                key,
                objects.filter(({ by }) => by !== changeset),
            );
        }
        for (const [key, by] of this.columns) {
            if (by === changeset) this.columns.delete(key);
        }
        for (const [key, { by }] of this.checks) {
            if (by === changeset) this.checks.delete(key);
        }
    }

    /** Temporary tables are gone with the transaction or the session: their names again mean what they hid. */
    private forgetTemporary(): void {
        for (const key of this.created.keys()) {
            if (key.startsWith("pg_temp.")) this.created.delete(key);
        }
    }

    /** Records a statement that ran long ago: its table is in use, its constraints hold. */
    observeConstraints(effect: Effect, changeset?: string): void {
        if (effect.kind !== "alterTable") {
            return;
        }
        for (const action of effect.actions) {
            const { added, validated, dropped } = constraintOf(action);
            const name = (constraint: string) => `${this.key(effect.table)} ${constraint}`;
            if (added) {
                this.checks.set(name(added.name), {
                    table: this.key(effect.table),
                    column: added.column,
                    valid: added.valid,
                    by: changeset,
                });
            } else if (validated !== undefined) {
                const check = this.checks.get(name(validated));
                if (check) {
                    this.checks.set(name(validated), { ...check, valid: true, by: changeset });
                }
            } else if (dropped !== undefined) {
                this.checks.delete(name(dropped));
            }
        }
    }

    private observeTable(effect: Extract<Effect, { kind: "createTable" }>, changeset: string): void {
        // IF NOT EXISTS proves nothing, and a partition of a table in use is in use at once.
        if (
            !effect.ifNotExists &&
            !this.existed(effect.table) &&
            effect.partOf.every((parent) => this.created.has(this.key(parent)))
        ) {
            this.created.set(this.key(effect.table), { by: changeset, named: changeset, filled: effect.filled });
        }
    }

    private observeObject({ object, name, mayExist }: Extract<Effect, { kind: "create" }>, changeset: string): void {
        const key = this.key(name);
        const before = object === "schema" || object === "extension" ? name.name : key;
        if (!mayExist && !this.before.has(`${familyOf(object)} ${before}`)) {
            const known = this.newObjects(object, name);
            this.objects.set(`${object} ${key}`, [...known, { by: changeset, args: name.args }]);
        }
    }

    private newObjects(object: string, name: Name): { by: string; args?: string }[] {
        return this.objects.get(`${object} ${this.key(name)}`) ?? [];
    }

    private observeRows(effect: Effect): void {
        // An update adds none.
        const adds = effect.kind === "data" && effect.bulk && effect.verb !== "update" && effect.verb !== "delete";
        const known = adds ? this.created.get(this.key(effect.table)) : undefined;
        if (known) {
            known.filled = true;
        }
    }

    private observeColumns({ table, actions, movedTo, renames }: AlterTable, changeset: string): void {
        const key = this.key(table);
        for (const { command } of actions) {
            const { subtype, def, missing_ok: ifNotExists, name = "" } = command;
            if (subtype === "AT_AddColumn" && !ifNotExists && def && "ColumnDef" in def) {
                this.columns.set(`${key} ${def.ColumnDef.colname}`, changeset);
            } else if (subtype === "AT_DropColumn") {
                this.columns.delete(`${key} ${name}`);
            }
        }
        // Under its new name it is no longer tracked.
        if (movedTo || renames === "column") {
            const tables = [key, ...(movedTo ? [this.key(movedTo)] : [])];
            for (const column of [...this.columns.keys()]) {
                if (tables.some((one) => column.startsWith(`${one} `))) this.columns.delete(column);
            }
        }
    }

    private observeMove(effect: AlterTable, changeset: string): void {
        const { table, movedTo } = effect;
        const known = movedTo && this.created.get(this.key(table));
        this.forget(effect, known !== undefined);
        if (known && !this.existed(movedTo)) {
            this.created.set(this.key(movedTo), { ...known, named: changeset });
        }
    }

    /** A dropped, renamed or replaced name no longer refers to what was new under it. */
    private forget(effect: Effect, moves = false): void {
        if (effect.kind === "alterTable" && effect.movedTo) {
            // ALTER TABLE also accepts views.
            ["view", "foreign table"].forEach((object) => this.forgetName(object, effect.table));
            this.forgetName("table", effect.movedTo);
            if (!moves && effect.movedTo.schema !== effect.table.schema) {
                this.forgetSchema(effect.movedTo.schema);
            }
        } else if (effect.kind === "drop") {
            effect.names.forEach((name) => this.forgetName(effect.object, name));
        } else if (effect.kind === "rename" && !effect.part) {
            this.forgetName(effect.object, effect.name);
            this.forgetSchema(effect.toSchema);
        }
    }

    private forgetName(object: string, name: Name): void {
        const key = this.key(name);
        this.objects.delete(`${object} ${key}`);
        if (familyOf(object) === "relation") {
            this.created.delete(key);
        } else if (object === "schema") {
            for (const table of [...this.created.keys()]) {
                if (table.startsWith(`${name.name}.`)) this.created.delete(table);
            }
        }
    }

    /** An object in use was moved into it: a new schema no longer holds only new objects. */
    private forgetSchema(schema: string | undefined): void {
        if (schema !== undefined) {
            this.objects.delete(`schema ${this.key({ name: schema })}`);
        }
    }

    key({ schema, name }: Name): string {
        // A temporary table takes precedence, whatever the search path says.
        const temporary = `pg_temp.${name}`;
        return schema === undefined && this.created.has(temporary)
            ? temporary
            : `${schema ?? this.defaultSchema}.${name}`;
    }
}

/** Kinds of objects that hold rows. */
const holdsRows = new Set(["table", "materialized view"]);

/** Kinds of objects that share a namespace, so that one can replace another. */
export function familyOf(object: string): string {
    const families: Record<string, string> = {
        table: "relation",
        view: "relation",
        "materialized view": "relation",
        "foreign table": "relation",
        procedure: "function",
        routine: "function",
        domain: "type",
    };
    return families[object] ?? object;
}

/** A name of the catalog, quoted where SQL requires it, in the form of a key. */
function unquoted(name: string): string {
    return name.replaceAll(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));
}

interface ConstraintEffect {
    added?: { name: string; column: string; valid: boolean };
    validated?: string;
    dropped?: string;
}

/** What an action of ALTER TABLE does to a constraint, for the constraints that matter here. */
function constraintOf({ command: { subtype, name, def } }: Action): ConstraintEffect {
    if (subtype === "AT_ValidateConstraint") {
        return { validated: name };
    }
    if (subtype === "AT_DropConstraint") {
        return { dropped: name };
    }
    const added = subtype === "AT_AddConstraint" && def && "Constraint" in def ? def.Constraint : undefined;
    const column = added?.contype === "CONSTR_CHECK" ? columnWithoutNull(added.raw_expr) : undefined;
    return added?.conname === undefined || column === undefined
        ? {}
        : { added: { name: added.conname, column, valid: added.skip_validation !== true } };
}

/** The column of `column IS NOT NULL`. */
function columnWithoutNull(condition: Node | undefined): string | undefined {
    if (!condition || !("NullTest" in condition) || condition.NullTest.nulltesttype !== "IS_NOT_NULL") {
        return undefined;
    }
    const { arg } = condition.NullTest;
    return arg && "ColumnRef" in arg ? strings(arg.ColumnRef.fields).at(-1) : undefined;
}
