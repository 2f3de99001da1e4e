import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { worktreeFiles } from "../../scripts/local/source/git";
import { git, temporaryDirectory } from "../scripts/local/support";

const root = join(__dirname, "../..");

/** The checkout as it is, in a temporary repository of its own, without what is ignored. */
export async function copyCheckout(): Promise<string> {
    const copy = temporaryDirectory();
    for (const file of await worktreeFiles(root)) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        cpSync(join(root, file), join(copy, file));
    }
    git(copy, "init", "--quiet");
    git(copy, "add", ".");
    git(copy, "commit", "--quiet", "-m", "A copy");
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    return copy;
}
