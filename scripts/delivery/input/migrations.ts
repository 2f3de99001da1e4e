import * as fs from "node:fs";
import * as path from "node:path";
import { EnvironmentVariables } from "../../../components/contract";
import { InputError, messageOf } from "../errors";
import { parseChecks, VerificationCheck } from "./checks";
import { type LiquibaseProperties, readLiquibaseProperties } from "./liquibaseProperties";
import { refuseSpecialFiles } from "./sourceFiles";

/** What a migrations directory holds. */
export interface Migrations extends LiquibaseProperties {
    /** Liquibase's search path. */
    directory: string;
    /** `lib/*.jar`: drivers, extensions, changelogs published as jars. */
    jars: string[];
    /** `verify/*.sql`: what must hold after a deployment. */
    checks: VerificationCheck[];
}

const propertiesFile = "liquibase.properties";

/** Reads a migrations directory; throws one error that names everything that is wrong. */
export function readMigrations(directory: string): Migrations {
    const { properties, problems } = readLiquibaseProperties(readPropertiesFile(directory));
    if (problems.length > 0) {
        throw new InputError(
            [`${path.join(directory, propertiesFile)}:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"),
        );
    }
    return {
        directory,
        ...properties,
        jars: filesIn(directory, "lib", ".jar"),
        checks: filesIn(directory, "verify", ".sql").flatMap((file) =>
            parseChecks(
                path.relative(directory, file),
                readable(file, () => fs.readFileSync(file, "utf8")),
            ),
        ),
    };
}

function readPropertiesFile(directory: string): string {
    const file = path.join(directory, propertiesFile);
    if (!fs.existsSync(directory)) {
        throw new InputError(
            `The migrations directory ${directory} does not exist. ${EnvironmentVariables.migrationsDirectory} names it, relative to the root of the source; is it committed?`,
        );
    }
    const names = readable(directory, () => fs.readdirSync(directory));
    refuseSpecialFiles(directory);
    if (names.includes(propertiesFile)) {
        return readable(file, () => fs.readFileSync(file, "utf8"));
    }
    throw new InputError(
        `${file} is missing. It needs at least one line that names the root changelog: changeLogFile=changelog.yaml`,
    );
}

function readable<T>(what: string, read: () => T): T {
    try {
        return read();
    } catch (error) {
        throw new InputError(
            `${what} cannot be read (${messageOf(error)}). Make it readable for the user of the build.`,
        );
    }
}

function filesIn(directory: string, folder: string, extension: string): string[] {
    const full = path.join(directory, folder);
    if (!fs.existsSync(full)) {
        return [];
    }
    return readable(full, () => fs.readdirSync(full))
        .filter((name) => name.endsWith(extension))
        .sort()
        .map((name) => path.join(full, name));
}
