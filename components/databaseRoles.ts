/**
 * What only the administrator can create in the database, as data of a stack's config: extensions, group roles with
 * their privileges, and users for applications. Config, components and delivery program validate it with this file,
 * which depends on neither Pulumi nor Node.
 */

/** A role without login that bundles privileges. */
export interface GroupRole {
    name: string;
    /** Privileges, in the form of {@link parseGrant}. */
    grants?: string[];
}

/** A user that an application logs in as. */
export interface ApplicationUser {
    name: string;
    /** How it authenticates: with a password (default) or with IAM tokens. */
    auth?: "Secret" | "Iam";
    /** Group roles that it is a member of. */
    memberOf?: string[];
    /** Privileges of its own. */
    grants?: string[];
}

/** A grant, taken apart. */
export interface Grant {
    privileges: string[];
    /** Every object of a kind, with those that migrations create later, or one table or view. */
    objects: "TABLES" | "SEQUENCES" | "FUNCTIONS" | "TABLE";
    /** The only schema; absent for all, or for the default schema of a single table. */
    schema?: string;
    /** The single table. */
    table?: string;
}

/** TRIGGER is missing on purpose: a trigger runs as the user who changes the table, including the migrator. */
const tablePrivileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"];
const privilegesOf: Record<Grant["objects"], readonly string[]> = {
    TABLES: tablePrivileges,
    SEQUENCES: ["USAGE", "SELECT", "UPDATE"],
    FUNCTIONS: ["EXECUTE"],
    TABLE: tablePrivileges,
};

const longestName = 63;
const grantForm =
    /^([A-Z]+(?:, ?[A-Z]+)*) ON (?:(TABLES|SEQUENCES|FUNCTIONS)(?: IN SCHEMA (\w{1,63}))?|(TABLE) (?:(\w{1,63})\.)?(\w{1,63}))$/;

/** `SELECT, INSERT ON TABLES IN SCHEMA shop`; undefined if it is none. Names are taken as they are written. */
export function parseGrant(text: string): Grant | undefined {
    const [, privileges, kind, schema, one, schemaOfOne, table] = grantForm.exec(text) ?? [];
    const objects = (kind ?? one) as Grant["objects"] | undefined;
    const named = [...new Set((privileges ?? "").split(/, ?/))];
    const within = schema ?? schemaOfOne;
    return objects === undefined || !named.every((privilege) => privilegesOf[objects].includes(privilege))
        ? undefined
        : {
              privileges: named,
              objects,
              ...(within !== undefined && { schema: within }),
              ...(table !== undefined && { table }),
          };
}

/** What a kind of data must look like, as the end of the sentence "Allowed: …". */
export interface RoleData {
    allowed: string;
    example: string;
    /** What is wrong with a value, one sentence each; empty if it is valid. */
    problems: (given: unknown) => string[];
}

const grantAllowed =
    '"<privileges> ON TABLES", "… ON SEQUENCES", "… ON FUNCTIONS", each also with "IN SCHEMA <name>", or "… ON TABLE <name>"';

/** The keys. */
export const roleData = {
    extensions: {
        allowed: "a list of names of extensions, each once",
        example: '["pg_stat_statements"]',
        problems: extensionProblems,
    },
    groupRoles: {
        allowed: `a list of {"name", "grants"}, each name once; a grant is ${grantAllowed}`,
        example: '[{"name":"reporting","grants":["SELECT ON TABLES"]}]',
        problems: (given) => itemProblems(given, { grants: grantProblems }),
    },
    applicationUsers: {
        allowed: `a list of {"name", "auth", "memberOf", "grants"}, each name once; auth is "Secret" or "Iam", memberOf a list of group roles, a grant as in groupRoles`,
        example: '[{"name":"shop_service","grants":["SELECT, INSERT, UPDATE, DELETE ON TABLES","USAGE ON SEQUENCES"]}]',
        problems: (given) =>
            itemProblems(given, {
                auth: (auth) => (auth === "Secret" || auth === "Iam" ? [] : [`auth is ${show(auth)}`]),
                memberOf: (groups) => nameListProblems("memberOf", groups),
                grants: grantProblems,
            }),
    },
    takeOverFrom: {
        allowed: "a list of names of roles, each once",
        example: '["legacy_app"]',
        problems: (given) => nameListProblems("it", given),
    },
} satisfies Record<string, RoleData>;
export type RoleDataKey = keyof typeof roleData;

