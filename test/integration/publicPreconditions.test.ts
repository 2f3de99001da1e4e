import * as assert from "node:assert/strict";
import { flowable } from "../faults/changelogs/flowable";
import { beforeDelivery, type Project } from "../support/delivery";

// Public changelogs are written for several databases. What is for another one is decided by the attribute `dbms`
// (Flowable), or by preconditions (the form that API gateways and identity servers publish), or by contexts of changesets with the same name (Fineract).
const environment = { ENVIRONMENT_NAME: "prod" };
// Both have defects that prod's lint refuses, and that are not the subject here.
const lint = "environments:\n  prod: { profile: lenient }\n";

describe("a public changelog for several databases, in prod", function () {
    this.timeout(300_000);
    let project: Project;

    describe("that says so by preconditions", () => {
        let first: string;
        beforeDelivery(async (delivery) => {
            project = await delivery.project();
            project.clear();
            project.write({ ...gateway });
            first = await project.buildEnding(0, "plan", { environment });
        });

        it("is planned as it will run: what is for another database is only marked", () => {
            assert.deepEqual(
                project.plan().changes.map(({ id, decision }) => [id, decision?.outcome]),
                [
                    ["1.18.0-pages", undefined],
                    ["1.18.0-pages-mssql", "Marked"],
                    ["3.5.0-permissions", undefined],
                    ["3.6.0-permissions-elsewhere", "Marked"],
                    ["3.7.0-names", undefined],
                ],
            );
            assert.match(first, /1\.18\.0-pages-mssql::gateway \(will only be marked as run: .*mssql/);
        });

        it("has nothing pending the second time", async () => {
            await project.buildEnding(0, "deploy", { environment });
            assert.deepEqual(
                project.deployment().changesets.map(({ status }) => status),
                ["Applied", "MarkedAsRan", "Applied", "MarkedAsRan", "Applied"],
            );
            await assertNothingPending(project);
        });
    });

    describe("that says so by an attribute", () => {
        beforeDelivery(async (delivery) => {
            project = await delivery.project();
            (await flowable()).write(project);
            project.write({ "lint.yaml": lint });
            await project.buildEnding(0, "deploy", { environment });
        });

        it("has nothing pending the second time", () => assertNothingPending(project));
    });
});

async function assertNothingPending(project: Project): Promise<void> {
    project.nextExecution();
    const output = await project.buildEnding(0, "plan", { environment });
    assert.match(output, /^Nothing pending: prod has every changeset of this source/m);
    assert.deepEqual(project.plan().changes, []);
}

const permission = "INSERT INTO permissions (id, reference) VALUES (${uuid}, 'a')";

/** Two forms of each change, of which one runs, with what differs between databases in properties. */
const gateway = {
    "lint.yaml": lint,
    "liquibase.properties": "changeLogFile=master.yml\ncontexts=postgresql\nparameter.prefix=\n",
    "master.yml": `databaseChangeLog:
  - property: {name: uuid, value: NEWID(), dbms: mssql}
  - property: {name: uuid, value: "md5(random()::text)::uuid", dbms: postgresql}
  - changeSet:
      id: 1.18.0-pages
      author: gateway
      preConditions:
        - onFail: MARK_RAN
          not:
            dbms:
              type: mssql
      changes:
        - createTable:
            tableName: \${prefix}permissions
            columns:
              - column: {name: id, type: uuid, constraints: {primaryKey: true}}
              - column: {name: reference, type: nvarchar(64)}
  - changeSet:
      id: 1.18.0-pages-mssql
      author: gateway
      preConditions:
        - onFail: MARK_RAN
          dbms:
            type: mssql
      changes:
        - createTable:
            tableName: \${prefix}permissions
            columns:
              - column: {name: id, type: uniqueidentifier}
  - changeSet:
      id: 3.5.0-permissions
      author: gateway
      preConditions:
        - onFail: MARK_RAN
        - dbms: {type: "postgresql, mariadb"}
      changes:
        - sql: {sql: "${permission}"}
      rollback:
        - sql: {sql: DELETE FROM permissions}
  - changeSet:
      id: 3.6.0-permissions-elsewhere
      author: gateway
      preConditions:
        - onFail: MARK_RAN
        - or:
            - dbms: {type: mysql}
            - dbms: {type: mssql}
      changes:
        - sql: {sql: "${permission}"}
  - changeSet:
      id: 3.7.0-names
      author: gateway
      context: postgresql
      changes:
        - addUniqueConstraint: {tableName: permissions, columnNames: reference, constraintName: names}
  - changeSet:
      id: 3.7.0-names
      author: gateway
      context: mysql
      changes:
        - addUniqueConstraint: {tableName: permissions, columnNames: reference, constraintName: other_names}
`,
};
