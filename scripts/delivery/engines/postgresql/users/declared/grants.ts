import type { ClientBase } from "pg";
import type { Grant } from "../../../../../../components/databaseRoles";
import type { DeclaredRole } from "../../../../settings";
import { escapeIdentifier as quoted } from "pg";
import type { Step } from "../model";
import { type Defaults, type GrantState, readGrants, type Target } from "./readGrants";

// The privileges of the declared roles on what the owner has, and on what it creates later. The owner grants them in its
// own session: the administrator touches no object that a migration created.

export interface Granting {
    /** The schema of single tables without one, and of the tracking tables. */
    home: string;
    owner: string;
    /** Tables on which only the pipeline has privileges. */
    tracking: string[];
    /** The declared roles, and those of an earlier config that still exist, without privileges. */
    roles: DeclaredRole[];
}

/** The objects that one statement names at most. */
const objectsPerStatement = 500;
/** The objects that a log line names at most. */
const namedObjects = 3;

/** The owner's statements that give the roles exactly their privileges: only what differs. */
export async function grantSteps(client: Pick<ClientBase, "query">, granting: Granting): Promise<Step[]> {
    const { roles, owner } = granting;
    const state = await readGrants(
        client,
        owner,
        roles.map(({ name }) => name),
    );
    return roles.flatMap((role) => [
        ...objectSteps(role, granting, state),
        ...columnSteps(role, state),
        ...defaultSteps(role, owner, state),
    ]);
}

/** What waits for a migration: the schema or the table that it names is not there yet. */
export async function waitingGrants(client: Pick<ClientBase, "query">, granting: Granting): Promise<string[]> {
    const { targets } = await readGrants(client, granting.owner, []);
    return granting.roles.flatMap(({ name, grants }) =>
        grants.flatMap(({ objects, schema, table }) => {
            const there = (kind: Target["kind"], within: string, called: string) =>
                targets.some((one) => one.kind === kind && one.schema === within && one.name === called);
            if (table !== undefined) {
                const within = schema ?? granting.home;
                return there("TABLE", within, table)
                    ? []
                    : [`${name} waits for the table ${within}.${table}, which ${granting.owner} does not own yet`];
            }
            return schema === undefined || there("SCHEMA", schema, schema)
                ? []
                : [`${name} waits for ${objects} in the schema ${schema}, which ${granting.owner} does not have yet`];
        }),
    );
}

function objectSteps(role: DeclaredRole, granting: Granting, { targets }: GrantState): Step[] {
    const [grants, revokes, options] = [new Batches(), new Batches(), new Batches()];
    for (const target of targets) {
        const wanted = wantedOn(target, role.grants, granting);
        const has = target.may.filter((entry) => entry.role === role.name);
        const held = has.map(({ privilege }) => privilege);
        grants.add(
            target,
            wanted.filter((privilege) => !held.includes(privilege)),
        );
        revokes.add(
            target,
            held.filter((privilege) => !wanted.includes(privilege)),
        );
        options.add(
            target,
            has
                .filter(({ privilege, grantable }) => grantable && wanted.includes(privilege))
                .map((one) => one.privilege),
        );
    }
    const to = quoted(role.name);
    return [
        ...revokes.steps(
            (what) => `REVOKE ${what} FROM ${to}`,
            (what) => `revoked ${what} from ${role.name}`,
        ),
        ...options.steps(
            (what) => `REVOKE GRANT OPTION FOR ${what} FROM ${to}`,
            (what) => `revoked the grant option for ${what} from ${role.name}`,
        ),
        ...grants.steps(
            (what) => `GRANT ${what} TO ${to}`,
            (what) => `granted ${what} to ${role.name}`,
        ),
    ];
}

/** The privileges that the grants give on one object. */
function wantedOn(target: Target, grants: Grant[], { home, tracking }: Granting): string[] {
    if (target.schema === home && tracking.includes(target.name) && target.kind === "TABLE") {
        return [];
    }
    const given = grants.filter(({ objects, schema, table }) => {
        const within = schema ?? (table === undefined ? target.schema : home);
        return (
            within === target.schema &&
            (table === undefined ? kinds[objects] === target.kind : target.name === table && target.kind === "TABLE")
        );
    });
    const uses = grants.some(
        ({ schema, table }) => (schema ?? (table === undefined ? target.name : home)) === target.name,
    );
    return target.kind === "SCHEMA"
        ? uses
            ? ["USAGE"]
            : []
        : [...new Set(given.flatMap(({ privileges }) => privileges))];
}

