import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { inputErrors } from "../../errors";
import { filesIn, readable } from "../../files";
import type { Settings } from "../../settings";
import type { Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { readChangelog } from "./changelog/changelog";
import { Liquibase } from "./liquibase";
import { type Changelog, readLiquibaseProperties } from "./properties";

const propertiesFile = "liquibase.properties";

/** A changelog and what it includes. */
export class LiquibaseProject implements Project {
    constructor(readonly changelog: Changelog) {}

    /** Liquibase would fail with a stack overflow, or never end. */
    refuseEndless(): void {
        const { directory, changelogFile, parameters } = this.changelog;
        const { refused } = readChangelog(directory, changelogFile, parameters, { structureOnly: true });
        if (refused.length > 0) {
            throw new inputErrors.ChangelogEndless({
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

/** Reads `liquibase.properties` and the files beside it; throws one error that lists everything wrong. */
export function readProject(directory: string): LiquibaseProject {
    const { properties, problems } = readLiquibaseProperties(readPropertiesFile(directory));
    if (problems.length > 0) {
        throw new inputErrors.PropertiesRefused({ file: path.join(directory, propertiesFile), problems });
    }
    return new LiquibaseProject({ directory, ...properties, jars: filesIn(directory, "lib", ".jar") });
}

function readPropertiesFile(directory: string): string {
    const file = path.join(directory, propertiesFile);
    const names = readable(directory, () => fs.readdirSync(directory));
    if (names.includes(propertiesFile)) {
        return readable(file, () => fs.readFileSync(file, "utf8"));
    }
    throw new inputErrors.PropertiesFileMissing({ file });
}
