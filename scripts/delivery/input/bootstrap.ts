import { BootstrapVariables, EnvironmentVariables } from "../../../components/contract";
import type { Credential, Hide } from "../database/credentials/credential";
import { IamCredential } from "../database/credentials/iam";
import { SecretCredential } from "../database/credentials/secret";
import { type Environment, type LookSettings, readLookSettings } from "./settings";

/** What the bootstrap knows: how the administrator connects, and whom to create. */
export interface BootstrapSettings extends LookSettings {
    /** Role that owns what migrations create. */
    owner: string;
    migrator: BootstrapUser;
    planner: BootstrapUser;
    /** Execution whose plan waits for this bootstrap; absent where none started it. */
    executionId?: string;
}

export interface BootstrapUser {
    name: string;
    /** Whether IAM authenticates it; else it has a password. */
    iam: boolean;
    /** With what the bootstrap logs in as it. */
    credential: Credential;
}

const { owner, migrator, planner, ...passwords } = BootstrapVariables;

export function readBootstrapSettings(environment: Environment, toolchain: string, hide: Hide): BootstrapSettings {
    const user = (name: string, password: string, secret: string): BootstrapUser => {
        const { [name]: given = "", [password]: current, [secret]: arn } = environment;
        return current
            ? { name: given, iam: false, credential: new SecretCredential(current, arn || undefined, hide) }
            : { name: given, iam: true, credential: new IamCredential(given, hide) };
    };
    return {
        ...readLookSettings(environment, toolchain, hide, [owner, migrator, planner]),
        releaseId: "aurora-pipeline-bootstrap",
        owner: environment[owner] ?? "",
        executionId: environment[EnvironmentVariables.pipelineExecutionId] || undefined,
        migrator: user(migrator, passwords.migratorPassword, passwords.migratorSecret),
        planner: user(planner, passwords.plannerPassword, passwords.plannerSecret),
    };
}
