import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import { declaredProblems } from "./declared/refusals";
import { isOurs, markOf, nameKeys, type Part, partsOf } from "./mark";
import { iamRole, namesOf, type State, type Users } from "./model";
import { homeOf } from "./path";

/** PostgreSQL truncates longer names. */
const longestName = 63;

/** What prevents the bootstrap from doing anything, each with its fix. */
export function refusals(users: Users, state: State): string[] {
    return [
        ...nameProblems(users, state),
        ...administratorProblems(users, state),
        ...(Object.keys(nameKeys) as Part[]).flatMap((part) => roleProblems(part, users, state)),
        ...schemaProblems(users, state),
        ...eventTriggerProblems(users, state),
        ...declaredProblems(users, state),
    ];
}

function nameProblems(users: Users, { administrator }: State): string[] {
    const names = namesOf(users);
    return [
        ...names
            .filter((name) => Buffer.byteLength(name) > longestName)
            .map((name) => `the name ${name} is longer than ${longestName} bytes: choose a shorter one`),
        ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
            (name) => `${name} is used twice: owner, migrator and planner must be three roles`,
        ),
        ...(names.includes(administrator.name)
            ? [`${administrator.name} is the administrator, which builds must not connect as: choose another name`]
            : []),
    ];
}

function administratorProblems({ migrator, planner }: Users, { administrator, database, hasIam }: State): string[] {
    const iam = [migrator, planner].filter((user) => user.iam).map(({ name }) => name);
    return [
        ...(administrator.createRole || administrator.superuser
            ? []
            : [
                  `${administrator.name} may not create roles: connect as the cluster's master user, or grant CREATEROLE`,
              ]),
        ...(administrator.ownsDatabase
            ? []
            : [
                  `${administrator.name} does not own the database ${database}: ALTER DATABASE ${database} OWNER TO ${administrator.name}`,
              ]),
        ...(iam.length > 0 && !hasIam
            ? [
                  `the server has no role ${iamRole}, so that ${iam.join(" and ")} cannot log in with IAM: is it a cluster of Amazon RDS?`,
              ]
            : []),
    ];
}

/** A role that was created outside the pipeline is left alone, whatever its name. */
function roleProblems(part: Part, users: Users, state: State): string[] {
    const { administrator, database, roles } = state;
    const name = partsOf(users)[part];
    const role = roles.find((candidate) => candidate.name === name);
    if (role === undefined || name === administrator.name || namesOf(users).filter((one) => one === name).length > 1) {
        return [];
    }
    const { config, arg } = nameKeys[part];
    const another = `choose another name with the config key ${config} (arg ${arg})`;
    if (role.superuser) {
        return [`the role ${name} exists and is a superuser, which builds must not be: ${another}`];
    }
    if (!role.administrable && !administrator.superuser) {
        return [
            `the role ${name} exists, and ${administrator.name} may not alter it: ${another}, or GRANT ${quoted(name)} TO ${quoted(administrator.name)} WITH ADMIN OPTION`,
        ];
    }
    return isOurs(part, users, state)
        ? []
        : [
              `the role ${name} exists, and this pipeline did not create it: ${another}; or, if it is this pipeline's ${part}, COMMENT ON ROLE ${quoted(name)} IS ${escapeLiteral(markOf(part, database))}`,
          ];
}

function schemaProblems(users: Users, state: State): string[] {
    const { administrator, database, schemas } = state;
    const { name, state: home } = homeOf(state);
    const elsewhere = schemas.filter(
        (schema) =>
            schema !== home &&
            (schema.history === users.owner ||
                (schema.name === administrator.name && schema.history === administrator.name)),
    );
    const [other] = elsewhere;
    if ((home === undefined || home.history === null) && other !== undefined) {
        // Without it, every changeset would be pending again.
        return [
            home === undefined
                ? `there is no schema ${name}, and the migration history is in the schema ${other.name}: ALTER SCHEMA ${quoted(other.name)} RENAME TO ${quoted(name)}`
                : `unqualified names resolve to the schema ${name}, but the migration history is in the schema ${other.name}: ALTER DATABASE ${quoted(database)} SET search_path = ${[other.name, name].map((schema) => quoted(schema)).join(", ")}`,
        ];
    }
    const [renamed] = state.renamedHistories;
    if ((home === undefined || home.history === null) && renamed !== undefined) {
        const table = `${quoted(renamed.schema)}.${quoted(renamed.name)}`;
        const historyTable = users.tracking.history.name;
        return [
            `there is no table ${historyTable} in the schema ${name}, but ${table} has the columns of a migration history: ALTER TABLE ${table} RENAME TO ${historyTable}; or, if every changeset should run again, rename one of its columns`,
        ];
    }
    // What one of the three roles or a former one owns is transferred first.
    const theirs = [...namesOf(users), ...state.former.map((role) => role.name)];
    return home === undefined || home.owned || administrator.superuser || theirs.includes(home.owner)
        ? []
        : [
              `the schema ${name} belongs to ${home.owner}, and ${administrator.name} cannot change that: ALTER SCHEMA ${quoted(name)} OWNER TO ${quoted(administrator.name)}`,
          ];
}

/** Event triggers that a GRANT of the administrator would fire, and whose function a migration could change. */
function eventTriggerProblems(users: Users, { administrator, eventTriggers, former }: State): string[] {
    const theirs = [administrator.name, ...namesOf(users), ...former.map(({ name }) => name)];
    return eventTriggers
        .filter(({ owner }) => theirs.includes(owner))
        .map(
            ({ name, routine, owner }) =>
                `the event trigger ${name} runs ${routine}, owned by ${owner}, in sessions of ${administrator.name}, and migrations can change that function: ALTER EVENT TRIGGER ${quoted(name)} DISABLE, or ALTER FUNCTION ${routine} OWNER TO a superuser`,
        );
}
