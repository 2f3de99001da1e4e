import type { Node } from "@pgsql/types";
import type { Action, Deed, Name } from "./sql/deed";
import { strings } from "./sql/names";

/**
 * What is known about the database at one point of the plan, from the statements before it: which tables are new, so
 * that nobody uses them yet, and which columns are already proved to have no NULL.
 */
export class PlannedSchema {
    /** New tables, by key; true once a statement has written any number of rows into one. */
    private readonly created = new Map<string, { by: string; filled: boolean }>();
    /** Tables of new indexes. */
    private readonly indexes = new Map<string, string>();
    /** Other new objects: views, functions, types. */
    private readonly objects = new Set<string>();
    /** Columns that a check declares to be NOT NULL, by table and name of the check. */
    private readonly checks = new Map<string, { table: string; column: string; valid: boolean }>();

    constructor(private readonly defaultSchema: string) {}

    /** The changeset of this plan that creates the table, if one does. */
    creatorOf(table: Name): string | undefined {
        return this.created.get(this.key(table))?.by;
    }

    /** Whether the table is new and has no more rows than somebody wrote out. */
    isEmpty(table: Name): boolean {
        return this.created.get(this.key(table))?.filled === false;
    }

    isNewIndex(index: Name): boolean {
        const table = this.indexes.get(this.key(index));
        return table !== undefined && this.created.has(table);
    }

    isNewObject(object: string, name: Name): boolean {
        return this.objects.has(objectKey(object, this.key(name), name.args)) || this.created.has(this.key(name));
    }

    /** Whether a valid check says that the column has no NULL: PostgreSQL takes its word and reads nothing. */
    provesNotNull(table: Name, column: string): boolean {
        const [of, name] = [this.key(table), column];
        return [...this.checks.values()].some((check) => check.valid && check.table === of && check.column === name);
    }

    /** Takes in a statement of the plan. */
    observe(deed: Deed, changeset: string): void {
        this.observeConstraints(deed);
        switch (deed.kind) {
            case "createTable":
                this.observeTable(deed, changeset);
                break;
            case "createIndex":
                if (deed.index) {
                    const schema = deed.index.schema ?? deed.table.schema;
                    this.indexes.set(this.key({ ...deed.index, schema }), this.key(deed.table));
                }
                break;
            case "create":
                // With its arguments and without: who gives none means the only one of that name.
                this.objects.add(objectKey(deed.object, this.key(deed.name), deed.name.args));
                this.objects.add(objectKey(deed.object, this.key(deed.name)));
                break;
            case "data":
                this.observeRows(deed);
                break;
            case "transaction":
                this.forgetTemporary();
                break;
            case "alterTable":
                this.observeMove(deed);
                break;
            case "drop":
                deed.names.forEach((name) => this.created.delete(this.key(name)));
                break;
        }
    }

    /** Temporary tables are gone, with the transaction or with the session: their names mean what they hid. */
    forgetTemporary(): void {
        for (const key of this.created.keys()) {
            if (key.startsWith("pg_temp.")) this.created.delete(key);
        }
    }

    /** Takes in a statement that ran long ago: its table is in use, its constraints hold. */
    observeConstraints(deed: Deed): void {
        if (deed.kind !== "alterTable") {
            return;
        }
        for (const action of deed.actions) {
            const { added, validated, dropped } = constraintOf(action);
            const name = (constraint: string) => `${this.key(deed.table)} ${constraint}`;
            if (added) {
                this.checks.set(name(added.name), {
                    table: this.key(deed.table),
                    column: added.column,
                    valid: added.valid,
                });
            } else if (validated !== undefined) {
                const check = this.checks.get(name(validated));
                if (check) {
                    check.valid = true;
                }
            } else if (dropped !== undefined) {
                this.checks.delete(name(dropped));
            }
        }
    }

    private observeTable(deed: Extract<Deed, { kind: "createTable" }>, changeset: string): void {
        // IF NOT EXISTS proves nothing, and a partition of a table in use is used through it at once.
        if (!deed.ifNotExists && deed.partOf.every((parent) => this.created.has(this.key(parent)))) {
            this.created.set(this.key(deed.table), { by: changeset, filled: deed.filled });
        }
    }

    /** Takes in what a part of a statement writes; what it creates may depend on a condition. */
    observeRows(deed: Deed): void {
        const known = deed.kind === "data" && deed.bulk ? this.created.get(this.key(deed.table)) : undefined;
        if (known) {
            known.filled = true;
        }
    }

    private observeMove({ table, movedTo }: Extract<Deed, { kind: "alterTable" }>): void {
        if (movedTo === undefined) {
            return;
        }
        const [from, to] = [this.key(table), this.key(movedTo)];
        const known = this.created.get(from);
        this.created.delete(from);
        // Whatever was new under that name is not what has it now.
        this.created.delete(to);
        if (known) {
            this.created.set(to, known);
        }
    }

    private key({ schema, name }: Name): string {
        // A temporary table comes first, whatever the search path says.
        const temporary = `pg_temp.${name}`;
        return schema === undefined && this.created.has(temporary)
            ? temporary
            : `${schema ?? this.defaultSchema}.${name}`;
    }
}

function objectKey(object: string, key: string, args?: string): string {
    return `${object} ${key}${args === undefined ? "" : `(${args})`}`;
}

interface ConstraintDeed {
    added?: { name: string; column: string; valid: boolean };
    validated?: string;
    dropped?: string;
}

/** What an action of ALTER TABLE does to a constraint, of those that matter here. */
function constraintOf({ command: { subtype, name, def } }: Action): ConstraintDeed {
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
