import type { Entry, Fingerprint } from "../delivery/engines/fingerprint";
import { ofEnvironment } from "../delivery/plan/baseline";
import { CatalogEntries, objectOf } from "./entries";
import { parentOf, partsOf } from "./names";
import { tableStatements } from "./tables";

/** A statement that makes what an entry of a catalog describes. */
export interface Statement {
    /** `kind name` of the entry. */
    object: string;
    sql: string;
}

/** Statements that make the objects of a catalog, roughly in an order that works, and what none is known for. */
export function statementsOf({ entries }: Pick<Fingerprint, "entries">): { statements: Statement[]; unknown: Entry[] } {
    const statements: Statement[] = [];
    const unknown: Entry[] = [];
    const catalog = new CatalogEntries(entries);
    for (const kind of order) {
        for (const entry of catalog.ofKind(kind)) {
            statements.push(...makers[kind]!(entry, catalog).map((sql) => ({ object: objectOf(entry), sql })));
        }
    }
    for (const entry of entries) {
        if (!(entry.kind in makers) && !implied.has(entry.kind) && !ofEnvironment.has(entry.kind)) unknown.push(entry);
    }
    return { statements, unknown };
}

type Maker = (entry: Entry, catalog: CatalogEntries) => string[];

/** They come with their table, or with a statement about it. */
const implied = new Set(["column", "column order"]);

const makers: Record<string, Maker> = {
    schema: ({ name }) => (name === "public" ? [] : [`CREATE SCHEMA ${name}`]),
    enum: ({ name, definition }) => [`CREATE TYPE ${name} AS ENUM (${definition})`],
    domain: ({ name, definition }) => {
        // Later versions also keep it as a constraint with a name.
        const named = /^CONSTRAINT .* NOT NULL$/m.test(definition);
        const lines = definition.split("\n").filter((line) => !(named && line === "NOT NULL"));
        return [`CREATE DOMAIN ${name} AS ${lines.join(" ")}`];
    },
    "composite type": ({ name, definition }) => [`CREATE TYPE ${name} AS (${definition})`],
    sequence: ({ name, definition }, catalog) => {
        const [options = "", owner] = definition.split(" OWNED BY ");
        if (owner !== undefined && isIdentity(owner, catalog)) return [];
        const [, unlogged = "", rest] = /^(UNLOGGED )?(.*)$/s.exec(options) ?? [];
        return [
            `CREATE ${unlogged}SEQUENCE ${name} ${rest}`,
            ...(owner === undefined ? [] : [`ALTER SEQUENCE ${name} OWNED BY ${owner}`]),
        ];
    },
    function: ({ definition }) => [definition],
    procedure: ({ definition }) => [definition],
    table: tableStatements,
    constraint: ({ name, definition, of = "" }) => {
        // A partition has those of its parent; NOT NULL is said with the column.
        const [table, constraint] = [of.slice(of.indexOf(" ") + 1), partsOf(name).at(-1)];
        return / INHERITED$/.test(definition) || /^NOT NULL /.test(definition) || !/^table /.test(of)
            ? []
            : [`ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${definition}`];
    },
    index: (entry, catalog) => {
        const { name, definition, of = "" } = entry;
        const table = of.slice(of.indexOf(" ") + 1);
        const [, create = definition, states = ""] =
            /^(.*?)((?: (?:INVALID|NOT READY|CLUSTERED|REPLICA IDENTITY|ATTACHED TO .*))*)$/s.exec(definition) ?? [];
        const ofConstraint = catalog
            .ofKind("constraint")
            .some((one) => one.of === of && partsOf(one.name).at(-1) === partsOf(name).at(-1));
        const [, whole] = / ATTACHED TO (.*)$/.exec(states) ?? [];
        const short = partsOf(name).at(-1);
        return [
            // An index of a constraint comes with it, also in each partition.
            ...(ofConstraint ? [] : [create]),
            ...(ofConstraint || whole === undefined ? [] : [`ALTER INDEX ${whole} ATTACH PARTITION ${name}`]),
            ...(states.includes(" CLUSTERED") ? [`ALTER TABLE ${table} CLUSTER ON ${short}`] : []),
            ...(states.includes(" REPLICA IDENTITY")
                ? [`ALTER TABLE ${table} REPLICA IDENTITY USING INDEX ${short}`]
                : []),
        ];
    },
    view: ({ name, definition }) => {
        const { options, query } = viewOf(definition);
        return [`CREATE VIEW ${name}${options} AS\n${query}`];
    },
    "materialized view": ({ name, definition }) => {
        const { options, query, populated } = viewOf(definition);
        return [`CREATE MATERIALIZED VIEW ${name}${options} AS\n${query}\nWITH ${populated ? "" : "NO "}DATA`];
    },
    trigger: (entry) => stateful(entry, "TRIGGER"),
    rule: (entry) => stateful(entry, "RULE"),
    statistics: ({ name, definition }) => {
        const [, create = definition, target] = /^(.*?)(?: STATISTICS (\d+))?$/s.exec(definition) ?? [];
        return [create, ...(target === undefined ? [] : [`ALTER STATISTICS ${name} SET STATISTICS ${target}`])];
    },
    "row-level security": ({ name, definition }) => [
        ...(definition.includes("enabled") ? [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`] : []),
        ...(definition.includes("forced") ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`] : []),
    ],
    policy: ({ name, definition }) => [`CREATE POLICY ${partsOf(name).at(-1)} ON ${parentOf(name)} AS ${definition}`],
    comment: ({ name, definition }) => {
        // As pg_identify_object names types of objects.
        const [, type = "", identity = ""] =
            /^((?:foreign )?table column|view column|composite type column|table constraint|domain constraint|(?:foreign |materialized )?\w+) (.*)$/s.exec(
                name,
            ) ?? [];
        const target = type.endsWith(" column")
            ? "COLUMN"
            : type === "table constraint"
              ? "CONSTRAINT"
              : type.toUpperCase();
        return [`COMMENT ON ${target} ${identity} IS ${literal(definition)}`];
    },
};

