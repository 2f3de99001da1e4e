import { escapeIdentifier as quoted } from "pg";
import { createTracking, insertLockRow, lockTable, trackingTables } from "../database/tracking";
import { iamRole, type Membership, type Role, type State, type Step, type User, type Users } from "./model";

// What makes the roles what they shall be, as statements: only what differs. Running them and reading again may show
// more to do (to hand objects over takes the owner's privileges on the database along); in the end nothing is.

export function stepsTo(users: Users, state: State): Step[] {
    const { owner, migrator, planner } = users;
    return [
        ...roleSteps(owner, state, { login: false }),
        ...roleSteps(migrator.name, state, { login: true }),
        ...roleSteps(planner.name, state, { login: true }),
        ...membershipSteps(users, state),
        ...settingSteps(users, state),
        ...possessionSteps(users, state),
        ...defaultSteps(owner, state),
        ...schemaSteps(users, state),
        ...databaseSteps(owner, state),
        ...trackingSteps(owner, state),
        ...plannerSteps(planner.name, state),
    ];
}

// --- Roles ---

/** Of an attribute: how it is there, how it is not. Whoever logs in has nothing but that. */
const attributes: [key: keyof Role, off: string][] = [
    ["superuser", "NOSUPERUSER"],
    ["createRole", "NOCREATEROLE"],
    ["createDatabase", "NOCREATEDB"],
    ["replication", "NOREPLICATION"],
    ["bypassRls", "NOBYPASSRLS"],
    ["limited", "CONNECTION LIMIT -1"],
    ["expires", "VALID UNTIL 'infinity'"],
];

function roleSteps(name: string, { roles }: State, { login }: { login: boolean }): Step[] {
    const role = roles.find((candidate) => candidate.name === name);
    const kind = login ? "LOGIN" : "NOLOGIN";
    if (role === undefined) {
        return [{ sql: `CREATE ROLE ${quoted(name)} ${kind} INHERIT`, says: `created the role ${name} (${kind})` }];
    }
    const wrong = [
        ...(role.login === login ? [] : [kind]),
        ...(role.inherit ? [] : ["INHERIT"]),
        ...attributes.flatMap(([key, off]) => (role[key] ? [off] : [])),
    ];
    return wrong.length === 0
        ? []
        : [
              {
                  sql: `ALTER ROLE ${quoted(name)} ${wrong.join(" ")}`,
                  says: `put the role ${name} right: ${wrong.join(", ")}`,
              },
          ];
}

/** The administrator gives away what he owns, and uses what he gave away. */
function membershipSteps({ owner, migrator, planner }: Users, state: State): Step[] {
    const { administrator, memberships, server } = state;
    // Since PostgreSQL 16 a grant that is there keeps the options that are not named.
    const options = server >= 160_000 ? " WITH INHERIT TRUE, SET TRUE" : "";
    const whole = (member: string, role: string) => {
        const grants = memberships.filter((grant) => grant.member === member && grant.role === role);
        return grants.some(({ inherits }) => inherits) && grants.some(({ sets }) => sets);
    };
    const grant = (member: string, role: string): Step[] =>
        whole(member, role)
            ? []
            : [{ sql: `GRANT ${quoted(role)} TO ${quoted(member)}${options}`, says: `granted ${role} to ${member}` }];
    return [
        ...(administrator.superuser ? [] : grant(administrator.name, owner)),
        ...memberOf(migrator, [owner]),
        ...memberOf(planner, []),
    ];

    function memberOf(user: User, wanted: string[]): Step[] {
        const roles = [...wanted, ...(user.iam ? [iamRole] : [])];
        const wrong = memberships.filter(({ member, role }) => member === user.name && !roles.includes(role));
        return [
            ...wrong.map((membership) => revoke(membership, state)),
            ...wanted.flatMap((role) => grant(user.name, role)),
            ...(user.iam && !memberships.some(({ member, role }) => member === user.name && role === iamRole)
                ? [
                      { sql: `GRANT ${iamRole} TO ${quoted(user.name)}`, says: `granted ${iamRole} to ${user.name}` },
                      // With IAM nobody needs one, and a server elsewhere would take it.
                      {
                          sql: `ALTER ROLE ${quoted(user.name)} PASSWORD NULL`,
                          says: `took the password of ${user.name}`,
                      },
                  ]
                : []),
        ];
    }
}

function revoke({ member, role, grantor }: Membership, { server, administrator }: State): Step {
    // Since PostgreSQL 16 one revokes what one granted oneself, or as whoever did.
    const as = server >= 160_000 && grantor !== administrator.name ? ` GRANTED BY ${quoted(grantor)}` : "";
    return {
        sql: `REVOKE ${quoted(role)} FROM ${quoted(member)}${as}`,
        says: `revoked ${role} from ${member}`,
    };
}

/**
 * What the migrator creates belongs to the owner; the planner's transactions are read-only unless he says otherwise. In
 * this database only: rotation logs in to another one, where each must be itself and may write, to change its password.
 */
