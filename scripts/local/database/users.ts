import { AuthVariables, BootstrapVariables, BuildAuth } from "../../../components/contract";
import { options } from "../../../components/options";
import type { EnvironmentVariable, Project } from "../codeBuild/project";
import type { SecretStore } from "../cloud/secrets";

/** A user of the database that the pipeline creates. */
export interface DatabaseUser {
    name: string;
    /** What builds do as this user. */
    purpose: string;
    /** Absent with IAM authentication. */
    password?: string;
}

/** Whether a build authenticates to the database by IAM. */
export function usesIam({ variables }: Project): boolean {
    return variables.some(({ name, value }) => name === AuthVariables.auth && value === BuildAuth.Iam);
}

/** The users that the pipeline creates, from the variables of its projects; empty if it creates none. */
export function usersOf(projects: readonly Project[], secrets: SecretStore): DatabaseUser[] {
    const { migratorPassword, plannerPassword } = BootstrapVariables;
    const { migratorName: migrator, plannerName: planner } = options;
    return projects.flatMap(({ variables }) => {
        const value = (name: string) => valueOf(variables, name, secrets);
        const user = (nameVariable: string, passwordVariable: string, purpose: string): DatabaseUser[] => {
            const [name, password] = [value(nameVariable), value(passwordVariable)];
            return name === undefined ? [] : [{ name, purpose, ...(password !== undefined && { password }) }];
        };
        return [
            ...user(migrator.variable, migratorPassword, "deploys"),
            ...user(planner.variable, plannerPassword, "plans"),
        ];
    });
}

function valueOf(variables: readonly EnvironmentVariable[], name: string, secrets: SecretStore): string | undefined {
    const variable = variables.find((candidate) => candidate.name === name);
    return variable?.type === "SECRETS_MANAGER" ? secrets.resolve(variable.value) : variable?.value;
}