/** Roughly as they depend on each other; what does not fit is tried again later. */
const order = [
    ...["schema", "enum", "domain", "composite type", "sequence", "table", "function", "procedure", "constraint"],
    ...[
        "index",
        "view",
        "materialized view",
        "trigger",
        "rule",
        "statistics",
        "row-level security",
        "policy",
        "comment",
    ],
];

function isIdentity(column: string, catalog: CatalogEntries): boolean {
    return catalog
        .ofKind("column")
        .some(({ name, definition }) => name === column && / AS IDENTITY(?: |$)/.test(definition));
}

/** Its options are lines before the query, which the server indents. */
function viewOf(definition: string): { options: string; query: string; populated: boolean } {
    const lines = definition.split("\n");
    const first = lines.findIndex((line) => !/^(?:USING |WITH \(|TABLESPACE |NOT POPULATED$)/.test(line));
    const said = lines.slice(0, first);
    const options = said.filter((line) => line !== "NOT POPULATED").map((line) => ` ${line}`);
    const query = lines.slice(first).join("\n").replace(/;\s*$/, "");
    return { options: options.join(""), query, populated: !said.includes("NOT POPULATED") };
}

const states = { DISABLED: "DISABLE", "ENABLED REPLICA": "ENABLE REPLICA", "ENABLED ALWAYS": "ENABLE ALWAYS" };

function stateful({ name, definition, of = "" }: Entry, what: "TRIGGER" | "RULE"): string[] {
    const [, create = definition, state] =
        /^(.*?)(?: (DISABLED|ENABLED REPLICA|ENABLED ALWAYS))?$/s.exec(definition) ?? [];
    const table = of.slice(of.indexOf(" ") + 1);
    const change = states[state as keyof typeof states];
    return [
        create.replace(/;\s*$/, ""),
        ...(change === undefined ? [] : [`ALTER TABLE ${table} ${change} ${what} ${partsOf(name).at(-1)}`]),
    ];
}

function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
