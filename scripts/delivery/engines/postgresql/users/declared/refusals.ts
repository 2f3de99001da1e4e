import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import { iamRole, namesOf, nothingDeclared, type ReadState, type State, type Users } from "../model";
import { extensionProblems } from "./extensions";
import { takeOverProblems } from "./takeOver";
import { kindOf, markOfRole, type RoleKind } from "./marks";

/** What prevents the bootstrap from creating what the stack's config declares, each with its fix. */
export function declaredProblems(users: Users, state: State): string[] {
    const { declared = nothingDeclared } = users;
    if (state.declared === undefined) {
        return [];
    }
    const read: ReadState = { ...state, declared: state.declared };
    const iam = declared.applications.filter((user) => user.iam).map(({ name }) => name);
    return [
        ...(iam.length > 0 && !state.hasIam
            ? [
                  `the server has no role ${iamRole}, so that ${iam.join(" and ")} cannot log in with IAM: is it a cluster of Amazon RDS?`,
              ]
            : []),
        ...declared.groups.flatMap(({ name }) => roleProblems(name, "group role")),
        ...declared.applications.flatMap(({ name }) => roleProblems(name, "application user")),
        ...extensionProblems(declared.extensions, read),
        ...takeOverProblems(users, read),
    ];

    /** A role that was created outside the pipeline is left alone, whatever its name. */
    function roleProblems(name: string, kind: RoleKind): string[] {
        const { administrator, database } = read;
        const another = `choose another name in the config key ${kind === "group role" ? "groupRoles" : "applicationUsers"}`;
        if ([administrator.name, ...namesOf(users), ...state.former.map((former) => former.name)].includes(name)) {
            return [`${name} is the name of a role of the pipeline itself: ${another}`];
        }
        const role = read.declared.roles.find((candidate) => candidate.name === name);
        if (role === undefined) {
            return [];
        }
        if (role.superuser) {
            return [`the role ${name} exists and is a superuser, which an application must not be: ${another}`];
        }
        if (!role.administrable && !administrator.superuser) {
            return [
                `the role ${name} exists, and ${administrator.name} may not alter it: ${another}, or GRANT ${quoted(name)} TO ${quoted(administrator.name)} WITH ADMIN OPTION`,
            ];
        }
        return kindOf(role.comment, database) !== undefined
            ? []
            : [
                  `the role ${name} exists, and this pipeline did not create it: ${another}; or, to hand it to the pipeline, which then sets its password and takes privileges that are not in the config, COMMENT ON ROLE ${quoted(name)} IS ${escapeLiteral(markOfRole(kind, database))}`,
              ];
    }
}
