import type { Role, State, Users } from "./model";

// Which roles belong to this pipeline. A role that merely has one of the names may be an application's: it is left
// alone.

/** The purpose of a role. */
export type Part = "owner" | "migrator" | "planner";

/** Config key that chooses a role's name, and the component's arg. */
export const nameKeys: Record<Part, { config: string; arg: string }> = {
    owner: { config: "ownerName", arg: "bootstrap.ownerRole" },
    migrator: { config: "migratorName", arg: "bootstrap.migrator.username" },
    planner: { config: "plannerName", arg: "bootstrap.planner.username" },
};

/**
 * The comment that marks a role as this pipeline's. Commenting on a role requires CREATEROLE and, since PostgreSQL 16,
 * the ADMIN OPTION on the role (https://www.postgresql.org/docs/current/sql-comment.html), so neither the migrator nor
 * the role itself can forge one.
 */
export function markOf(part: Part, database: string): string {
    return `aurora-pipeline: ${part} of the database ${database}`;
}

/** The comment may have more text after the mark. */
export function isMarked({ comment }: Pick<Role, "comment">, part: Part, database: string): boolean {
    const mark = markOf(part, database);
    return comment === mark || (comment?.startsWith(`${mark};`) ?? false);
}

export function partsOf({ owner, migrator, planner }: Users): Record<Part, string> {
    return { owner, migrator: migrator.name, planner: planner.name };
}

/** Whether an existing role is this pipeline's: by its mark, or by the shape that an earlier version gave it. */
export function isOurs(part: Part, users: Users, state: State): boolean {
    const role = find(partsOf(users)[part], state);
    return role !== undefined && (isMarked(role, part, state.database) || isOfEarlierVersion(part, users, state));
}

/**
 * Earlier versions put no mark on their roles, but each had the same shape: no comment, no attribute but LOGIN,
 * administered by the administrator; the migrator was a member of the owner and worked as it in this database; the
 * planner was read-only there.
 */
function isOfEarlierVersion(part: Part, users: Users, state: State): boolean {
    const { owner, migrator, planner } = partsOf(users);
    const works = (role: string, name: string, value: string) =>
        state.settings.some(
            (setting) =>
                setting.role === role &&
                setting.database === state.database &&
                setting.name === name &&
                setting.value === value,
        );
    const isMember = (member: string, role: string) =>
        state.memberships.some((membership) => membership.member === member && membership.role === role);
    const plain = (name: string, login: boolean) => isPlain(find(name, state), login);
    switch (part) {
        case "owner":
            return (
                plain(owner, false) &&
                (isMember(state.administrator.name, owner) || state.administrator.superuser) &&
                isOurs("migrator", users, state)
            );
        case "migrator":
            return plain(migrator, true) && isMember(migrator, owner) && works(migrator, "role", owner);
        case "planner":
            return (
                plain(planner, true) &&
                !isMember(planner, owner) &&
                works(planner, "default_transaction_read_only", "on")
            );
    }
}

function isPlain(role: Role | undefined, login: boolean): boolean {
    return (
        role !== undefined &&
        role.comment === null &&
        role.administrable &&
        role.login === login &&
        role.inherit &&
        !(role.superuser || role.createRole || role.createDatabase || role.replication || role.bypassRls)
    );
}

function find(name: string, { roles }: State): Role | undefined {
    return roles.find((role) => role.name === name);
}
