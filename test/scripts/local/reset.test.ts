import assert from "node:assert/strict";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { dataDirectory } from "../../../scripts/local/database/server";
import { serverAccount } from "../../../scripts/local/database/account";
import { openLocalDirectory } from "../../../scripts/local/directories";
import { resetDatabase } from "../../../scripts/local/reset";
import { waitingOn, writeWaiting } from "../../../scripts/local/waiting";
import { removeTemporary, temporaryDirectory, write } from "./support";

describe("npm stop -- --reset", () => {
    after(removeTemporary);

    it("deletes a database with everything that belongs only to it", async () => {
        const local = openLocalDirectory(join(temporaryDirectory(), ".local"));
        const datas = ["dev", "prod"].map((server) => {
            const home = join(local.postgres, server);
            const data = dataDirectory(home, serverAccount());
            write(data, { PG_VERSION: "17" });
            write(join(local.deployed, server), { "source.json": "{}" });
            write(local.runs, { [`${server}-run/build.log`]: "log" });
            const identity = { server, revision: "r", definition: "d" };
            writeWaiting(join(local.runs, `${server}-run`), {
                executionId: `${server}-run`,
                identity,
                variables: {},
                done: [],
            });
            return { home, data };
        });
        write(local.buckets, { "records/release-1.json": "{}" });

        assert.deepEqual(await resetDatabase(local, "prod"), { plans: 1 });
        const [dev, prod] = datas as [(typeof datas)[0], (typeof datas)[0]];
        assert(!existsSync(prod.home) && !existsSync(prod.data) && !existsSync(join(local.deployed, "prod")));
        assert.deepEqual(waitingOn(local.runs, "prod"), []);
        assert(
            existsSync(join(local.runs, "prod-run/build.log")) &&
                existsSync(join(local.buckets, "records/release-1.json")),
        );
        assert(existsSync(join(dev.data, "PG_VERSION")) && existsSync(join(local.deployed, "dev/source.json")));
        assert.equal(waitingOn(local.runs, "dev").length, 1);
        const own = join(dev.home, "data");
        assert.equal(lstatSync(own).isSymbolicLink() ? readlinkSync(own) : own, dev.data);
    });
});
