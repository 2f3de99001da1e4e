import type { Entry } from "../../fingerprint";
import type { Effect, Name } from "../sql/effect";

/** A drop of an object that was there before. */
export interface Drop {
    /** As in the catalog. */
    kind: string;
    /** Its own name, without schema and table. */
    name: string;
    /** Kind and qualified name of what is lost. */
    object: string;
    cascade: boolean;
}

type Original = Pick<Entry, "kind" | "name">;

/** Objects that share a namespace, so that one can take another's name. */
const families: Record<string, string> = {
    table: "relation",
    view: "relation",
    "materialized view": "relation",
    "foreign table": "relation",
    sequence: "relation",
    index: "relation",
    procedure: "function",
    routine: "function",
    aggregate: "function",
    domain: "type",
    enum: "type",
    "range type": "type",
    "base type": "type",
    "composite type": "type",
};

/** Objects that belong to a table, and are named in it. */
const parts = ["column", "constraint", "trigger", "policy", "rule"] as const;
type Part = (typeof parts)[number];

const followed = new Set<string>([...parts, ...Object.keys(families), "function", "schema", "extension", "collation"]);

/**
 * The objects that a catalog had, under the names that they have after further statements: a table that is renamed stays
 * the same table, and one that is created under its old name is another one.
 */
export class EarlierObjects {
    private readonly originals = new Map<string, Original>();

    constructor(
        private readonly defaultSchema: string,
        entries: Original[] = [],
    ) {
        for (const { kind, name } of entries.filter(({ kind: one }) => followed.has(one))) {
            this.originals.set(`${familyOf(kind)} ${unquoted(withoutArguments(name))}`, { kind, name });
        }
    }

    object(kind: string, name: Name): Original | undefined {
        return this.originals.get(this.key(kind, name));
    }

    part(part: Part, table: Name, name: string): Original | undefined {
        return this.originals.get(this.partKey(part, table, name));
    }

    /** Those in a schema. */
    inSchema(schema: string): Original[] {
        return this.under(`${schema}.`).map(([, original]) => original);
    }

    /** Takes notice of a statement that succeeds. What exists already stays the same object: IF NOT EXISTS, OR REPLACE. */
    follow(effect: Effect): void {
        switch (effect.kind) {
            case "createTable":
                if (!effect.ifNotExists) this.forget("table", effect.table);
                break;
            case "create":
                // Another function with that name may be an overload.
                if (!effect.mayExist && familyOf(effect.object) !== "function") this.forget(effect.object, effect.name);
                break;
            case "createIndex":
                if (effect.index && !effect.ifNotExists) {
                    this.forget("index", { schema: effect.table.schema, ...effect.index });
                }
                break;
            case "drop":
                effect.names.forEach((name) => this.forgetDropped(effect.object, name));
                break;
            case "rename":
                this.followRename(effect);
                break;
            case "alterTable":
                this.followTable(effect);
                break;
            default:
        }
    }

    private forgetDropped(object: string, name: Name): void {
        if (isPart(object)) {
            this.originals.delete(this.partKey(object, { name: name.schema ?? "" }, name.name));
        } else if (object === "schema") {
            this.originals.delete(`schema ${name.name}`);
            this.under(`${name.name}.`).forEach(([key]) => this.originals.delete(key));
        } else {
            this.forget(object, name);
        }
    }

    private forget(kind: string, name: Name): void {
        if (!this.originals.delete(this.key(kind, name))) return;
        this.partsOf(name).forEach(([key]) => this.originals.delete(key));
    }

    private followRename({ object, name, to, toSchema, part }: Extract<Effect, { kind: "rename" }>): void {
        if (part) return;
        if (object === "schema" && to) {
            for (const [key, original] of this.under(`${name.name}.`)) {
                const [family = "", path = ""] = splitKey(key);
                this.move(key, `${family} ${to.name}${path.slice(name.name.length)}`, original);
            }
            const schema = this.originals.get(`schema ${name.name}`);
            if (schema) this.move(`schema ${name.name}`, `schema ${to.name}`, schema);
            return;
        }
        const target = { schema: toSchema ?? name.schema, name: to?.name ?? name.name };
        this.moveObject(object, name, target);
    }

