import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import { excesses, mayTake } from "../attributes";
import { memberOf } from "../memberships";
import {
    type Declared,
    nothingDeclared,
    type ReadState,
    type Role,
    type State,
    type Step,
    type User,
    type Users,
} from "../model";
import { parsePath, pinnedPath } from "../path";
import { extensionSteps } from "./extensions";
import { takeOverSteps } from "./takeOver";
import { extensionPath, kindOf, markOfRole, type RoleKind } from "./marks";

// The administrator's part of what the stack's config declares: extensions, roles, memberships. The privileges on the
// owner's objects are the owner's part: see grants.ts.

export function declaredSteps(users: Users, state: State): Step[] {
    const { declared = nothingDeclared } = users;
    if (state.declared === undefined) {
        return [];
    }
    const read: ReadState = { ...state, declared: state.declared };
    return [
        ...takeOverSteps(users, read),
        ...extensionSteps(declared.extensions, read),
        ...wantedRoles(declared).flatMap((role) => roleSteps(role, read)),
        ...dropSteps(declared, read),
    ];
}

interface WantedRole extends User {
    kind: RoleKind;
    memberOf: string[];
}

/** Groups first: users are members of them. */
function wantedRoles({ groups, applications }: Declared): WantedRole[] {
    return [
        ...groups.map(({ name }): WantedRole => ({ name, kind: "group role", iam: false, memberOf: [] })),
        ...applications.map((user): WantedRole => ({ ...user, kind: "application user" })),
    ];
}

function roleSteps(wanted: WantedRole, state: ReadState): Step[] {
    const { name, kind } = wanted;
    const { declared, database } = state;
    const role = declared.roles.find((candidate) => candidate.name === name);
    const login = kind === "application user" ? "LOGIN" : "NOLOGIN";
    const mark = `COMMENT ON ROLE ${quoted(name)} IS ${escapeLiteral(markOfRole(kind, database))}`;
    return [
        ...(role === undefined
            ? [
                  {
                      sql: `CREATE ROLE ${quoted(name)} ${login} INHERIT`,
                      says: `created the ${kind} ${name}`,
                  },
                  { sql: mark },
              ]
            : repairs(wanted, role, mark, state)),
        ...memberOf(wanted, wanted.memberOf, { ...state, memberships: declared.memberships }),
        ...(kind === "application user" ? [...connectSteps(name, state), ...pathSteps(name, state)] : []),
    ];
}

function repairs({ name, kind }: WantedRole, role: Role, mark: string, state: ReadState): Step[] {
    const login = kind === "application user";
    const wrong = [
        ...(role.login === login ? [] : [login ? "LOGIN" : "NOLOGIN"]),
        ...(role.inherit ? [] : ["INHERIT"]),
        ...privilegesOf(role)
            .filter((excess) => mayTake(excess, state))
            .map(({ off }) => off),
    ];
    return [
        ...(kindOf(role.comment, state.database) === kind
            ? []
            : [{ sql: mark, says: `marked the role ${name} as ${kind}` }]),
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

/** Attributes that give privileges; limits of connections and of a password's validity may be an administrator's. */
export function privilegesOf(role: Role): ReturnType<typeof excesses> {
    return excesses(role).filter(({ key }) => key !== "limited" && key !== "expires");
}

function connectSteps(name: string, { declared, database }: ReadState): Step[] {
    const may = `CONNECT ON DATABASE ${quoted(database)}`;
    return declared.connects.includes(name)
        ? []
        : [{ sql: `GRANT ${may} TO ${quoted(name)}`, says: `granted ${may} to ${name}` }];
}

/** Applications find extensions by unqualified names, as migrations do; other settings are theirs. */
function pathSteps(name: string, state: ReadState): Step[] {
    const { declared, database } = state;
    const ofExtensions = extensionPath(state);
    const path = pinnedPath(state, ofExtensions);
    const here = `ALTER ROLE ${quoted(name)} IN DATABASE ${quoted(database)}`;
    const set = declared.settings.find(
        (setting) => setting.role === name && setting.database === database && setting.name === "search_path",
    );
    return ofExtensions.length === 0 || (set !== undefined && parsePath(set.value).join("\0") === path.join("\0"))
        ? []
        : [
              {
                  sql: `${here} SET search_path = ${path.map((schema) => quoted(schema)).join(", ")}`,
                  says: `set search_path of ${name} to ${path.join(", ")}`,
              },
          ];
}

// --- What was taken out of the config ---

/** The roles of an earlier config, of which nothing is declared any more. */
export function formerRoles(declared: Declared, state: State): Role[] {
    const wanted = wantedRoles(declared).map(({ name }) => name);
    return (state.declared?.roles ?? []).filter(
        ({ name, comment }) => !wanted.includes(name) && kindOf(comment, state.database) !== undefined,
    );
}

/** Why a role is not dropped: what it owns, or where it has privileges. */
export function tiesOf({ name }: Role, { declared }: ReadState): string[] {
    return [
        ...declared.owned
            .filter(({ role }) => role === name)
            .map(
                ({ object, database }) => `it owns ${object}${database === null ? "" : ` in the database ${database}`}`,
            ),
        ...declared.elsewhere
            .filter(({ role }) => role === name)
            .map(({ database }) => `it has privileges in the database ${database}`),
    ];
}

/**
 * A role that owns something only loses its login and its memberships: what it owns is not the bootstrap's to drop.
 * Before others are dropped, of which it may be a member.
 */
function dropSteps(wanted: Declared, state: ReadState): Step[] {
    const former = formerRoles(wanted, state).filter(
        ({ administrable }) => administrable || state.administrator.superuser,
    );
    const [tied, free] = [true, false].map((ties) => former.filter((role) => tiesOf(role, state).length > 0 === ties));
    return [...tied!.flatMap((role) => disableSteps(role, state)), ...free!.flatMap((role) => dropRole(role, state))];
}

const gone = "which is no longer in the config";

function disableSteps({ name, login }: Role, state: ReadState): Step[] {
    return [
        ...(login ? [{ sql: `ALTER ROLE ${quoted(name)} NOLOGIN`, says: `took the login from ${name}, ${gone}` }] : []),
        ...memberOf({ name, iam: false }, [], { ...state, memberships: state.declared.memberships }),
    ];
}

function dropRole({ name, comment }: Role, { administrator, declared, database }: ReadState): Step[] {
    const members = declared.members.filter(({ role }) => role === name).map(({ member }) => member);
    const lost = members.length === 0 ? "" : `; ${members.join(", ")} lost its privileges`;
    return [
        ...(administrator.superuser ? [] : [{ sql: `GRANT ${quoted(name)} TO ${quoted(administrator.name)}` }]),
        { sql: `DROP OWNED BY ${quoted(name)}` },
        { sql: `DROP ROLE ${quoted(name)}`, says: `dropped the ${kindOf(comment, database)} ${name}, ${gone}${lost}` },
    ];
}
