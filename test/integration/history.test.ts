import * as assert from "node:assert/strict";
import { beforeEachProject, type Project } from "../support/delivery";

const prices = `--liquibase formatted sql

--changeset lea:prices
CREATE TABLE price (id bigint PRIMARY KEY, cents bigint);
--rollback DROP TABLE price;

--changeset lea:raise
UPDATE price SET cents = cents * 2 WHERE id > 0;
--rollback UPDATE price SET cents = cents / 2 WHERE id > 0;`;
const everything = "databaseChangeLog:\n  - includeAll: {path: changesets/, relativeToChangelogFile: true}\n";
const table = (name: string, id = name) =>
    `--changeset me:${id}\nCREATE TABLE ${name} (id bigint PRIMARY KEY);\n--rollback DROP TABLE ${name};`;

describe("a plan that compares the source with the history", function () {
    this.timeout(240_000);
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
    });

    const inProd = { environment: { ENVIRONMENT_NAME: "prod" } };
    const found = (rule: string) =>
        (project.plan().lint?.findings ?? []).flatMap(({ rule: of, level, what, file }) =>
            of === rule ? [{ level, what, file }] : [],
        );

    it("stops a file that was renamed: its changesets would run again", async () => {
        project.write({
            "liquibase.properties": "changeLogFile=changelog.yaml\n",
            "changelog.yaml": everything,
            "changesets/1-prices.sql": prices,
        });
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        project.clear();
        const renamed = {
            "liquibase.properties": "changeLogFile=changelog.yaml\n",
            "changelog.yaml": everything,
            "changesets/001-prices.sql": prices,
        };
        project.write(renamed);
        await project.buildEnding(1, "plan");
        assert.deepEqual(
            found("renamed-file").map(({ level, what }) => [level, what.replace(/on \d{4}-\d\d-\d\d/, "on <date>")]),
            ["prices", "raise"].map((id) => [
                "error",
                `lea:${id} has run on <date> as changesets/1-prices.sql, which the source does not contain any more; as changesets/001-prices.sql it would run again.`,
            ]),
        );
        assert.deepEqual(found("missing-source"), []);

        // The way out that the finding names.
        project.write({
            ...renamed,
            "changesets/001-prices.sql": prices.replace(
                "formatted sql",
                "formatted sql logicalFilePath:changesets/1-prices.sql",
            ),
        });
        assert.match(await project.buildEnding(0, "plan", inProd), /Nothing pending/);
        assert.deepEqual(project.plan().lint?.findings, []);
    });

    it("names changesets that ran and are gone from the source, even when nothing is pending", async () => {
        project.changelog(table("orders"), table("visits"));
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        project.changelog(table("orders"));
        await project.buildEnding(0, "plan");
        const what = "The database has run 1 changeset that the source does not contain any more: me:visits.";
        assert.deepEqual(found("missing-source"), [{ level: "warning", what, file: "changelog.sql" }]);
        await project.buildEnding(1, "plan", inProd);
        assert.deepEqual(found("missing-source"), [{ level: "error", what, file: "changelog.sql" }]);
        // A context that excludes a changeset does not remove it.
        project.changelog(table("orders"), table("visits").replace("me:visits", "me:visits context:other"));
        await project.buildEnding(0, "plan", { environment: { LIQUIBASE_CONTEXTS: "prod" } });
        assert.deepEqual(found("missing-source"), []);
    });

    for (const [where, name, column] of [
        ["admin", "databasechangelog", "id"],
        ["legacy", '"DATABASECHANGELOG"', '"ID"'],
    ] as const) {
        it(`finds a changeset in another history, ${where}.${name}`, async () => {
            await project.query(
                `CREATE SCHEMA IF NOT EXISTS ${where}; GRANT USAGE ON SCHEMA ${where} TO PUBLIC;
                 CREATE TABLE ${where}.${name} (${column} text, author text, filename text);
                 INSERT INTO ${where}.${name} VALUES ('orders', 'me', 'db/changelog.sql'), ('else', 'me', 'db/changelog.sql');
                 GRANT SELECT ON ${where}.${name} TO PUBLIC`,
            );
            project.changelog(table("orders"), table("visits"));
            await project.buildEnding(1, "plan");
            const shown = `"${where}"."${name.replaceAll('"', "")}"`;
            assert.deepEqual(
                found("applied-elsewhere").map(({ what }) => what),
                [`According to the history in ${shown}, me:orders has already run in this database.`],
            );
            assert.deepEqual(found("other-history"), [
                {
                    level: "warning",
                    what: `The database has another history of changesets, ${shown}, with 2 rows.`,
                    file: shown,
                },
            ]);
            await project.buildEnding(1, "plan", inProd);
            assert.deepEqual(
                found("other-history").map(({ level }) => level),
                ["error"],
            );
        });
    }

    it("stops where another history cannot be read, until it can", async () => {
        await project.query(
            "CREATE SCHEMA hidden; CREATE TABLE hidden.databasechangelog (id text, author text, filename text)",
        );
        project.changelog(table("orders"));
        await project.buildEnding(1, "plan");
        const file = '"hidden"."databasechangelog"';
        const what = `The database has another history of changesets, ${file}, which cannot be read.`;
        assert.deepEqual(found("unreadable-history"), [{ level: "error", what, file }]);
        await project.query(
            "GRANT USAGE ON SCHEMA hidden TO PUBLIC; GRANT SELECT ON hidden.databasechangelog TO PUBLIC",
        );
        await project.buildEnding(0, "plan");
        assert.deepEqual(found("unreadable-history"), []);
    });

    it("calls the second changeset with a name a duplicate, not an edit", async () => {
        project.changelog(table("orders"), table("visits"));
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        project.changelog(table("orders"), table("visits"), table("more_visits", "visits"));
        const output = await project.buildEnding(2, "plan");
        assert.match(output, /AP1403: [^]*changelog\.sql::visits::me\n\s+changelog\.sql::visits::me/);
        assert.doesNotMatch(output, /edited/);

        // Liquibase itself takes it for another form of the first.
        project.changelog(table("orders"), table("visits"), table("more_visits", "VISITS"));
        await project.buildEnding(1, "plan", inProd);
        assert.deepEqual(found("duplicate-id"), [
            {
                level: "error",
                what: "me:VISITS differs only in case from me:visits in changelog.sql, line 7.",
                file: "changelog.sql",
            },
        ]);
    });

    it("rejects a history that Liquibase would treat as its own and could not read", async () => {
        await project.query('CREATE TABLE "DATABASECHANGELOG" ("ID" text, "AUTHOR" text, "FILENAME" text)');
        project.changelog(table("orders"));
        assert.match(
            await project.buildEnding(2, "plan"),
            /AP1110: The table "public"\."DATABASECHANGELOG" is named like Liquibase's history/,
        );
    });

    it("names the changeset without a rollback when a release is to be undone", async () => {
        project.changelog(table("orders"), "--changeset me:rows\nINSERT INTO orders VALUES (1);", table("visits"));
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        const output = await project.buildEnding(2, "plan", { environment: { ROLLBACK_TO: release } });
        assert.match(
            output,
            /AP1510: The changeset changelog\.sql::rows::me cannot be undone: it has no rollback, and Liquibase cannot generate one; nothing was undone\./,
        );
        assert.equal((await project.tables()).includes("visits"), true);
        assert.match(
            await project.buildEnding(2, "plan", { environment: { ROLLBACK_TO: "release-none" } }),
            new RegExp(
                `AP1504: Unknown tag release-none\\. [^]*  - ${release} \\(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d, 3 changesets\\)`,
            ),
        );
    });
});
