import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { worktreeFiles } from "../../scripts/local/source/git";
import { ensureToolchain } from "../../scripts/toolchain/ensure";
import { git, temporaryDirectory } from "../scripts/local/support";

const root = join(__dirname, "../..");

const archives = "components/toolchain";

/**
 * The checkout as it is, in a temporary repository of its own, without what is ignored; with `toolchain`, as one that has
 * built the archive already.
 */
export async function copyCheckout({ toolchain = false } = {}): Promise<string> {
    const copy = temporaryDirectory();
    for (const file of await worktreeFiles(root)) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        cpSync(join(root, file), join(copy, file));
    }
    if (toolchain) cpSync(dirname(ensureToolchain()), join(copy, archives), { recursive: true });
    git(copy, "init", "--quiet");
    git(copy, "add", ".");
    git(copy, "commit", "--quiet", "-m", "A copy");
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    return copy;
}