/** Roles that PostgreSQL and RDS keep for themselves. */
const roleForm = /^(?!pg_|rds|postgres$|public$|none$)[a-z_][a-z0-9_]{0,62}$/;
export const roleNameAllowed =
    "a lower-case letter or underscore, then at most 62 lower-case letters, digits or underscores";

function extensionProblems(given: unknown): string[] {
    if (!Array.isArray(given)) {
        return ["it is not a list"];
    }
    return [
        ...given.flatMap((name: unknown) =>
            typeof name === "string" && /^[a-zA-Z_][\w-]{0,62}$/.test(name)
                ? []
                : [`${show(name)} is not the name of an extension`],
        ),
        ...twice(given),
    ];
}

type FieldProblems = Record<string, (value: unknown) => string[]>;

function itemProblems(given: unknown, fields: FieldProblems): string[] {
    if (!Array.isArray(given)) {
        return ["it is not a list"];
    }
    const names = given.flatMap((item: unknown) => (isMap(item) ? [item["name"]] : []));
    return [...given.flatMap((item: unknown) => oneItem(item, fields)), ...twice(names)];
}

function oneItem(item: unknown, fields: FieldProblems): string[] {
    if (!isMap(item)) {
        return [`${show(item)} is not a map with a name`];
    }
    const { name, ...others } = item;
    const isName = typeof name === "string" && roleForm.test(name);
    return [
        ...(isName
            ? []
            : [`the name ${show(name)} is not ${roleNameAllowed}, and not one that PostgreSQL or RDS reserves`]),
        ...Object.entries(others).flatMap(([key, value]) => {
            const check = Object.hasOwn(fields, key) ? fields[key] : undefined;
            return (check?.(value) ?? [`there is no field ${show(key)}`]).map((problem) => `${show(name)}: ${problem}`);
        }),
    ];
}

function grantProblems(given: unknown): string[] {
    if (!Array.isArray(given)) {
        return ["grants is not a list"];
    }
    return [
        ...given.flatMap((grant: unknown) =>
            typeof grant === "string" && parseGrant(grant) !== undefined ? [] : [`${show(grant)} is not a valid grant`],
        ),
        ...twice(given),
    ];
}

function nameListProblems(field: string, given: unknown): string[] {
    const isName = (name: unknown) => typeof name === "string" && name !== "" && name.length <= longestName;
    return Array.isArray(given) && given.every(isName) ? twice(given) : [`${field} is not a list of names`];
}

function twice(given: unknown[]): string[] {
    return [...new Set(given.filter((item, index) => given.indexOf(item) !== index))].map(
        (item) => `${show(item)} is duplicated`,
    );
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
    return value === undefined ? "nothing" : JSON.stringify(value);
}

/** What is wrong between valid lists: duplicate names, unknown groups. */
export function conflictsOf(
    groups: readonly GroupRole[],
    users: readonly ApplicationUser[],
    taken: readonly string[],
): { groupRoles: string[]; applicationUsers: string[] } {
    const groupNames = groups.map(({ name }) => name);
    return {
        groupRoles: groupNames
            .filter((name) => taken.includes(name))
            .map((name) => `${name} is the name of another role`),
        applicationUsers: users.flatMap(({ name, memberOf = [] }) => [
            ...([...taken, ...groupNames].includes(name) ? [`${name} is the name of another role`] : []),
            ...memberOf
                .filter((group) => !groupNames.includes(group))
                .map((group) => `${name} is a member of ${group}, which is not a group role`),
        ]),
    };
}
