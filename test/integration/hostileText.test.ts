import * as assert from "node:assert/strict";
import { parseXml } from "@rgrove/parse-xml";
import { beforeEachProject, type Project } from "../support/delivery";

/** What a log must not hold: a line that a runner or CloudWatch obeys, or a character that a terminal does. */
function assertHarmless(output: string): void {
    for (const line of output.split("\n")) {
        assert.doesNotMatch(line, /^\s*::|##\[/, output);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/, output);
        if (line.trimStart().startsWith("{")) assert.match(line, /^\{"_aws":\{"Timestamp":\d+,"CloudWatchMetrics":/);
    }
}

const changelog = (sql: string) =>
    JSON.stringify({
        databaseChangeLog: [
            {
                changeSet: {
                    id: "1\n::error::forged\u001b[31m",
                    author: "ana\u202e @admin",
                    comment: '<script>alert(1)</script>\n# heading ![image](https://e.example/i.png)\n{"_aws":{}}',
                    changes: [{ sql: { sql, splitStatements: false } }],
                    rollback: [{ sql: { sql: "SELECT 1" } }],
                },
            },
        ],
    });

describe("hostile text in a changelog", function () {
    this.timeout(240_000);
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        project.write({ "liquibase.properties": "changeLogFile=changelog.json\n" });
    });

    it("harms neither log, page, report nor record of a plan, and is shown", async () => {
        project.write({
            "changelog.json": changelog('SELECT 1 AS "a\u202eb"; -- </code></pre><script>'),
        });
        const output = await project.buildEnding(0, "plan");
        assertHarmless(output);
        assert.ok(output.includes("1\\u{a}::error::forged\\u{1b}[31m::ana\\u{202e} @admin"), output);
        const page = project.artifact("plan.html");
        assert.doesNotMatch(page, /<script|<img/);
        assert.ok(page.includes("SELECT 1 AS &quot;a\\u{202e}b&quot;; -- &lt;/code&gt;"));
        assert.ok(project.artifact("plan.md").includes("`<script>alert(1)</script>\\u{a}#`"));
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(project.everything(), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
        assert.equal(project.plan().changes[0]!.author, "ana\u202e @admin");
    });

    it("of the server's own message harms neither log nor report, and its further lines are marked", async () => {
        const message = 'no\n::error::forged\n{"_aws":{}}\n\u001b[2Jgone \u202e';
        project.write({ "changelog.json": changelog(`DO $$ BEGIN RAISE EXCEPTION '${message}'; END $$`) });
        const { code, raw } = await project.build("deploy");
        assert.equal(code, 1, raw);
        assertHarmless(raw);
        assert.match(raw, /^\| +\\u\{3a\}:error::forged$/m);
        assert.match(raw, /^\| +\\u\{7b\}"_aws":\{\}\}$/m);
        assert.ok(raw.includes("\\u{1b}[2Jgone \\u{202e}"), raw);
        parseXml(project.report());
        assert.ok(project.deployment().error!.includes("\u001b[2Jgone \u202e"));
    });
});
