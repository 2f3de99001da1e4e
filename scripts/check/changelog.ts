import { join } from "node:path";
import { AuthVariables, caBundleVariable, EnvironmentVariables } from "../../components/contract";
import { options } from "../../components/options";
import { refuseUnreadable } from "../delivery/input/migrations";
import { readSettings } from "../delivery/input/settings";
import type { Settings } from "../delivery/settings";
import { liquibase as tool } from "../delivery/tools/liquibase";
import { readProject } from "../delivery/tools/liquibase/project";
import type { Changelog } from "../delivery/tools/liquibase/properties";
import { checkout, openLocalDirectory } from "../local/directories";
import { jarsIn } from "../local/pipeline/artifacts";
import type { Progress } from "../local/progress/progress";
import { openMigrations, resolveJars } from "../local/source/migrations";
import type { TrialDatabase, TrialServer } from "./trial";

/** The engine of the throwaway server, unless another one is chosen. */
export const engineName = "aurora-postgresql";

/** What a command that applies a changelog to a throwaway database is given. */
export interface ThrowawayOptions {
    /** The migrations directory. */
    migrations: string;
    /** Whether changelogs may run code of the repository. */
    allowCode?: boolean;
    progress: Pick<Progress, "step" | "say">;
    signal: AbortSignal;
}

/** The directory's changelog, with the jars of its own `pom.xml`; those of the toolchain are always there. */
export async function openChangelog(
    { migrations: path, progress, signal }: ThrowawayOptions,
    toolchain: string,
): Promise<Changelog> {
    const opened = openMigrations(path);
    refuseUnreadable(opened.directory, tool.terms);
    const project = readProject(opened.directory);
    project.refuseEndless();
    const migrations = project.changelog;
    if (opened.pom === undefined || opened.directory === join(checkout, "migrations")) {
        return migrations;
    }
    const jars = await progress.step("Jars of the changelog (Maven)", () =>
        resolveJars(opened, openLocalDirectory().jars, jarsIn(toolchain), {
            signal,
            say: (line) => progress.say(line),
        }),
    );
    return { ...migrations, jars: [...migrations.jars, ...jars] };
}

/**
 * The settings of a build on the throwaway database: those of a plan, because no other session has to be guarded
 * against.
 */
export function settingsFor(
    { allowCode = false, engine = engineName }: Pick<ThrowawayOptions, "allowCode"> & { engine?: string },
    { server }: Pick<TrialServer, "server">,
    { account }: Pick<TrialDatabase, "account">,
    { directory }: Changelog,
    toolchain: string,
): Settings {
    const variables = EnvironmentVariables;
    const environment = {
        [variables.databaseEngine]: engine,
        [variables.databaseHost]: server.host,
        [variables.databasePort]: String(server.port),
        [variables.databaseName]: account.name,
        [variables.databaseUsername]: account.user,
        [AuthVariables.password]: account.password,
        [variables.migrationsDirectory]: ".",
        [options.allowCode.variable]: String(allowCode),
        [variables.environmentName]: "check",
        [variables.pipelineExecutionId]: "check",
        [variables.sourceRevision]: "check",
        [caBundleVariable]: server.authority,
        CODEBUILD_SRC_DIR: directory,
    };
    return readSettings("plan", environment, toolchain);
}