    private followTable({ table, actions, movedTo, renames, renamed }: Extract<Effect, { kind: "alterTable" }>): void {
        for (const { command } of actions) {
            const { subtype, name = "", def, missing_ok: conditional } = command;
            if (subtype === "AT_AddColumn" && !conditional && def && "ColumnDef" in def) {
                this.originals.delete(this.partKey("column", table, def.ColumnDef.colname ?? ""));
            } else if (subtype === "AT_DropColumn") {
                this.originals.delete(this.partKey("column", table, name));
            } else if (subtype === "AT_DropConstraint") {
                this.originals.delete(this.partKey("constraint", table, name));
            } else if (subtype === "AT_AddConstraint" && def && "Constraint" in def) {
                this.originals.delete(this.partKey("constraint", table, def.Constraint.conname ?? ""));
            }
        }
        if (renamed && (renames === "column" || renames === "constraint")) {
            const key = this.partKey(renames, table, renamed.from);
            const original = this.originals.get(key);
            if (original) this.move(key, this.partKey(renames, table, renamed.to), original);
        }
        if (movedTo) this.moveObject("table", table, movedTo);
    }

    private moveObject(kind: string, from: Name, to: Name): void {
        const original = this.object(kind, from);
        if (original === undefined) return;
        const [old, next] = [this.path(from), this.path(to)];
        for (const [key, part] of this.partsOf(from)) {
            const [family = "", path = ""] = splitKey(key);
            this.move(key, `${family} ${next}${path.slice(old.length)}`, part);
        }
        this.move(this.key(kind, from), this.key(kind, to), original);
    }

    private move(from: string, to: string, original: Original): void {
        this.originals.delete(from);
        this.originals.set(to, original);
    }

    private partsOf(table: Name): [string, Original][] {
        return this.under(`${this.path(table)}.`);
    }

    private under(prefix: string): [string, Original][] {
        return [...this.originals].filter(([key]) => splitKey(key)[1].startsWith(prefix));
    }

    private key(kind: string, name: Name): string {
        return kind === "schema" || kind === "extension"
            ? `${kind} ${name.name}`
            : `${familyOf(kind)} ${this.path(name)}`;
    }

    private partKey(part: Part, table: Name, name: string): string {
        return `${part} ${this.path(table)}.${name}`;
    }

    private path({ schema, name }: Name): string {
        return `${schema ?? this.defaultSchema}.${name}`;
    }
}

/** The earlier objects that a statement drops. */
export function droppedBy(effect: Effect, objects: EarlierObjects): Drop[] {
    if (effect.kind === "drop") {
        return effect.names.flatMap((name) => droppedObjects(effect.object, name, effect.cascade, objects));
    }
    if (effect.kind !== "alterTable") {
        return [];
    }
    return effect.actions.flatMap(({ command: { subtype, name = "", behavior } }) => {
        const part =
            subtype === "AT_DropColumn" ? "column" : subtype === "AT_DropConstraint" ? "constraint" : undefined;
        const original = part && objects.part(part, effect.table, name);
        return original ? [dropOf(original, name, behavior === "DROP_CASCADE")] : [];
    });
}

function droppedObjects(object: string, name: Name, cascade: boolean, objects: EarlierObjects): Drop[] {
    // The grammar reads the table of a trigger, a policy or a rule as its schema.
    const own = isPart(object)
        ? objects.part(object, { name: name.schema ?? "" }, name.name)
        : objects.object(object, name);
    const within = object === "schema" && cascade ? objects.inSchema(name.name) : [];
    return [...(own ? [own] : []), ...within.filter(({ kind }) => !isPart(kind) && kind !== "index")].map((original) =>
        dropOf(original, original === own ? name.name : original.name, cascade),
    );
}

function dropOf({ kind, name }: Original, own: string, cascade: boolean): Drop {
    return { kind, name: own, object: `${kind} ${name}`, cascade };
}

function isPart(kind: string): kind is Part {
    return (parts as readonly string[]).includes(kind);
}

function familyOf(kind: string): string {
    return families[kind] ?? kind;
}

function splitKey(key: string): [family: string, path: string] {
    const end = key.indexOf(" ");
    return [key.slice(0, end), key.slice(end + 1)];
}

/** A routine's name in the catalog ends with its arguments; DROP may leave them out. */
function withoutArguments(name: string): string {
    return name.endsWith(")") ? name.slice(0, name.indexOf("(")) : name;
}

/** A name of the catalog, quoted where SQL requires it, as the grammar returns names. */
function unquoted(name: string): string {
    return name.replaceAll(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));
}
