import { account, catalogSchemaOf, iamPlugin, markOf, quoted } from "./names";
import { type Account, type Part, partsOf, type State, type Users } from "./model";
import { ownContents } from "./read";

/** The server truncates none: it refuses longer names. */
const longestName = 32;

const nameKeys: Record<Part, string> = {
    owner: "ownerName (arg bootstrap.ownerRole)",
    migrator: "migratorName (arg bootstrap.migrator.username)",
    planner: "plannerName (arg bootstrap.planner.username)",
};

/** What prevents the bootstrap from doing anything, each with its fix. */
export function refusals(users: Users, state: State): string[] {
    return [
        ...nameProblems(users, state),
        ...administratorProblems(users, state),
        ...(Object.keys(nameKeys) as Part[]).flatMap((part) => accountProblems(part, users, state)),
        ...schemaProblems(users, state),
    ];
}

function nameProblems(users: Users, { administrator }: State): string[] {
    const names = Object.values(partsOf(users));
    return [
        ...names
            .filter((name) => name.length > longestName)
            .map((name) => `the name ${name} is longer than ${longestName} characters: choose a shorter one`),
        ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
            (name) => `${name} is used twice: owner, migrator and planner must be three accounts`,
        ),
        ...(names.includes(administrator.name)
            ? [`${administrator.name} is the administrator, which builds must not connect as: choose another name`]
            : []),
    ];
}

function administratorProblems({ migrator, planner }: Users, { administrator, hasIam }: State): string[] {
    const { name, mayCreateUsers, mayNameDefiners } = administrator;
    const iam = [migrator, planner].filter((user) => user.iam).map((user) => user.name);
    return [
        ...(mayCreateUsers ? [] : [`${name} may not create users: connect as the cluster's master user`]),
        ...(mayNameDefiners
            ? []
            : [
                  `${name} may not create a routine for the owner (SET_USER_ID, since 8.4 SET_ANY_DEFINER): connect as the cluster's master user`,
              ]),
        ...(iam.length > 0 && !hasIam
            ? [
                  `the server has no plugin ${iamPlugin}, so that ${iam.join(" and ")} cannot log in with IAM: is it a cluster of Amazon RDS?`,
              ]
            : []),
    ];
}

/** An account that was created outside the pipeline is left alone, whatever its name. */
function accountProblems(part: Part, users: Users, { accounts, administrator }: State): string[] {
    const name = partsOf(users)[part];
    if (name === administrator.name) return [];
    const another = `choose another name with the config key ${nameKeys[part]}`;
    const named = accounts.filter((one) => one.name === name);
    return [
        ...named
            .filter(({ host }) => host !== "%")
            .map(
                ({ host }) =>
                    `the account ${quoted(name)}@'${host}' exists, and the server prefers it to ${account(name)}: ${another}, or DROP USER ${quoted(name)}@'${host}'`,
            ),
        ...named
            .filter((one) => one.host === "%" && !isMarked(one, part, users))
            .map(
                () =>
                    `the account ${account(name)} exists, and this pipeline did not create it: ${another}; or, if it is this pipeline's ${part}, ALTER USER ${account(name)} ATTRIBUTE ${markOf(part, users.database)}`,
            ),
    ];
}

export function isMarked({ mark }: Pick<Account, "mark">, part: Part, { database }: Pick<Users, "database">): boolean {
    return mark?.part === part && mark.database === database;
}

function schemaProblems({ database }: Users, { catalogSchema }: State): string[] {
    const foreign = catalogSchema.contents.filter((one) => !ownContents.includes(one));
    const name = catalogSchemaOf(database);
    return foreign.length === 0
        ? []
        : [
              `the schema ${name} is the pipeline's own, and has something else in it (${foreign.slice(0, 5).join(", ")}): drop that, or move it to another schema`,
          ];
}
