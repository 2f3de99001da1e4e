import { iamRole, namesOf, type State, type Users } from "./model";

/** Longer names PostgreSQL cuts off. */
const longestName = 63;

/** What keeps the bootstrap from doing anything; each with what to do. */
export function refusals(users: Users, state: State): string[] {
    const { administrator, schema, database, hasIam } = state;
    const names = namesOf(users);
    const iam = [users.migrator, users.planner].filter((user) => user.iam).map(({ name }) => name);
    return [
        ...names
            .filter((name) => Buffer.byteLength(name) > longestName)
            .map((name) => `the name ${name} is longer than ${longestName} bytes: choose a shorter one`),
        ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
            (name) => `${name} is named twice: owner, migrator and planner are three roles`,
        ),
        ...(names.includes(administrator.name)
            ? [`${administrator.name} is the administrator: builds are not to connect as him, choose another name`]
            : []),
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
        ...schemaProblems(state),
        ...state.roles.flatMap(({ name, superuser, administrable }) => {
            if (superuser) {
                return [`the role ${name} is there and a superuser: no build may be one, choose another name`];
            }
            const own = administrable || administrator.superuser;
            return own
                ? []
                : [
                      `the role ${name} is there, and ${administrator.name} may not alter it: GRANT ${name} TO ${administrator.name} WITH ADMIN OPTION, or choose another name`,
                  ];
        }),
        ...(iam.length > 0 && !hasIam
            ? [
                  `the server has no role ${iamRole}, so that ${iam.join(" and ")} cannot log in by IAM: is it a cluster of Amazon RDS?`,
              ]
            : []),
        ...(schema.name !== null && schema.name === administrator.name
            ? [
                  `names without a schema lie in the schema ${schema.name}, which only ${administrator.name} sees so: ALTER DATABASE ${database} SET search_path = ${schema.name}`,
              ]
            : []),
    ];
}

function schemaProblems({ administrator, schema, database }: State): string[] {
    if (schema.name === null) {
        return [
            `the search path of ${administrator.name} names no schema that the database has: create it, or ALTER DATABASE ${database} SET search_path`,
        ];
    }
    return schema.owned || administrator.superuser
        ? []
        : [
              `the schema ${schema.name} belongs to ${schema.owner}, and ${administrator.name} cannot give it away: ALTER SCHEMA ${schema.name} OWNER TO ${administrator.name}`,
          ];
}
