import { createReader, readerDigest } from "./catalogReader";
import { account, catalogSchemaOf, endsTable, iamPlugin, inGrant, markOf, quoted, readerName } from "./names";
import { type Account, type Grant, type Part, partsOf, type State, type Step, type Users } from "./model";
import { privilegesOf } from "./privileges";

// The statements that bring the accounts to their desired state: only what differs. MySQL commits each by itself; each
// leaves what an interrupted bootstrap can go on from.

export function stepsTo(users: Users, state: State): Step[] {
    const parts = Object.keys(partsOf(users)) as Part[];
    return [
        ...parts.flatMap((part) => accountSteps(part, users, state)),
        ...membershipSteps(users, state),
        ...schemaSteps(users, state),
        ...parts.flatMap((part) => grantSteps(part, users, state)),
        // After the owner's privileges, with which it runs.
        ...readerSteps(users, state),
    ];
}

export function accountNamed(name: string, { accounts }: Pick<State, "accounts">): Account | undefined {
    return accounts.find((one) => one.name === name && one.host === "%");
}

function accountSteps(part: Part, users: Users, state: State): Step[] {
    const name = partsOf(users)[part];
    const found = accountNamed(name, state);
    const mark = `ATTRIBUTE ${markOf(part, users.database)}`;
    const { iam } = part === "owner" ? { iam: false } : users[part];
    // The owner never logs in; the others get their password from their secret.
    const login = part === "owner" ? "ACCOUNT LOCK" : "REQUIRE SSL PASSWORD EXPIRE NEVER ACCOUNT UNLOCK";
    const identified = iam ? identifiedByIam : "IDENTIFIED BY RANDOM PASSWORD";
    if (found === undefined) {
        return [
            {
                sql: `CREATE USER ${account(name)} ${identified} ${login} ${mark}`,
                says: `created the account ${name} (${part})`,
            },
        ];
    }
    const wrong = part === "owner" ? ownerFaults(found) : loginFaults(found);
    return [
        ...(wrong.length === 0
            ? []
            : [
                  {
                      sql: `ALTER USER ${account(name)} ${wrong.join(" ")}`,
                      says: `repaired the account ${name}: ${wrong.join(", ")}`,
                  },
              ]),
        ...(part !== "owner" && iam && !found.iam
            ? [
                  {
                      sql: `ALTER USER ${account(name)} ${identifiedByIam}`,
                      says: `${name} logs in with IAM, and has no password`,
                  },
              ]
            : []),
        ...(part !== "owner" && !iam && found.iam
            ? [
                  {
                      sql: `ALTER USER ${account(name)} IDENTIFIED BY RANDOM PASSWORD`,
                      says: `${name} logs in with a password, not with IAM`,
                  },
              ]
            : []),
    ];
}

const identifiedByIam = `IDENTIFIED WITH ${iamPlugin} AS 'RDS'`;

function ownerFaults({ locked, iam }: Account): string[] {
    return [...(iam ? ["IDENTIFIED BY RANDOM PASSWORD"] : []), ...(locked ? [] : ["ACCOUNT LOCK"])];
}

/** In the order of the grammar. */
function loginFaults({ tls, limited, locked }: Account): string[] {
    const unlimited =
        "WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0";
    return [
        ...(tls ? [] : ["REQUIRE SSL"]),
        ...(limited ? [unlimited, "PASSWORD EXPIRE NEVER"] : []),
        ...(locked ? ["ACCOUNT UNLOCK"] : []),
    ];
}

/** Nobody of them has a role, which could have any privilege. */
function membershipSteps(users: Users, { memberships }: State): Step[] {
    const names = Object.values(partsOf(users));
    return memberships
        .filter(({ member }) => names.includes(member))
        .map(({ member, role, roleHost }) => ({
            sql: `REVOKE ${quoted(role)}@'${roleHost}' FROM ${account(member)}`,
            says: `revoked the role ${role} from ${member}`,
        }));
}

function schemaSteps({ database }: Users, { catalogSchema }: State): Step[] {
    const name = catalogSchemaOf(database);
    return [
        ...(catalogSchema.exists
            ? []
            : [{ sql: `CREATE DATABASE ${quoted(name)}`, says: `created the schema ${name}, for the planner` }]),
        ...(catalogSchema.contents.includes(`table ${endsTable}`) ? [] : [{ sql: createEnds(database) }]),
    ];
}

