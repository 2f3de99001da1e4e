import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEachProject, createTable, type Project } from "../support/delivery";

describe("a plan of a source with hostile files", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        project.changelog(createTable("a"));
    });

    const at = (name: string) => path.join(project.source, "migrations", name);
    const refused = async (expected: RegExp) => {
        const output = await project.buildEnding(2, "plan");
        assert.match(output, expected);
        return output;
    };

    it("opens no FIFO and follows no link out of the directory", async () => {
        fs.mkdirSync(at("verify"));
        execFileSync("mkfifo", [at("verify/pipe.sql")]);
        fs.symlinkSync("/etc/passwd", at("lint.yaml"));
        const output = await refused(/these files cannot be migrations:/);
        assert.match(output, /^ {2}- verify\/pipe\.sql is a FIFO; /m);
        assert.match(output, /^ {2}- lint\.yaml is a symbolic link to \/etc\/passwd, which is outside /m);
        assert.doesNotMatch(output, /root:/);
    });

    it("is made if the directory is a link within the source, and rejected if it leads outside", async () => {
        fs.renameSync(at(""), path.join(project.source, "real"));
        fs.symlinkSync("real", path.join(project.source, "migrations"));
        await project.buildEnding(0, "plan");
        assert.deepEqual(
            project.plan().changes.map(({ id }) => id),
            ["a"],
        );
        const outside = `${project.source}-outside`;
        fs.renameSync(path.join(project.source, "real"), outside);
        fs.symlinkSync(outside, path.join(project.source, "real"));
        await refused(
            /^AP1007: The migrations directory \S+\/migrations is a symbolic link to \S+-outside, outside the source\. /m,
        );
    });

    it("refuses SQL that is nested 100,000 levels deep, and names what cannot be judged of it", async () => {
        const nested = `SELECT ${"(".repeat(100_000)}1${")".repeat(100_000)};`;
        project.changelog(createTable("a"), `--changeset me:deep\n${nested}\n--rollback empty`);
        await project.buildEnding(1, "plan");
        const found = project.plan().lint!.findings.filter(({ rule }) => rule === "unreadable-sql");
        assert.deepEqual(
            found.map(({ changeset, file, level }) => [changeset, file, level]),
            [["changelog.sql::deep::me", "changelog.sql", "error"]],
        );
    });

    it("names the circle of changelogs that include each other", async () => {
        const include = (file: string) => `databaseChangeLog:\n- include: {file: ${file}}\n`;
        project.write({
            "liquibase.properties": "changeLogFile=a.yaml\n",
            "a.yaml": include("b.yaml"),
            "b.yaml": include("a.yaml"),
        });
        await refused(/ {2}- a\.yaml: it includes itself: a\.yaml → b\.yaml → a\.yaml$/m);
    });

    it("names a circle that only Liquibase sees: by a parameter of the changelog, in another element", async () => {
        const property = "- property: {name: next, value: a.yaml}\n";
        project.write({
            "liquibase.properties": "changeLogFile=a.yaml\n",
            "a.yaml": `databaseChangeLog:\n${property}- include: {file: b.yaml}\n`,
            "b.yaml": 'databaseChangeLog:\n- include: {file: "${next}"}\n',
        });
        await refused(/a\.yaml: it includes itself: a\.yaml → b\.yaml → a\.yaml/);
        const namespace = "http://www.liquibase.org/xml/ns/dbchangelog";
        const xml = (content: string) =>
            `<databaseChangeLog xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${namespace} ${namespace}/dbchangelog-latest.xsd">${content}</databaseChangeLog>`;
        project.write({
            "a.yaml": "databaseChangeLog:\n- include: {file: b.xml}\n",
            "b.xml": xml('<modifyChangeSets runWith="jdbc"><include file="b.xml"/></modifyChangeSets>'),
        });
        await refused(/b\.xml: it includes itself: a\.yaml → b\.xml → b\.xml/);
    });

    it("does not expand aliases and entities without bound", async () => {
        const names = [..."abcdefghij"];
        const bomb = names.map(
            (name, index) =>
                `${name}: &${name} [${Array(9)
                    .fill(index === 0 ? "x" : `*${names[index - 1]}`)
                    .join(",")}]`,
        );
        project.write({
            "liquibase.properties": "changeLogFile=a.yaml\n",
            "a.yaml": `${bomb.join("\n")}\ndatabaseChangeLog:\n- include: {file: b.xml}\n- changeSet: {id: 1, author: me, changes: *j}\n`,
        });
        await refused(/ {2}- a\.yaml: its aliases expand to more than 1000000 nodes \(\*f\)$/m);
        project.write({
            "a.yaml": "databaseChangeLog:\n- include: {file: b.xml}\n",
            "b.xml": '<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><databaseChangeLog/>',
        });
        await refused(/ {2}- b\.xml: it declares an entity \(<!ENTITY a …\); write its text where it is used$/m);
        project.write({
            "b.xml": '<!-- <a --><!DOCTYPE a SYSTEM "<!--" [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><databaseChangeLog/>',
        });
        await refused(/ {2}- b\.xml: it declares an entity \(<!ENTITY a …\); write its text where it is used$/m);
    });
});
