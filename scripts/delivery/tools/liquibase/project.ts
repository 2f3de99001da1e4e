import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { filesIn, readable } from "../../files";
import type { Settings } from "../../settings";
import type { Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { readChangelog } from "./changelog/changelog";
import { liquibaseErrors } from "./errors";
import { Liquibase } from "./liquibase";
import { type Changelog, readLiquibaseProperties } from "./properties";

export const propertiesFile = "liquibase.properties";

/** A changelog and what it includes. */
export class LiquibaseProject implements Project {
    constructor(readonly changelog: Changelog) {}

    /** Liquibase would fail with a stack overflow, or never end. */
    refuseEndless(): void {
        const { directory, changelogFile, parameters } = this.changelog;
        const { refused } = readChangelog(directory, changelogFile, parameters, { structureOnly: true });
        if (refused.length > 0) {
            throw new liquibaseErrors.ChangelogEndless({
                changelog: path.join(directory, changelogFile),
                files: refused.map(({ file, reason }) => `${file}: ${reason}`),
            });
        }
    }

    sources(): Sources {
        const { directory, changelogFile, parameters } = this.changelog;
        return readChangelog(directory, changelogFile, parameters);
    }

    open(settings: Settings, engine: Engine, scratch: string): MigrationSession {
        return new Liquibase(settings, this.changelog, scratch, engine);
    }
}

/** What can be said without a database. */
const anyEngine: Pick<Engine, "schemas"> = {
    schemas: {
        unqualified: "the database's default schema",
        choose: "choose it in the database",
        move: (name) => `move the table there, and name it ${name}`,
    },
};

/** Reads `liquibase.properties` and the files beside it; throws one error that lists everything wrong. */
export function readProject(directory: string, { schemas }: Pick<Engine, "schemas"> = anyEngine): LiquibaseProject {
    const { properties, problems } = readLiquibaseProperties(readPropertiesFile(directory), schemas);
    if (problems.length > 0) {
        throw new liquibaseErrors.PropertiesRefused({ file: path.join(directory, propertiesFile), problems });
    }
    return new LiquibaseProject({ directory, ...properties, jars: filesIn(directory, "lib", ".jar") });
}

function readPropertiesFile(directory: string): string {
    const file = path.join(directory, propertiesFile);
    const names = readable(directory, () => fs.readdirSync(directory));
    if (names.includes(propertiesFile)) {
        return readable(file, () => fs.readFileSync(file, "utf8"));
    }
    throw new liquibaseErrors.PropertiesFileMissing({ file });
}
