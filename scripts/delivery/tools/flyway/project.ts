import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { readable } from "../../files";
import type { Settings } from "../../settings";
import type { Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { flywayErrors } from "./errors";
import { Flyway } from "./flyway";
import { namingOf, readScripts, type Script, sourcesOf } from "./scripts";
import { type FlywaySettings, readFlywaySettings } from "./settings";

const files = ["flyway.toml", "flyway.conf"] as const;
/** Where Flyway's command line looks for scripts, and then the directory itself. */
const defaultLocations = ["sql", "."];

/** Scripts, and Flyway's settings for them. */
export class FlywayProject implements Project {
    constructor(
        private readonly directory: string,
        private readonly scripts: Script[],
        private readonly config: FlywaySettings & { locations: string[] },
    ) {}

    /** A folder of scripts ends. */
    refuseEndless(): void {}

    sources(): Sources {
        return sourcesOf(this.directory, this.scripts);
    }

    open(settings: Settings, engine: Engine): MigrationSession {
        return new Flyway(settings, this.directory, this.config, engine);
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

/** Reads Flyway's settings and the names of the scripts; throws one error that lists everything wrong. */
export function readProject(directory: string, { schemas }: Pick<Engine, "schemas"> = anyEngine): FlywayProject {
    const [toml, conf] = files.map((name) => contentOf(path.join(directory, name)));
    const { settings, problems } = readFlywaySettings({ toml, conf }, schemas);
    if (problems.length > 0) {
        throw new flywayErrors.FlywaySettingsRefused({
            file: path.join(directory, files[toml === undefined ? 1 : 0]),
            problems,
        });
    }
    const locations = settings.locations ?? [
        defaultLocations.find((name) => fs.existsSync(path.join(directory, name)))!,
    ];
    const read = readScripts(directory, locations, namingOf(settings));
    if (read.problems.length > 0) {
        throw new flywayErrors.FlywayScriptsRefused({ directory, problems: read.problems });
    }
    return new FlywayProject(directory, read.scripts, { ...settings, locations });
}

function contentOf(file: string): string | undefined {
    return fs.existsSync(file) ? readable(file, () => fs.readFileSync(file, "utf8")) : undefined;
}

/** The files by which a directory is recognized as Flyway's. */
export function filesOf(paths: readonly string[]): string[] {
    const own = paths.filter((name) => (files as readonly string[]).includes(name));
    const scripts = paths.filter((name) => /(^|\/)(V\d+([._]\d+)*|R|B\d+([._]\d+)*)__[^/]*\.sql$/.test(name));
    return [...own, ...scripts];
}
