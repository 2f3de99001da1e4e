import assert from "node:assert/strict";
import { isEditorFile } from "../../../scripts/local/source/editorFiles";
import { worktreeFiles } from "../../../scripts/local/source/git";
import { git, removeTemporary, temporaryDirectory, write } from "./support";

describe("files of editors", () => {
    after(removeTemporary);
    const theirs = [".1.sql.swp", ".1.sql.swo", "1.sql~", "4913", "#1.sql#", ".#1.sql"];
    const more = ["1.sql___jb_tmp___", "1.sql___jb_old___", ".goutputstream-X1", ".1.sql.kate-swp"];

    it("are known by their names", () => {
        for (const name of [...theirs, ...more]) assert(isEditorFile(name), name);
        for (const name of ["1.sql", ".hidden.sql", "changelog.yaml", "4913.sql", "swp.sql"])
            assert(!isEditorFile(name), name);
    });

    it("are not part of the work tree, unless they are tracked", async () => {
        const repository = temporaryDirectory();
        git(repository, "init", "--quiet");
        write(repository, { "tracked~": "", "1.sql": "" });
        git(repository, "add", ".");
        write(repository, Object.fromEntries([...theirs, ...more].map((name) => [`migrations/${name}`, ""])));
        write(repository, { "migrations/2.sql": "" });
        assert.deepEqual((await worktreeFiles(repository)).sort(), ["1.sql", "migrations/2.sql", "tracked~"]);
    });
});