/** How the bootstraps of executions ended. */
export function createEnds(database: string): string {
    return (
        `CREATE TABLE IF NOT EXISTS ${quoted(catalogSchemaOf(database))}.${quoted(endsTable)} ` +
        "(execution_id VARCHAR(255) NOT NULL PRIMARY KEY, result VARCHAR(20) NOT NULL, ended_at DATETIME(6) NOT NULL) CHARACTER SET utf8mb4"
    );
}

function readerSteps(users: Users, { catalogReader, catalogSchema }: State): Step[] {
    const { database, owner } = users;
    const wanted = { definer: `${owner}@%`, digest: readerDigest(users) };
    if (catalogReader?.definer === wanted.definer && catalogReader.digest === wanted.digest) return [];
    const there = catalogSchema.contents.includes(`procedure ${readerName}`);
    return [
        ...(there ? [{ sql: `DROP PROCEDURE ${quoted(catalogSchemaOf(database))}.${quoted(readerName)}` }] : []),
        { sql: createReader(users), says: "defined how the planner reads the catalog" },
    ];
}

// --- Privileges ---

function grantSteps(part: Part, users: Users, state: State): Step[] {
    const name = partsOf(users)[part];
    const wanted = privilegesOf(part, users, state);
    const had = state.grants.filter((grant) => grant.account === name);
    const missing = Object.entries(wanted).flatMap(([on, privileges]) => {
        const lacking = privileges.filter(
            (privilege) => !had.some((one) => one.on === on && one.privilege === privilege),
        );
        return lacking.length === 0 ? [] : [{ on, lacking }];
    });
    const tooMuch = had.filter(
        (grant) =>
            grant.grantable ||
            (!(wanted[grant.on]?.includes(grant.privilege) ?? false) &&
                (part !== "migrator" || isForbidden(grant, users))),
    );
    const tables = new Set(state.trackingTables.map((table) => `${quoted(users.database)}.${quoted(table)}`));
    return [
        ...revocations(tooMuch).map(({ on, privileges }) => ({
            sql: `REVOKE ${privileges.join(", ")} ON ${on} FROM ${account(name)}`,
            says: `revoked ${privileges.join(", ")} on ${on} from ${name}`,
        })),
        ...missing.flatMap(({ on, lacking }) =>
            tables.has(on)
                ? grantOnTable(name, on)
                : [
                      {
                          sql: `GRANT ${lacking.join(", ")} ON ${on} TO ${account(name)}`,
                          says: `granted ${lacking.join(", ")} on ${on} to ${name}`,
                      },
                  ],
        ),
    ];
}

/** A privilege on a table that is not there yet needs CREATE beside it; the next statement takes that back. */
function grantOnTable(name: string, on: string): Step[] {
    return [
        { sql: `GRANT SELECT, CREATE ON ${on} TO ${account(name)}`, says: `granted SELECT on ${on} to ${name}` },
        { sql: `REVOKE CREATE ON ${on} FROM ${account(name)}` },
    ];
}

/** What even a person may not give to the migrator: what holds for the whole server, or in the server's or the pipeline's own schemas. */
function isForbidden({ on, privilege }: Grant, { database }: Users): boolean {
    if (on === "*.*") return true;
    const own = inGrant(catalogSchemaOf(database));
    const [schema = ""] = /`(?:[^`]|``)*`/.exec(on) ?? [];
    const pattern = new RegExp(
        `^${schema
            .slice(1, -1)
            .replaceAll(/[.*+?^${}()|[\]]/g, String.raw`\$&`)
            .replaceAll(/(?<!\\)%/g, ".*")
            .replaceAll(/(?<!\\)_/g, ".")}$`,
        "i",
    );
    const reads = /^SELECT( \(|$)/.test(privilege);
    return (
        on === own ||
        [catalogSchemaOf(database), "mysql", "sys"].some((name) => pattern.test(name)) ||
        (pattern.test("performance_schema") && !reads)
    );
}

/** By object; whoever may grant something on loses that too. */
function revocations(grants: Grant[]): { on: string; privileges: string[] }[] {
    return [...new Set(grants.map(({ on }) => on))].flatMap((on) => {
        const here = grants.filter((grant) => grant.on === on);
        const named = [...new Set(here.map(({ privilege }) => privilege))];
        const privileges = here.some(({ grantable }) => grantable) ? [...named, "GRANT OPTION"] : named;
        // One by one where the administrator may lack some: what it cannot revoke is then named alone.
        return on === "*.*" ? privileges.map((privilege) => ({ on, privileges: [privilege] })) : [{ on, privileges }];
    });
}
