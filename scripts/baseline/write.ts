import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Baseline } from "../delivery/baseline";
import { jsonText } from "../delivery/report/text";
import { baselineErrors } from "./errors";
import type { Statement } from "./generate";

/** Where `--generate` writes the changeset that describes a database. */
export const generatedFile = "changesets/000-baseline.sql";

/** One entry of the catalog a line, so that a review shows what changed. */
export function baselineText({ catalog, ...baseline }: Baseline): string {
    const { entries, ...described } = catalog;
    const lines = entries.map((entry) => `      ${jsonText(entry).replaceAll(/\n\s*/g, " ").trim()}`);
    const start = jsonText({ ...baseline, catalog: { ...described, entries: [] } });
    return start.replace('"entries": []', () => `"entries": [\n${lines.join(",\n")}\n    ]`);
}

/** Writes the statements as one changeset, and what includes it if the directory has no changelog. Returns the file. */
export function writeGenerated(migrations: string, statements: Statement[]): string {
    const file = join(migrations, generatedFile);
    if (existsSync(file)) {
        throw new baselineErrors.GeneratedExists({ file });
    }
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(join(migrations, "liquibase.properties"))) {
        writeFileSync(join(migrations, "liquibase.properties"), "changeLogFile=changelog.yaml\n", { flag: "wx" });
        writeFileSync(
            join(migrations, "changelog.yaml"),
            "databaseChangeLog:\n  - includeAll:\n      path: changesets\n      relativeToChangelogFile: true\n",
            { flag: "wx" },
        );
    }
    writeFileSync(file, changelogText(statements));
    return file;
}

/**
 * One changeset: it is marked, or it runs in one transaction. Its comments are kept, for those in functions are part of
 * them, and it is sent as a whole, for so are their semicolons.
 */
export function changelogText(statements: Statement[]): string {
    return [
        "--liquibase formatted sql",
        "",
        "--changeset baseline:000-baseline splitStatements:false stripComments:false",
        "--rollback not required: the database had this before the pipeline",
        ...statements.map(({ sql }) => `${sql};\n`),
    ].join("\n");
}