function settingSteps({ owner, migrator, planner }: Users, { settings, database: here }: State): Step[] {
    return [...setting(migrator.name, "role", owner), ...setting(planner.name, "default_transaction_read_only", "on")];

    function setting(role: string, name: string, value: string): Step[] {
        const own = settings.filter((candidate) => candidate.role === role && candidate.name === name);
        return [
            ...(own.some(({ database }) => database === null)
                ? [{ sql: `ALTER ROLE ${quoted(role)} RESET ${name}`, says: `reset ${name} of ${role} elsewhere` }]
                : []),
            ...(own.some((there) => there.database === here && there.value === value)
                ? []
                : [
                      {
                          sql: `ALTER ROLE ${quoted(role)} IN DATABASE ${quoted(here)} SET ${name} = ${quoted(value)}`,
                          says: `set ${name} of ${role} to ${value}`,
                      },
                  ]),
        ];
    }
}

// --- Objects ---

/** Most objects that a line of the log names. */
const namedObjects = 5;

/** What earlier releases made as the administrator, or a changeset that reset its role, goes to the owner. */
function possessionSteps({ owner, migrator, planner }: Users, state: State): Step[] {
    const { administrator, possessions } = state;
    return [
        ...handOver(administrator.name, []),
        ...[migrator.name, planner.name].flatMap((name) => handOver(name, [name])),
    ];

    /** REASSIGN OWNED wants the rights of both; on the way it takes along the administrator's databases. */
    function handOver(from: string, joined: string[]): Step[] {
        const objects = possessions.filter((possession) => possession.owner === from).map(({ object }) => object);
        if (objects.length === 0) {
            return [];
        }
        const named = objects.slice(0, namedObjects).join(", ");
        const more = objects.length > namedObjects ? ` and ${objects.length - namedObjects} more` : "";
        const own = from === administrator.name ? state.holdings : [];
        return [
            ...joined.map((role) => ({ sql: `GRANT ${quoted(role)} TO ${quoted(administrator.name)}` })),
            {
                sql: `REASSIGN OWNED BY ${quoted(from)} TO ${quoted(owner)}`,
                says: `handed over to ${owner} what ${from} owned: ${named}${more}`,
            },
            ...own.map(({ kind, name }) => ({
                sql: `ALTER ${kind} ${quoted(name)} OWNER TO ${quoted(administrator.name)}`,
            })),
            ...joined.map((role) => ({ sql: `REVOKE ${quoted(role)} FROM ${quoted(administrator.name)}` })),
        ];
    }
}

/** What others were to get of new objects of the administrator's they get of the owner's, who makes them now. */
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
                says: `${granted ? "granted" : "revoked"} ${what}${within} ${granted ? "to" : "from"} ${grantee} for what ${owner} creates, as for ${administrator.name} before`,
            },
            { sql: `${of(administrator.name)} ${granted ? revoke : grant}` },
        ];
    });
}

function schemaSteps({ owner }: Users, { schema }: State): Step[] {
    const name = schema.name ?? "";
    return [
        ...(schema.owner === owner
            ? []
            : [
                  {
                      sql: `ALTER SCHEMA ${quoted(name)} OWNER TO ${quoted(owner)}`,
                      says: `gave the schema ${name} to ${owner}`,
                  },
              ]),
        ...(schema.open
            ? [
                  {
                      sql: `REVOKE CREATE ON SCHEMA ${quoted(name)} FROM PUBLIC`,
                      says: `revoked from everybody to create in the schema ${name}`,
                  },
              ]
            : []),
    ];
}

/** Never the database itself: its owner could drop it. */
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

function trackingSteps(owner: string, { tables, administrator }: State): Step[] {
    const there = tables.map(({ name }) => name);
    const missing = trackingTables.filter((table) => !there.includes(table));
    return [
        ...missing.map((table) => ({ sql: asOwner(createTracking(table)), says: `created the table ${table}` })),
        ...(missing.includes(lockTable) ? [{ sql: asOwner(insertLockRow) }] : []),
        // The administrator's own are handed over with whatever else he owns.
        ...tables
            .filter((table) => table.owner !== owner && table.owner !== administrator.name)
            .map(({ name, owner: former }) => ({
                sql: `ALTER TABLE ${name} OWNER TO ${quoted(owner)}`,
                says: `gave the table ${name} to ${owner}; it was ${former}'s`,
            })),
    ];

    function asOwner(sql: string): string {
        return `SET LOCAL ROLE ${quoted(owner)}; ${sql}; RESET ROLE`;
    }
}

/** What the planner may, and nothing else that is granted to it in this database. */
function plannerSteps(planner: string, { plannerMay, database, schema, administrator }: State): Step[] {
    const wanted = [
        `CONNECT ON DATABASE ${quoted(database)}`,
        `USAGE ON SCHEMA ${quoted(schema.name ?? "")}`,
        ...trackingTables.map((table) => `SELECT ON TABLE ${table}`),
    ];
    const tooMuch = plannerMay.filter((may) => !wanted.includes(may));
    const missing = tooMuch.length > 0 ? wanted : wanted.filter((may) => !plannerMay.includes(may));
    return [
        ...(tooMuch.length === 0
            ? []
            : [
                  { sql: `GRANT ${quoted(planner)} TO ${quoted(administrator.name)}` },
                  {
                      sql: `DROP OWNED BY ${quoted(planner)}`,
                      says: `took from ${planner} what a planner does not need: ${tooMuch.join(", ")}`,
                  },
                  { sql: `REVOKE ${quoted(planner)} FROM ${quoted(administrator.name)}` },
              ]),
        ...missing.map((may) => ({
            sql: `GRANT ${may} TO ${quoted(planner)}`,
            ...(tooMuch.length === 0 && { says: `granted ${may} to ${planner}` }),
        })),
    ];
}