const kinds: Record<Grant["objects"], Target["kind"]> = {
    TABLES: "TABLE",
    SEQUENCES: "SEQUENCE",
    FUNCTIONS: "ROUTINE",
    TABLE: "TABLE",
};

/** Objects with the same privileges, which one statement can name together. */
class Batches {
    private readonly batches = new Map<string, { what: string; objects: string[] }>();

    add({ kind, sql }: Target, privileges: string[]): void {
        if (privileges.length > 0) {
            const what = `${[...privileges].sort().join(", ")} ON ${kind}`;
            const batch = this.batches.get(what) ?? { what, objects: [] };
            batch.objects.push(sql);
            this.batches.set(what, batch);
        }
    }

    steps(sql: (what: string) => string, says: (what: string) => string): Step[] {
        return [...this.batches.values()].flatMap(({ what, objects }) =>
            chunks(objects).map((chunk) => {
                const more = chunk.length > namedObjects ? ` and ${chunk.length - namedObjects} more` : "";
                return {
                    sql: sql(`${what} ${chunk.join(", ")}`),
                    says: says(`${what} ${chunk.slice(0, namedObjects).join(", ")}${more}`),
                };
            }),
        );
    }
}

function chunks(items: string[]): string[][] {
    const number = Math.ceil(items.length / objectsPerStatement);
    return Array.from({ length: number }, (_, index) =>
        items.slice(index * objectsPerStatement, (index + 1) * objectsPerStatement),
    );
}

/** No grant of the config names columns. */
function columnSteps({ name }: DeclaredRole, { columns }: GrantState): Step[] {
    return columns
        .filter((column) => column.role === name)
        .map(({ privilege, column, sql }) => {
            const what = `${privilege} (${quoted(column)}) ON TABLE ${sql}`;
            return { sql: `REVOKE ${what} FROM ${quoted(name)}`, says: `revoked ${what} from ${name}` };
        });
}

const defaultKinds = { TABLES: "r", SEQUENCES: "S", FUNCTIONS: "f", SCHEMAS: "n" } as const;

/** What the owner grants on objects that it creates later. */
function defaultSteps({ name, grants }: DeclaredRole, owner: string, { defaults, targets }: GrantState): Step[] {
    const held = defaults.filter(({ role }) => role === name);
    const wanted = wantedDefaults(grants, targets);
    const key = ({ schema, type, privilege }: Omit<Defaults, "role">) => JSON.stringify([schema, type, privilege]);
    const [has, wants] = [held.map(key), wanted.map(key)];
    return [
        ...held.filter((one) => !wants.includes(key(one))).map((one) => step("REVOKE", "FROM", one)),
        ...wanted.filter((one) => !has.includes(key(one))).map((one) => step("GRANT", "TO", one)),
    ];

    function step(
        verb: "GRANT" | "REVOKE",
        preposition: string,
        { schema, type, privilege }: Omit<Defaults, "role">,
    ): Step {
        const objects = Object.entries(defaultKinds).find(([, letter]) => letter === type)?.[0] ?? "TYPES";
        const within = schema === null ? "" : ` IN SCHEMA ${quoted(schema)}`;
        const what = `${privilege} ON ${objects}`;
        return {
            sql: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(owner)}${within} ${verb} ${what} ${preposition} ${quoted(name)}`,
            says: `${verb === "GRANT" ? "granted" : "revoked"} ${what}${within} ${preposition.toLowerCase()} ${name} for what ${owner} creates later`,
        };
    }
}

function wantedDefaults(grants: Grant[], targets: Target[]): Omit<Defaults, "role">[] {
    const every = grants.flatMap(({ privileges, objects, schema = null }): Omit<Defaults, "role">[] => {
        const missing = schema !== null && !targets.some((one) => one.kind === "SCHEMA" && one.name === schema);
        return objects === "TABLE" || missing
            ? []
            : [
                  ...privileges.map((privilege) => ({ schema, type: defaultKinds[objects], privilege })),
                  ...(schema === null ? [{ schema, type: defaultKinds.SCHEMAS, privilege: "USAGE" }] : []),
              ];
    });
    return every.filter(
        (one, index) => every.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
    );
}
