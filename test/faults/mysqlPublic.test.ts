import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { differences, renderDifferences } from "../../scripts/delivery/engines/fingerprint";
import { javaProgram } from "../../scripts/toolchain/java";
import { unpackedToolchain } from "../support/delivery";
import { MysqlServer } from "../support/mysqlServer";
import { flowable } from "./changelogs/flowable";
import { MysqlProject } from "./mysql";

// A changelog that nobody here wrote, with many schema changes in one changeset.
describe("a public changelog on MySQL", function () {
    this.timeout(600_000);
    const one = MysqlServer.forTests();
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "public-mysql-"));
    after(() => fs.rmSync(home, { recursive: true, force: true }));

    it("ends as bare Liquibase leaves it: Flowable's", async () => {
        const project = await projectIn("delivered");
        project.write({ "lint.yaml": "rules:\n  one-ddl-statement: warning\n" });
        project.nextExecution();
        const { code, output } = await project.build("deploy");
        assert.equal(code, 0, output);
        const bare = await projectIn("bare");
        bareUpdate(bare);
        assert.deepEqual(renderDifferences(differences(await bare.state(), await project.state())), []);
        const history = await historyOf(bare);
        assert.ok(history.length >= 10);
        assert.deepEqual(await historyOf(project), history);
    });

    async function projectIn(database: string): Promise<MysqlProject> {
        await one.provide(database);
        const project = new MysqlProject(one, database, path.join(home, database));
        (await flowable()).write(project);
        return project;
    }

    function bareUpdate({ source, database }: MysqlProject): void {
        const { host, port, authority } = one.server;
        const migrations = path.join(source, "migrations");
        const properties = fs.readFileSync(path.join(migrations, "liquibase.properties"), "utf8");
        const classPath = [path.join(unpackedToolchain(), "lib", "*"), path.join(migrations, "lib", "*")].join(":");
        const url = `jdbc:mariadb://${host}:${port}/${database}?sslMode=verify-full&serverSslCert=${authority}`;
        execFileSync(
            javaProgram(),
            [
                ...["-cp", classPath, "liquibase.integration.commandline.LiquibaseCommandLine"],
                ...["--analytics-enabled=false", "--show-banner=false", `--url=${url}`, "update"],
                `--changelog-file=${/^changeLogFile=(.*)$/m.exec(properties)![1]!}`,
            ],
            {
                cwd: home,
                env: { ...process.env, LIQUIBASE_COMMAND_USERNAME: "owner", LIQUIBASE_COMMAND_PASSWORD: "secret" },
                stdio: "pipe",
            },
        );
    }

    function historyOf(project: MysqlProject): Promise<object[]> {
        return project.query(
            "SELECT ID, AUTHOR, FILENAME, EXECTYPE, MD5SUM FROM DATABASECHANGELOG WHERE FILENAME <> 'liquibase-internal' ORDER BY ORDEREXECUTED",
        );
    }
});
