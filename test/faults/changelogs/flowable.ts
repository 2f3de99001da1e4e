import * as fs from "node:fs";
import * as path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { openLocalDirectory } from "../../../scripts/local/directories";
import { jarsIn } from "../../../scripts/local/pipeline/artifacts";
import { openMigrations, resolveJars } from "../../../scripts/local/source/migrations";
import { ensureToolchain } from "../../../scripts/toolchain/ensure";
import type { Project } from "../../support/delivery";
import { type Changelog, failingChangeset } from "./changelog";

const directory = path.join(__dirname, "../../../examples/flowable-changelog");
const root = "org/flowable/cmmn/db/liquibase/flowable-cmmn-db-changelog.xml";

/** A public one that nobody here wrote: Flowable's, in the jar from Maven that its `pom.xml` names. A part is a changeset. */
export async function flowable(): Promise<Changelog> {
    const jars = await resolveJars(openMigrations(directory), openLocalDirectory().jars, jarsIn(ensureToolchain()), {
        signal: new AbortController().signal,
        say: () => {},
    });
    const changesets = splitChangelog(jars);
    const writeAll = (project: Project, properties: string) => {
        project.clear();
        project.write({ "liquibase.properties": properties });
        project.copy(...jars.map((jar): [string, string] => [`lib/${path.basename(jar)}`, jar]));
    };
    const given = fs.readFileSync(path.join(directory, "liquibase.properties"), "utf8");
    return {
        name: "Flowable's changelog",
        write(project, parts) {
            if (parts === undefined) {
                writeAll(project, given);
                return;
            }
            // The same file as in the jar, which is left out, up to there: the same changesets to Liquibase.
            project.clear();
            project.write({ "liquibase.properties": given, [root]: changesets.first(parts) });
        },
        writeFailing(project) {
            writeAll(project, "changeLogFile=failing.yaml\n");
            project.write({
                "failing.yaml": `databaseChangeLog:\n  - include: {file: ${root}}\n  - include: {file: failing.sql}\n`,
                "failing.sql": `--liquibase formatted sql\n\n${failingChangeset}\n`,
            });
        },
        beginnings: [1, 2, 3, 8],
        contended: {
            parts: 1,
            tables: ["act_cmmn_ru_plan_item_inst", "act_cmmn_ru_case_inst", "act_cmmn_casedef"],
            modes: ["ACCESS SHARE", "ROW EXCLUSIVE"],
        },
    };
}

function splitChangelog(jars: string[]): { first(parts: number): string } {
    const [xml] = jars
        .flatMap((jar) => Object.values(unzipSync(fs.readFileSync(jar), { filter: ({ name }) => name === root })))
        .map((bytes) => strFromU8(bytes));
    if (xml === undefined) {
        throw new Error(`No jar of ${directory} has ${root}.`);
    }
    const end = "</changeSet>";
    const pieces = xml.split(end);
    return { first: (parts) => `${pieces.slice(0, parts).join(end)}${end}\n</databaseChangeLog>\n` };
}
