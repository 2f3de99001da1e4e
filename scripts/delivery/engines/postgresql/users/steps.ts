import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import { trackingNames, type TrackingTables } from "../../../tracking";
import { SqlState } from "../errors";
import { isMarked, markOf, type Part } from "./mark";
import type { State, Step, Users } from "./model";
import { excesses, mayTake } from "./attributes";
import { declaredSteps } from "./declared/steps";
import { membershipSteps } from "./memberships";
import { homeOf } from "./path";
import { settingSteps } from "./settings";

// The statements that bring the roles to their desired state: only what differs. Running them and reading the state
// again may show more to do (transferring objects also transfers the owner's privileges on the database); in the end
// nothing is left.

export function stepsTo(users: Users, state: State): Step[] {
    const { owner, migrator, planner } = users;
    return [
        ...roleSteps("owner", owner, state),
        ...roleSteps("migrator", migrator.name, state),
        ...roleSteps("planner", planner.name, state),
        ...membershipSteps(users, state),
        ...settingSteps(users, state),
        ...possessionSteps(users, state),
        ...defaultSteps(owner, state),
        ...schemaSteps(users, state),
        ...databaseSteps(owner, state),
        ...plannerSteps(planner.name, users.tracking, state),
        // After everything that is transferred to the owner: an extension's schema stays the administrator's.
        ...declaredSteps(users, state),
    ];
}

// --- Roles ---

function roleSteps(part: Part, name: string, state: State): Step[] {
    const { roles, database } = state;
    const role = roles.find((candidate) => candidate.name === name);
    const login = part !== "owner";
    const kind = login ? "LOGIN" : "NOLOGIN";
    const mark = `COMMENT ON ROLE ${quoted(name)} IS ${escapeLiteral(markOf(part, database))}`;
    if (role === undefined) {
        return [
            { sql: `CREATE ROLE ${quoted(name)} ${kind} INHERIT`, says: `created the role ${name} (${kind})` },
            { sql: mark },
        ];
    }
    const wrong = [
        ...(role.login === login ? [] : [kind]),
        ...(role.inherit ? [] : ["INHERIT"]),
        ...excesses(role)
            .filter((excess) => mayTake(excess, state))
            .map(({ off }) => off),
    ];
    return [
        ...(isMarked(role, part, database)
            ? []
            : [{ sql: mark, says: `marked the role ${name}, which an earlier version created` }]),
        ...(wrong.length === 0
            ? []
            : [
                  {
                      sql: `ALTER ROLE ${quoted(name)} ${wrong.join(" ")}`,
                      says: `repaired the role ${name}: ${wrong.join(", ")}`,
                  },
              ]),
    ];
}

// --- Objects ---

/** Maximum number of objects named in a log line. */
const namedObjects = 5;

/**
 * Transfers to the owner what earlier releases created as the administrator, what a changeset created after resetting
 * its role, what a former owner has, and what the config takes over.
 */
function possessionSteps({ owner, migrator, planner, declared }: Users, state: State): Step[] {
    const { administrator, possessions, former } = state;
    return [
        ...handOver(administrator.name, []),
        ...[migrator.name, planner.name, ...former.map(({ name }) => name), ...(declared?.takeOverFrom ?? [])].flatMap(
            (name) => handOver(name, [name]),
        ),
    ];

    /** REASSIGN OWNED needs the privileges of both roles; it also transfers the administrator's databases. */
    function handOver(from: string, joined: string[]): Step[] {
        const objects = possessions.filter((possession) => possession.owner === from).map(({ object }) => object);
        if (objects.length === 0) {
            return [];
        }
        const named = objects.slice(0, namedObjects).join(", ");
        const more = objects.length > namedObjects ? ` and ${objects.length - namedObjects} more` : "";
        const own = from === administrator.name ? state.holdings : [];
        const transfer = `REASSIGN OWNED BY ${quoted(from)} TO ${quoted(owner)}`;
        return [
            ...joined.map((role) => ({
                sql: `GRANT ${quoted(role)} TO ${quoted(administrator.name)}`,
                serves: transfer,
            })),
            {
                sql: transfer,
                says: `transferred from ${from} to ${owner}: ${named}${more}`,
                // It locks everything at once: migrations can create more than the server can lock, and could then not
                // drop it either, if nothing was deployed any more.
                ...(joined.length > 0 && { mayFail: [SqlState.outOfMemory] }),
            },
            ...own.map(({ kind, name }) => ({
                sql: `ALTER ${kind} ${quoted(name)} OWNER TO ${quoted(administrator.name)}`,
            })),
            ...joined.map((role) => ({
                sql: `REVOKE ${quoted(role)} FROM ${quoted(administrator.name)}`,
                serves: transfer,
            })),
        ];
    }
}

