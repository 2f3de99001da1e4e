import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import { trackingTables } from "../database/tracking";
import { isMarked, markOf, type Part } from "./mark";
import { iamRole, type Membership, type State, type Step, type User, type Users } from "./model";
import { excesses, mayTake } from "./attributes";
import { homeOf } from "./path";
import { settingSteps } from "./settings";

// What makes the roles what they shall be, as statements: only what differs. Running them and reading again may show
// more to do (to hand objects over takes the owner's privileges on the database along); in the end nothing is.

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
        ...plannerSteps(planner.name, state),
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
            : [{ sql: mark, says: `marked the role ${name}, which an earlier version made` }]),
        ...(wrong.length === 0
            ? []
            : [
                  {
                      sql: `ALTER ROLE ${quoted(name)} ${wrong.join(" ")}`,
                      says: `put the role ${name} right: ${wrong.join(", ")}`,
                  },
              ]),
    ];
}

/** Memberships that somebody else granted, with the statement. */
export function membershipNotes({ owner, migrator }: Users, state: State): string[] {
    const { administrator, memberships } = state;
    const wanted = (member: string) => [iamRole, ...(member === migrator.name ? [owner] : [])];
    return memberships
        .filter(({ member, revocable }) => member !== administrator.name && !revocable)
        .filter(({ member, role, admin }) => admin || !wanted(member).includes(role))
        .map((membership) => {
            const { member, role, grantor, admin } = membership;
            const { sql } = revoke(membership, state, admin ? "ADMIN OPTION" : undefined);
            return `${grantor} granted ${role} to ${member}${admin ? " WITH ADMIN OPTION" : ""}, which only ${grantor} or a superuser revokes: ${sql}`;
        });
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
        const grantable = memberships.filter(
            ({ member, role, admin }) => member === user.name && roles.includes(role) && admin,
        );
        return [
            ...wrong.filter(({ revocable }) => revocable).map((membership) => revoke(membership, state)),
            ...grantable
                .filter(({ revocable }) => revocable)
                .map((membership) => revoke(membership, state, "ADMIN OPTION")),
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

function revoke(
    { member, role, grantor }: Membership,
    { server, administrator }: State,
    option?: "ADMIN OPTION",
): Step {
    // Since PostgreSQL 16 one revokes what one granted oneself, or as whoever did.
    const as = server >= 160_000 && grantor !== administrator.name ? ` GRANTED BY ${quoted(grantor)}` : "";
    return {
        sql: `REVOKE ${option === undefined ? "" : `${option} FOR `}${quoted(role)} FROM ${quoted(member)}${as}`,
        says: `revoked ${option === undefined ? "" : `the ${option} of `}${role} from ${member}`,
    };
}

// --- Objects ---

/** Most objects that a line of the log names. */
const namedObjects = 5;

/** What earlier releases made as the administrator, a changeset that reset its role or a former owner goes to the owner. */
function possessionSteps({ owner, migrator, planner }: Users, state: State): Step[] {
    const { administrator, possessions, former } = state;
    return [
        ...handOver(administrator.name, []),
        ...[migrator.name, planner.name, ...former.map(({ name }) => name)].flatMap((name) => handOver(name, [name])),
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
                      says: `gave the schema ${name} to ${owner}`,
                  },
              ]),
        // A schema's owner has both, unless they were revoked; what was another one's comes along with the schema.
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

/**
 * What the planner may, and nothing else that is granted to it in this database. The owner grants it to read its tables:
 * see tracking.ts.
 */
function plannerSteps(planner: string, state: State): Step[] {
    const { plannerMay, database, administrator } = state;
    const schema = quoted(homeOf(state).name);
    const wanted = [`CONNECT ON DATABASE ${quoted(database)}`, `USAGE ON SCHEMA ${schema}`];
    const tables = trackingTables.map((table) => `SELECT ON TABLE ${schema}.${quoted(table)}`);
    const tooMuch = plannerMay.filter((may) => !wanted.includes(may) && !tables.includes(may));
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
