import type { Clause, Name } from "./sql/cursor";
import type { Deed } from "./sql/describe";
import { identifier } from "./sql/tokens";

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
        return this.objects.has(`${object} ${this.key(name)}`) || this.created.has(this.key(name));
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
                this.objects.add(`${deed.object} ${this.key(deed.name)}`);
                break;
            case "data":
                this.fill(deed);
                break;
            case "alterTable":
                deed.clauses.forEach((clause) => this.observeRename(deed.table, clause));
                break;
            case "drop":
                deed.names.forEach((name) => this.created.delete(this.key(name)));
                break;
        }
    }

    /** Takes in a statement that ran long ago: its table is in use, its constraints hold. */
    observeConstraints(deed: Deed): void {
        if (deed.kind !== "alterTable") {
            return;
        }
        for (const clause of deed.clauses) {
            const { added, validated, dropped } = constraintOf(clause);
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

    private fill({ table, bulk }: Extract<Deed, { kind: "data" }>): void {
        const known = this.created.get(this.key(table));
        if (known && bulk) {
            known.filled = true;
        }
    }

    private observeRename(table: Name, { tokens }: Clause): void {
        const [rename, to, given] = tokens;
        const known = this.created.get(this.key(table));
        const name = given && identifier(given);
        if (known && name !== undefined && rename?.text.toLowerCase() === "rename" && to?.text.toLowerCase() === "to") {
            this.created.delete(this.key(table));
            this.created.set(this.key({ schema: table.schema, name }), known);
        }
    }

    private key({ schema, name }: Name): string {
        return `${schema ?? this.defaultSchema}.${name}`;
    }
}

interface ConstraintDeed {
    added?: { name: string; column: string; valid: boolean };
    validated?: string;
    dropped?: string;
}

/** What an action of ALTER TABLE does to a constraint, of those that matter here. */
function constraintOf({ tokens }: Clause): ConstraintDeed {
    const words = tokens.map((token) => (token.kind === "word" ? token.text.toLowerCase() : token.text));
    const nameAt = (index: number) => (tokens[index] ? identifier(tokens[index]) : undefined);
    if (words[0] === "validate" && words[1] === "constraint") {
        return { validated: nameAt(2) };
    }
    if (words[0] === "drop" && words[1] === "constraint") {
        return { dropped: nameAt(words[2] === "if" ? 4 : 2) };
    }
    const isCheck = words[0] === "add" && words[1] === "constraint" && words[3] === "check";
    const condition = words.slice(4).filter((word) => word !== "(" && word !== ")");
    const [name, column] = [
        nameAt(2),
        tokens
            .slice(4)
            .map(identifier)
            .find((part) => part !== undefined),
    ];
    if (!isCheck || name === undefined || column === undefined || condition.slice(1, 4).join(" ") !== "is not null") {
        return {};
    }
    const rest = condition.slice(4).join(" ");
    return rest === "" || rest === "not valid" ? { added: { name, column, valid: rest === "" } } : {};
}