/** Copies the administrator's default privileges to the owner, who creates objects from now on. */
function defaultSteps(owner: string, { defaults, administrator }: State): Step[] {
    return defaults.flatMap(({ schema, privilege, objects, grantee, grantable, granted }) => {
        const within = schema === null ? "" : ` IN SCHEMA ${schema}`;
        const what = `${privilege} ON ${objects}`;
        const of = (role: string) => `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(role)}${within}`;
        const grant = `GRANT ${what} TO ${grantee}${grantable ? " WITH GRANT OPTION" : ""}`;
        const revoke = `REVOKE ${what} FROM ${grantee}`;
        return [
            {
                sql: `${of(owner)} ${granted ? grant : revoke}`,
                says: `${granted ? "granted" : "revoked"} ${what}${within} ${granted ? "to" : "from"} ${grantee} for objects that ${owner} creates, as it was for ${administrator.name}`,
            },
            { sql: `${of(administrator.name)} ${granted ? revoke : grant}` },
        ];
    });
}

function schemaSteps({ owner }: Users, all: State): Step[] {
    const { name, state } = homeOf(all);
    if (state === undefined) {
        return [
            {
                sql: `CREATE SCHEMA ${quoted(name)} AUTHORIZATION ${quoted(owner)}`,
                says: `created the schema ${name}`,
            },
        ];
    }
    const missing = ["CREATE", "USAGE"].filter((privilege) => !state.ownerMay.includes(privilege));
    return [
        ...(state.owner === owner
            ? []
            : [
                  {
                      sql: `ALTER SCHEMA ${quoted(name)} OWNER TO ${quoted(owner)}`,
                      says: `changed the owner of the schema ${name} to ${owner}`,
                  },
              ]),
        // A schema's owner has both unless they were revoked; those of another owner are transferred with the schema.
        ...(state.owner === owner && missing.length > 0
            ? [
                  {
                      sql: `GRANT ${missing.join(", ")} ON SCHEMA ${quoted(name)} TO ${quoted(owner)}`,
                      says: `granted ${missing.join(", ")} on the schema ${name} to ${owner}`,
                  },
              ]
            : []),
        ...(state.open
            ? [
                  {
                      sql: `REVOKE CREATE ON SCHEMA ${quoted(name)} FROM PUBLIC`,
                      says: `revoked CREATE on the schema ${name} from PUBLIC`,
                  },
              ]
            : []),
    ];
}

/** Never ownership of the database itself: its owner could drop it. */
function databaseSteps(owner: string, { database, ownerMay }: State): Step[] {
    const missing = ["CONNECT", "CREATE", "TEMPORARY"].filter((privilege) => !ownerMay.includes(privilege));
    return missing.length === 0
        ? []
        : [
              {
                  sql: `GRANT ${missing.join(", ")} ON DATABASE ${quoted(database)} TO ${quoted(owner)}`,
                  says: `granted ${missing.join(", ")} on the database to ${owner}`,
              },
          ];
}

/**
 * The planner's privileges in this database, and no others. The owner grants SELECT on its tables: see
 * tracking/steps.ts and tracking/kept.ts.
 */
function plannerSteps(planner: string, tracking: TrackingTables, state: State): Step[] {
    const { plannerMay, database, administrator } = state;
    const schema = quoted(homeOf(state).name);
    const wanted = [`CONNECT ON DATABASE ${quoted(database)}`, `USAGE ON SCHEMA ${schema}`];
    const tables = trackingNames(tracking).map((table) => `SELECT ON TABLE ${schema}.${quoted(table)}`);
    const kept = (tracking.kept ?? []).flatMap(({ schema: own, name }) => [
        ...(own === undefined ? [] : [`USAGE ON SCHEMA ${quoted(own)}`]),
        `SELECT ON TABLE ${own === undefined ? schema : quoted(own)}.${quoted(name)}`,
    ]);
    const allowed = [...wanted, ...tables, ...kept];
    const tooMuch = plannerMay.filter((may) => !allowed.includes(may));
    const missing = tooMuch.length > 0 ? wanted : wanted.filter((may) => !plannerMay.includes(may));
    return [
        ...(tooMuch.length === 0
            ? []
            : [
                  { sql: `GRANT ${quoted(planner)} TO ${quoted(administrator.name)}` },
                  {
                      sql: `DROP OWNED BY ${quoted(planner)}`,
                      says: `revoked privileges that a planner does not need from ${planner}: ${tooMuch.join(", ")}`,
                  },
                  { sql: `REVOKE ${quoted(planner)} FROM ${quoted(administrator.name)}` },
              ]),
        ...missing.map((may) => ({
            sql: `GRANT ${may} TO ${quoted(planner)}`,
            ...(tooMuch.length === 0 && { says: `granted ${may} to ${planner}` }),
        })),
    ];
}
