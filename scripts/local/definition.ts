import { EnvironmentVariables } from "../../components/contract";
import { type Project, readProject } from "./build/project";
import { digest } from "./cloud/identity";
import { SecretStore } from "./cloud/secrets";
import { type DatabaseAccount, databaseOf } from "./database/provision";
import { type DatabaseUser, usersOf, usesIam } from "./database/users";
import { UnsupportedError } from "./errors";
import type { Evaluation } from "./evaluate";
import type { RecordedResource } from "./recorded";
import type { Pipeline } from "./pipeline/model";
import { readPipeline } from "./pipeline/read";

/** Everything of the recorded program that a run acts on. */
export interface Definition {
    resources: readonly RecordedResource[];
    region: string;
    pipeline: Pipeline;
    /** By name. */
    projects: ReadonlyMap<string, Project>;
    secrets: SecretStore;
    /** The cluster's database and its master user. */
    database: DatabaseAccount;
    /** The users that the pipeline creates in it. */
    users: DatabaseUser[];
    /** A build logs in by IAM. */
    iam: boolean;
    /** Directory of the source that holds the changelog. */
    migrationsDirectory: string;
    /** Tells this pipeline from one that would do something else. */
    hash: string;
}

/** Reads the recorded program; refuses what the local run does not do, all at once. */
export function readDefinition({ resources, region }: Evaluation): Definition {
    const unsupported: string[] = [];
    const attempt = <T>(read: () => T): T | undefined => {
        try {
            return read();
        } catch (error) {
            if (!(error instanceof UnsupportedError)) throw error;
            unsupported.push(...error.features);
            return undefined;
        }
    };
    const pipeline = attempt(() => readPipeline(resources));
    const database = attempt(() => databaseOf(resources));
    const projects = new Map<string, Project>();
    for (const name of projectNames(pipeline)) {
        const project = attempt(() => readProject(resources, name));
        if (project) projects.set(name, project);
    }
    if (!pipeline || !database || unsupported.length > 0) throw new UnsupportedError(unsupported);
    const secrets = SecretStore.of(resources);
    return {
        resources,
        region,
        pipeline,
        projects,
        database,
        users: usersOf([...projects.values()], secrets),
        iam: [...projects.values()].some(usesIam),
        secrets,
        migrationsDirectory: migrationsDirectoryOf([...projects.values()]),
        hash: digest(JSON.stringify([pipeline, [...projects.values()].map(({ buildSpec }) => buildSpec)]), 32),
    };
}

function projectNames(pipeline: Pipeline | undefined): string[] {
    const actions = (pipeline?.stages ?? []).flatMap((stage) => stage.actions);
    return [
        ...new Set(
            actions
                .filter(({ provider }) => provider === "CodeBuild")
                .map(({ configuration }) => configuration["ProjectName"] ?? ""),
        ),
    ];
}

function migrationsDirectoryOf(projects: Project[]): string {
    const directories = new Set(
        projects.flatMap(({ variables }) =>
            variables.filter(({ name }) => name === EnvironmentVariables.migrationsDirectory).map(({ value }) => value),
        ),
    );
    const [directory] = directories;
    if (directory === undefined || directories.size > 1) {
        throw new UnsupportedError([
            `projects that name ${directories.size} different ${EnvironmentVariables.migrationsDirectory}`,
        ]);
    }
    return directory;
}
