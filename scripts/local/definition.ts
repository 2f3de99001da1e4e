import { EnvironmentVariables } from "../../components/contract";
import { options } from "../../components/options";
import { type Project, readProject } from "./codeBuild/project";
import { digest } from "./cloud/identity";
import { SecretStore } from "./cloud/secrets";
import { type DatabaseAccount, databaseOf } from "./database/provision";
import { type DatabaseUser, usersOf, usesIam } from "./database/users";
import { startErrors } from "./errors";
import type { Evaluation } from "./evaluate";
import type { RecordedResource } from "./recorded";
import type { Pipeline } from "./pipeline/model";
import { readPipeline } from "./pipeline/read";

const toolVariable = options.tool.variable;

/** Everything in the recorded program that a run uses. */
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
    /** Whether a build logs in by IAM. */
    iam: boolean;
    /** Directory of the source that holds the changelog. */
    migrationsDirectory: string;
    /** Distinguishes this pipeline from one that would behave differently. */
    hash: string;
}

/** Reads the recorded program; refuses everything that the local run does not support, all at once. */
export function readDefinition({ resources, region }: Evaluation): Definition {
    const unsupported: string[] = [];
    const attempt = <T>(read: () => T): T | undefined => {
        try {
            return read();
        } catch (error) {
            if (!(error instanceof startErrors.FeaturesUnsupported)) throw error;
            unsupported.push(...error.facts.features);
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
    if (!pipeline || !database || unsupported.length > 0)
        throw new startErrors.FeaturesUnsupported({ features: unsupported });
    const secrets = SecretStore.of(resources);
    return {
        resources,
        region,
        pipeline,
        projects,
        database: { ...database, tool: toolOf([...projects.values()]) },
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

/** The migration tool of the builds; undefined for those without the delivery program. */
function toolOf(projects: Project[]): string | undefined {
    return projects.flatMap(({ variables }) => variables.find(({ name }) => name === toolVariable)?.value ?? [])[0];
}

function migrationsDirectoryOf(projects: Project[]): string {
    const directories = new Set(
        projects.flatMap(({ variables }) =>
            variables.filter(({ name }) => name === EnvironmentVariables.migrationsDirectory).map(({ value }) => value),
        ),
    );
    const [directory] = directories;
    if (directory === undefined || directories.size > 1) {
        throw new startErrors.FeaturesUnsupported({
            features: [`projects that name ${directories.size} different ${EnvironmentVariables.migrationsDirectory}`],
        });
    }
    return directory;
}
