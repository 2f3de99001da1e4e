import * as fs from "node:fs";
import * as path from "node:path";
import type { Project } from "../../support/delivery";
import { type Changelog, failingChangeset } from "./changelog";

const migrations = path.join(__dirname, "../../../migrations");
const changesets = fs.readdirSync(path.join(migrations, "changesets")).sort();

/** The sample schema of this repository; a part of it is a file. */
export const sample: Changelog = {
    name: "the sample schema",
    write(project, parts) {
        const wanted = filesOf(migrations).filter((file) => /\.(sql|xml|yaml|json|properties)$/.test(file));
        if (parts === undefined) {
            copy(project, wanted);
            return;
        }
        const left = changesets.slice(parts).map((file) => path.join("changesets", file));
        copy(
            project,
            wanted.filter((file) => !left.includes(file) && !/^(repeatable|verify)/.test(file)),
        );
        project.write({
            "changelog.yaml":
                "databaseChangeLog:\n  - includeAll: {path: changesets/, relativeToChangelogFile: true}\n",
        });
    },
    writeFailing(project) {
        this.write(project);
        project.write({ "repeatable/zz-failing.sql": `--liquibase formatted sql\n\n${failingChangeset}\n` });
    },
    beginnings: [1, 2, 4, 5],
    // A transaction that has read the table, or written to it: columns are added to it.
    contended: { parts: 4, tables: ["customers"], modes: ["ACCESS SHARE", "ROW EXCLUSIVE"] },
};

function filesOf(directory: string): string[] {
    return fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
}

/** In place of whatever was there. */
function copy(project: Project, files: string[]): void {
    project.clear();
    project.write(
        Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(migrations, file), "utf8")])),
    );
}
