import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { NodeVersions, Runtimes } from "../../components/contract";
import { nodeDirectory } from "../../scripts/node/directory";
import { beforeEachProject, createTable, type Project } from "../support/delivery";
import { nonEmpty } from "../support/nonEmpty";

// The delivery program on the oldest and the newest supported Node.js, and on the one that builds choose. The unit tests
// run on both ends as well: scripts/test/main.ts.

const versions = [...new Set([NodeVersions[0]!, Number(Runtimes.nodejs), NodeVersions.at(-1)!])];

/** All that a reader of lines could take for their end, and more that it could stumble over. */
const hostile = 'line\u2028separator \u2029 next\u0085line \ufeff \u{1f600} ü \\ " \' ["exit",0] \u001b[31m';
const quoted = hostile.replaceAll("'", "''");

const speaks = `--changeset me:speaks splitStatements:false
--comment ${hostile}
DO $$ BEGIN RAISE NOTICE '%', '${quoted}'; RAISE WARNING '%', E'two\\nlines\\r ${quoted.replaceAll("\\", "\\\\")}'; END $$;
--rollback SELECT 1;`;
const fails = `--changeset me:fails splitStatements:false
DO $$ BEGIN RAISE EXCEPTION '%', E'first\\n["exit",0]\\n${quoted.replaceAll("\\", "\\\\")}'; END $$;
--rollback SELECT 1;`;

describe("the delivery program on every supported Node.js", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
    });

    for (const major of nonEmpty(versions)) {
        it(`deploys, and undoes what fails, whatever characters the server's messages have (Node.js ${major})`, async () => {
            const node = path.join(nodeDirectory(major), "node");
            assert.match(execFileSync(node, ["--version"], { encoding: "utf8" }), new RegExp(`^v${major}\\.`));

            project.changelog(createTable("kept"), speaks);
            const planned = await project.buildEnding(0, "plan", { node });
            const deployed = await project.buildEnding(0, "deploy", { node });
            assert.equal(project.deployment().status, "Succeeded");

            project.nextExecution();
            project.changelog(createTable("kept"), speaks, createTable("undone"), fails);
            const failed = await project.buildEnding(1, "deploy", { node });
            const { status, undone, remaining, error = "" } = project.deployment();
            assert.equal(status, "Failed");
            assert.deepEqual(
                undone.map(({ id }) => id),
                ["undone"],
            );
            assert.deepEqual(remaining, []);
            assert.ok(error.includes(hostile), error);

            // A supported version gives no reason to warn.
            assert.doesNotMatch(planned + deployed + failed, /DeprecationWarning|\(node:\d+\)/);
        });
    }
});
