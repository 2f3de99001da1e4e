import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import { readSettings } from "../../scripts/delivery/input/settings";
import { Liquibase } from "../../scripts/delivery/tools/liquibase/liquibase";
import { LiquibaseProject, readProject } from "../../scripts/delivery/tools/liquibase/project";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";

const namespace = 'xmlns="http://www.liquibase.org/xml/ns/dbchangelog"';
const schema = "http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd";

const xml = (content: string, location = schema) =>
    `<databaseChangeLog ${namespace} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog ${location}">${content}</databaseChangeLog>`;

const changeSet = (content: string) => `<changeSet id="1" author="me">${content}<rollback/></changeSet>`;

/** What a changelog can read: files of its directory, and nothing else. */
describe("a changelog that reads", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject((fresh, started) => {
        [project, delivery] = [fresh, started];
        // Beside the migrations directory, where a path that leads out of it ends.
        fs.writeFileSync(path.join(project.source, "outside.sql"), "CREATE TABLE from_outside (id int);");
        fs.writeFileSync(path.join(project.source, "outside.properties"), "secret=hidden-value");
        project.write({ "liquibase.properties": "changeLogFile=changelog.xml\n", "inside.sql": "SELECT 1;" });
    });

    const outside: Record<string, string> = {
        "a SQL file above the directory": changeSet('<sqlFile path="../outside.sql"/>'),
        "a SQL file above the directory, relative to the changelog": changeSet(
            '<sqlFile path="../outside.sql" relativeToChangelogFile="true"/>',
        ),
        "a SQL file by a way through the directory": changeSet('<sqlFile path="more/../../outside.sql"/>'),
        "data above the directory": changeSet('<loadData tableName="a" file="../outside.properties"/>'),
        "properties above the directory": `<property file="../outside.properties"/>`,
        "properties relative to the changelog": `<property file="../outside.properties" relativeToChangelogFile="true"/>`,
        "another changelog above the directory": '<include file="../outside.sql"/>',
        "all changelogs above the directory": '<includeAll path="more/../.."/>',
    };
    // Liquibase itself makes "not found" of the refusal where it looks for a SQL file.
    const leadsOut = /The path \S+ leads out of the migrations directory\.|The file \S+ was not found/;

    /** What a plan refuses each of these changelogs for: as a build does it, but in one session of Liquibase. */
    async function refusals(changelogs: Record<string, string>): Promise<Record<string, string>> {
        const settings = readSettings("plan", project.environment(), delivery.toolchain);
        const found: Record<string, string> = {};
        const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "repository-files-"));
        const { changelog } = readProject(settings.migrations);
        const session = new Liquibase(settings, changelog, scratch, postgresql);
        try {
            for (const [index, [what, content]] of Object.entries(changelogs).entries()) {
                changelog.changelogFile = `changelog-${index}.xml`;
                project.write({ [changelog.changelogFile]: content });
                await assert.rejects(
                    async () => {
                        new LiquibaseProject(changelog).refuseEndless();
                        await session.previewUpdate();
                    },
                    (error: Error) => {
                        found[what] = error.message;
                        return true;
                    },
                    what,
                );
                fs.rmSync(path.join(settings.migrations, changelog.changelogFile));
            }
        } finally {
            await session.close();
            fs.rmSync(scratch, { recursive: true });
        }
        return found;
    }

    describe("outside its directory", () => {
        let refused: Record<string, string>;
        beforeEach(async () => {
            refused ??= await refusals(
                Object.fromEntries(Object.entries(outside).map(([what, content]) => [what, xml(content)])),
            );
        });

        for (const what of Object.keys(outside)) {
            it(`${what} is refused`, () => {
                assert.match(refused[what]!, leadsOut);
                assert.doesNotMatch(refused[what]!, /hidden-value|from_outside/);
            });
        }

        it("is refused by a plan, which shows nothing of the file", async () => {
            project.write({ "changelog.xml": xml(outside["properties above the directory"]!) });
            const output = await project.buildEnding(2, "plan");
            assert.match(output, leadsOut);
            assert.doesNotMatch(output + project.everything(), /hidden-value|from_outside/);
        });
    });

    it("an absolute path means one of the directory", async () => {
        const absolute = path.join(project.source, "outside.sql");
        const refused = await refusals({
            "a SQL file": xml(changeSet(`<sqlFile path="${absolute}"/>`)),
            "all changelogs": xml(`<includeAll path="/${path.dirname(absolute)}"/>`),
        });
        assert.doesNotMatch(Object.values(refused).join("\n"), /from_outside/);
        project.write({ "changelog.xml": xml(changeSet('<sqlFile path="/inside.sql"/>')) });
        await project.buildEnding(0, "plan");
    });

    describe("from elsewhere", () => {
        const requests: string[] = [];
        let server: http.Server;
        let address: string;
        before(async () => {
            server = http.createServer((request, response) => {
                requests.push(request.url ?? "");
                response.end();
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        });
        after(() => server.close());

        it("fetches nothing, and reads no file by an entity", async () => {
            const entity = (system: string) =>
                `<!DOCTYPE databaseChangeLog [<!ENTITY other SYSTEM "${system}">]>${xml(changeSet("<sql>&other;</sql>"))}`;
            const changelogs = [
                xml(changeSet("<sql>SELECT 1</sql>"), `${address}/schema.xsd`),
                `<!DOCTYPE databaseChangeLog SYSTEM "${address}/changelog.dtd">${xml("")}`,
                entity(`${address}/entity`),
                entity(`file://${path.join(project.source, "outside.properties")}`),
                entity("http://../outside.properties"),
                xml(`<include file="${address}/changelog.xml"/>`),
                xml(changeSet(`<sqlFile path="${address}/changes.sql"/>`)),
            ];
            const refused = await refusals(Object.fromEntries(changelogs.entries()));
            assert.equal(Object.keys(refused).length, changelogs.length);
            assert.doesNotMatch(Object.values(refused).join("\n"), /hidden-value/);
            assert.deepEqual(requests, []);
        });
    });

    it("its password as a parameter finds none", async () => {
        project.write({
            "liquibase.properties": "changeLogFile=changelog.sql\n",
            "changelog.sql": `--liquibase formatted sql\n\n${createTable("one")}\n\n--changeset me:two\nSELECT '\${liquibase.command.password}', '\${DB_PASSWORD}', '\${LIQUIBASE_COMMAND_PASSWORD}';\n--rollback empty\n`,
        });
        await project.buildEnding(0, "plan");
        const [, second] = project.plan().changes;
        assert.deepEqual(second?.sql, [
            "SELECT '${liquibase.command.password}', '${DB_PASSWORD}', '${LIQUIBASE_COMMAND_PASSWORD}';",
        ]);
    });

    it("its parameters finds them, and no setting of Liquibase among them", async () => {
        project.changelog(createTable("one"));
        const settings = [
            "outputFile=../.delivery/exports.env",
            "command.url=jdbc:postgresql://127.0.0.1:1/x",
            "secureParsing=false",
            "searchPath=..",
        ];
        project.write({
            "liquibase.properties": [
                "changeLogFile=changelog.sql",
                ...settings.map((one) => `parameter.liquibase.${one}`),
            ].join("\n"),
        });
        const output = await project.buildEnding(2, "plan");
        for (const [index, setting] of settings.entries()) {
            assert.ok(
                output.includes(
                    `  - line ${index + 2}, parameter.liquibase.${setting.split("=")[0]}: names that begin with`,
                ),
                output,
            );
        }
        assert.ok(!fs.existsSync(path.join(project.source, ".delivery/exports.env")));
        // Allowed names are not settings either, although Liquibase has a setting with such a name.
        project.write({
            "liquibase.properties":
                'changeLogFile=changelog.sql\nparameter.outputFile=../.delivery/exports.env\nparameter.url=jdbc:x\nparameter.secureParsing=false\nparameter.table=größe, $1 \\\\ "two"\n',
        });
        project.changelog(
            createTable("one"),
            "--changeset me:two\nSELECT '${table}', '${outputFile}';\n--rollback empty",
        );
        await project.buildEnding(0, "plan");
        assert.deepEqual(project.plan().changes[1]?.sql, [`SELECT 'größe, $1 \\ "two"', '../.delivery/exports.env';`]);
        assert.match(project.exports(), /^PLANNED_CHANGES=2$/m);
    });
});
