import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changelogOf, checked as checkedDirectory, migrationsWith, tenChangesets } from "../support/checks";

// The short form is test/integration/check.test.ts.

describe("npm run check of a large changelog", () => {
    let scratch: string;
    before(() => {
        scratch = mkdtempSync(join(tmpdir(), "check-test-"));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));

    const checked = (files: Record<string, string>) =>
        checkedDirectory(migrationsWith(scratch, files), join(scratch, "report"));

    it("finds real defects in a third-party changelog", async () => {
        const { report, lines } = await checked(flowableDecisions);
        const found = report.changesets.filter(({ verdict }) => verdict !== "Proven");
        assert.deepEqual(
            found.map(({ id, verdict, details }) => [id, verdict, details[0]]),
            [
                ["4", "NoRollback", "Liquibase derives no rollback from dropColumn."],
                ["7", "NoRollback", "Liquibase derives no rollback from dropIndex."],
            ],
        );
        assert.ok(
            lines.some((line) => line.includes("- column public.act_dmn_")),
            lines.join("\n"),
        );
    });

    it("proves a changelog of 170 changesets", async () => {
        const { report } = await checked(
            changelogOf(Array.from({ length: 17 }, (_, number) => tenChangesets(number)).flat()),
        );
        assert.equal(report.changesets.length, 170);
        assert.equal(report.passed, true);
    });
});

// Flowable's decision engine, the last release that carries Liquibase changelogs: on PostgreSQL two of its changesets
// cannot be undone.
const flowableDecisions = {
    "liquibase.properties": "changeLogFile=org/flowable/dmn/db/liquibase/flowable-dmn-db-changelog.xml\n",
    "pom.xml": `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>aurora-pipeline.test</groupId>
  <artifactId>flowable-decisions</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.flowable</groupId>
      <artifactId>flowable-dmn-engine</artifactId>
      <version>7.0.1</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
`,
};
