import * as assert from "node:assert/strict";
import { liquibaseErrors } from "../../scripts/delivery/tools/liquibase/errors";
import { beforeEachProject, type Delivery, type Project } from "../support/delivery";
import { PlanSession } from "../support/planSession";

/** No regular expression of Java comes to an end with it: the back-reference prevents its shortcuts. */
const expression = "((a|aa)+)\\1!";
const text = `${"a".repeat(60)}b`;

describe("a plan of a changelog that would take for ever", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject((fresh, started) => {
        [project, delivery] = [fresh, started];
        project.write({ "liquibase.properties": "changeLogFile=changelog.sql\n" });
    });

    async function stopped(file: string, content: string, budget = { seconds: 0.1, secondsPerMegabyte: 1 }) {
        project.write({ [file]: content });
        const session = new PlanSession(delivery, project, { budget });
        try {
            const error = await session.refusal(file);
            assert.ok(error instanceof liquibaseErrors.PlanExceeded, error.message);
            return error.message;
        } finally {
            await session.close();
        }
    }

    it("is stopped in the delimiter of a changeset, and names it", async () => {
        const message = await stopped(
            "delimiter.sql",
            `--liquibase formatted sql\n--changeset me:1 endDelimiter:${expression}\nSELECT ${text};\n`,
        );
        assert.match(message, /at delimiter\.sql::1::me, in the regular expression of endDelimiter\./);
    });

    it("is stopped in the delimiter of an undo", async () => {
        const rollback = { sql: { sql: `SELECT ${text}`, endDelimiter: expression } };
        const changeSet = { id: 1, author: "me", changes: [{ sql: { sql: "SELECT 1" } }], rollback: [rollback] };
        const message = await stopped("undo.json", JSON.stringify({ databaseChangeLog: [{ changeSet }] }));
        assert.match(message, /at undo\.json::1::me, in the regular expression of endDelimiter\./);
    });

    it("is stopped in a replacement in SQL", async () => {
        const replacement = { regExpReplace: { replace: expression, with: "" } };
        const changes = [{ sql: { sql: `SELECT ${text}` } }];
        const changeSet = { id: 1, author: "me", changes, modifySql: [replacement] };
        const message = await stopped("replace.json", JSON.stringify({ databaseChangeLog: [{ changeSet }] }));
        assert.match(message, /at replace\.json::1::me, in the regular expression of regExpReplace\./);
    });

    it("is stopped while Liquibase reads a file, and names the file", async () => {
        project.write({
            "spaces.sql": `--liquibase formatted sql\n--property ${":".repeat(4000)}${"a b".repeat(4000)}\n`,
        });
        const include = { include: { file: "spaces.sql" } };
        const message = await stopped("root.json", JSON.stringify({ databaseChangeLog: [include] }));
        assert.match(message, /computing at spaces\.sql\. /);
    });
});
