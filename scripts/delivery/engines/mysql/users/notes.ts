import { account, quoted } from "./names";
import { partsOf, type State, type Users } from "./model";

/** Objects that are named one by one. */
const named = 20;

/** What the administrator leaves to a person to decide, with the statement. */
export function notes(users: Users, state: State): string[] {
    const { foreignDefiners, definedBy, accounts } = state;
    const names = Object.values(partsOf(users));
    const former = accounts.filter(({ name, mark }) => mark?.database === users.database && !names.includes(name));
    const theirs = foreignDefiners.filter(
        ({ definer }) => !former.some(({ name, host }) => definer === `${name}@${host}`),
    );
    return [
        ...theirs
            .slice(0, named)
            .map(
                ({ kind, name, definer }) =>
                    `the ${kind} ${name} runs with the rights of ${definer}, and migrations can call it or change what it calls: create it again in a changeset, whose definer is ${users.migrator.name}`,
            ),
        ...(theirs.length > named
            ? [`${theirs.length - named} more objects run with the rights of other accounts`]
            : []),
        ...former.map(({ name, host, mark }) => {
            const objects = definedBy.find(({ definer }) => definer === `${name}@${host}`)?.objects ?? 0;
            return objects === 0
                ? `the account ${name} is the former ${mark?.part ?? "account"} and is no longer used: DROP USER ${quoted(name)}@'${host}'`
                : `the account ${name} is the former ${mark?.part ?? "account"}, and ${objects} objects still run with its rights: create them again in changesets, then DROP USER ${account(name)}; until then, ALTER USER ${account(name)} ACCOUNT LOCK`;
        }),
    ];
}
