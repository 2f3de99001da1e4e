import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../engines/engine";
import { inputErrors } from "../errors";
import type { Migrations } from "../context";
import type { MigrationTool } from "../tools/tool";
import { readBaseline } from "./baseline";
import { parseChecks } from "./checks";
import { filesIn, readable } from "../files";
import { refuseSpecialFiles } from "./sourceFiles";

/** Reads a migrations directory; throws one error that lists everything wrong with it. */
export function readMigrations(
    directory: string,
    tool: Pick<MigrationTool, "readProject" | "terms">,
    engine?: Pick<Engine, "schemas">,
): Migrations {
    refuseUnreadable(directory, tool.terms);
    return {
        directory,
        project: tool.readProject(directory, engine),
        baseline: readBaseline(directory),
        checks: filesIn(directory, "verify", ".sql").flatMap((file) =>
            parseChecks(
                path.relative(directory, file),
                readable(file, () => fs.readFileSync(file, "utf8")),
            ),
        ),
    };
}

/** Runs before any file in it is opened. */
export function refuseUnreadable(directory: string, terms: MigrationTool["terms"]): void {
    if (!fs.existsSync(directory)) {
        throw new inputErrors.MigrationsDirectoryMissing({ directory });
    }
    readable(directory, () => fs.readdirSync(directory));
    refuseSpecialFiles(directory, terms);
}
