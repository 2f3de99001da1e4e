import assert from "node:assert/strict";
import { join } from "node:path";
import { spareJavaVariable } from "../../components/contract";
import { Session } from "../../scripts/delivery/tools/liquibase/session";
import { localRuntimes } from "../../scripts/local/codeBuild/runtimes";
import { SpareJava } from "../../scripts/local/codeBuild/spareJava";
import { until } from "../../scripts/local/processes";
import { unpackedToolchain } from "../support/delivery";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";

describe("Java processes that are started ahead", () => {
    let spares: SpareJava;

    before(async () => {
        spares = await SpareJava.open(localRuntimes().javaHome, unpackedToolchain());
        process.env[spareJavaVariable] = spares.socket;
        spares.replenish();
        assert.ok(await until(() => spares.readyCount >= 2, 60_000), "no spare process became ready");
    });
    after(() => {
        delete process.env[spareJavaVariable];
        spares.close();
        removeTemporary();
    });

    /** With a class path that leads nowhere, Java of one's own cannot run. */
    const start = (...more: string[]) => {
        const directory = temporaryDirectory();
        return Session.start({
            classPath: ["/nowhere/classes", "/nowhere/lib/*", ...more],
            directory,
            environment: { PATH: process.env["PATH"] },
            sources: { allowCode: false, jars: [], own: join(directory, "own.json") },
        });
    };

    it("serve a session, each of them one", async () => {
        const before = spares.readyCount;
        const session = start();
        const { exitCode } = await session.run(["--version"], "");
        assert.equal(exitCode, 0);
        assert.equal(spares.readyCount, before - 1);
        await session.close();
    });

    it("are not for a changelog with jars of its own: that starts its own Java", async () => {
        const before = spares.readyCount;
        const session = start("/nowhere/driver.jar");
        await assert.rejects(
            session.run(["--version"], ""),
            /Liquibase's Java process ended unexpectedly \(exit code 1\)/,
        );
        assert.equal(spares.readyCount, before);
        await session.close();
    });
});
