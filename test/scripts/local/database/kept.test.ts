import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverAccount } from "../../../../scripts/local/database/account";
import { copyKept } from "../../../../scripts/local/database/kept";
import { dataDirectory } from "../../../../scripts/local/database/server";
import { removeTemporary, temporaryDirectory, write } from "../support";

describe("the directory of a server that lives as long as a command", () => {
    let cache: string;
    beforeEach(() => {
        cache = join(temporaryDirectory(), "cache");
    });
    afterEach(removeTemporary);

    let created = 0;
    const create = (home: string) => {
        created += 1;
        write(dataDirectory(home, serverAccount()), { "base/1/PG_VERSION": "17" });
        writeFileSync(join(home, "administrator.password"), `secret ${created}`, { mode: 0o600 });
        return Promise.resolve();
    };
    const contentOf = (home: string) =>
        ["data/base/1/PG_VERSION", "administrator.password"].map((name) => readFileSync(join(home, name), "utf8"));

    it("is a copy of one that was created once for its version", async () => {
        created = 0;
        const [one, two, other] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
        await copyKept(one, "17.1", create, cache);
        await copyKept(two, "17.1", create, cache);
        await copyKept(other, "17.2", create, cache);
        assert.deepEqual([one, two, other].map(contentOf), [
            ["17", "secret 1"],
            ["17", "secret 1"],
            ["17", "secret 2"],
        ]);
        // PostgreSQL and MySQL refuse a directory that others may enter; a password is nobody else's business.
        assert.equal(statSync(join(one, "data")).mode & 0o777, 0o700);
        assert.equal(statSync(join(one, "administrator.password")).mode & 0o777, 0o600);
        // What one server writes is not in the next one's.
        writeFileSync(join(one, "data/base/1/PG_VERSION"), "changed");
        const three = temporaryDirectory();
        await copyKept(three, "17.1", create, cache);
        assert.deepEqual(contentOf(three), ["17", "secret 1"]);
    });

    it("is whole when two commands need the first one at once", async () => {
        const homes = [temporaryDirectory(), temporaryDirectory()];
        await Promise.all(homes.map((home) => copyKept(home, "17.1", create, cache)));
        const [one, two] = homes.map(contentOf);
        assert.deepEqual(one, two);
        assert.deepEqual(readdirSync(cache), ["17.1"]);
    });

    it("is not kept when it could not be created", async () => {
        const fail = () => Promise.reject(new Error("no space left"));
        await assert.rejects(copyKept(temporaryDirectory(), "17.1", fail, cache), /no space left/);
        assert.deepEqual(readdirSync(cache), []);
        const home = temporaryDirectory();
        await copyKept(home, "17.1", create, cache);
        assert.equal(contentOf(home)[0], "17");
    });
});
