import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Saves } from "../../../../scripts/local/watch/saves";
import { removeTemporary, temporaryDirectory, write } from "../support";

describe("saves below a directory", () => {
    after(removeTemporary);

    async function watching(use: (directory: string, saves: Saves, stop: () => void) => Promise<void>): Promise<void> {
        const directory = temporaryDirectory();
        write(directory, { "changesets/1.sql": "one" });
        const controller = new AbortController();
        const saves = await Saves.below(directory, controller.signal);
        try {
            await use(directory, saves, () => controller.abort());
        } finally {
            await saves.close();
        }
    }

    const names = (paths: string[] | undefined) => paths?.map((path) => basename(path));

    it("are reported together once writing has ended, also in new directories", () =>
        watching(async (directory, saves) => {
            writeFileSync(join(directory, "changesets/1.sql"), "two");
            writeFileSync(join(directory, "changesets/1.sql"), "three");
            assert.deepEqual(names(await saves.next()), ["1.sql"]);
            mkdirSync(join(directory, "verify/deep"), { recursive: true });
            writeFileSync(join(directory, "verify/deep/data.sql"), "check");
            assert.deepEqual(names(await saves.next()), ["data.sql"]);
        }));

    it("exclude an editor's own files, but include the rename that saves one", () =>
        watching(async (directory, saves) => {
            writeFileSync(join(directory, "changesets/.1.sql.swp"), "swap");
            writeFileSync(join(directory, "changesets/1.sql~"), "backup");
            writeFileSync(join(directory, "changesets/.goutputstream-A1"), "new");
            renameSync(join(directory, "changesets/.goutputstream-A1"), join(directory, "changesets/1.sql"));
            assert.deepEqual(names(await saves.next()), ["1.sql"]);
        }));

    it("end when they are interrupted", () =>
        watching(async (_, saves, stop) => {
            const next = saves.next();
            stop();
            assert.equal(await next, undefined);
            assert.equal(await saves.next(), undefined);
        }));
});
