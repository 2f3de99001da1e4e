import { Authentications, AuthenticationVariables, BootstrapVariables } from "../../../components/contract";
import type { EnvironmentVariable, Project } from "../build/project";
import type { SecretStore } from "../cloud/secrets";

/** A user of the database that the pipeline creates. */
export interface DatabaseUser {
    name: string;
    /** What builds do as this user. */
    purpose: string;
    /** Absent with IAM authentication. */
    password?: string;
}

/** Whether a build proves to the database by IAM who it is. */
export function usesIam({ variables }: Project): boolean {
    return variables.some(
        ({ name, value }) => name === AuthenticationVariables.authentication && value === Authentications.iam,
    );
}

/** The users that the pipeline creates, as its projects are told of them; none in a pipeline that creates none. */
export function usersOf(projects: readonly Project[], secrets: SecretStore): DatabaseUser[] {
    const { migrator, migratorPassword, planner, plannerPassword } = BootstrapVariables;
    return projects.flatMap(({ variables }) => {
        const value = (name: string) => valueOf(variables, name, secrets);
        const user = (nameVariable: string, passwordVariable: string, purpose: string): DatabaseUser[] => {
            const [name, password] = [value(nameVariable), value(passwordVariable)];
            return name === undefined ? [] : [{ name, purpose, ...(password !== undefined && { password }) }];
        };
        return [...user(migrator, migratorPassword, "deploys"), ...user(planner, plannerPassword, "plans")];
    });
}

function valueOf(variables: readonly EnvironmentVariable[], name: string, secrets: SecretStore): string | undefined {
    const variable = variables.find((candidate) => candidate.name === name);
    return variable?.type === "SECRETS_MANAGER" ? secrets.resolve(variable.value) : variable?.value;
}
