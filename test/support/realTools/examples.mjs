// The tools of the examples in examples/: prints the directory of Knex's node_modules, and the one in which the example of
// Alembic finds its virtual environment. From npm and PyPI, by the examples' own lock files.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryFor, fillOnce, installPackages, packagePins } from "../../../scripts/machine/directory.mjs";

const examples = join(dirname(fileURLToPath(import.meta.url)), "../../../examples");
const knex = join(examples, "knex");
const alembic = join(examples, "alembic");

const complete = "node_modules/knex/package.json";
const packages = directoryFor("examples", "knex", packagePins(knex));
fillOnce(packages, complete, (target) => {
    if (!installPackages(knex, target) || !existsSync(join(target, complete))) {
        throw new Error("Knex cannot be installed.");
    }
});

const environments = directoryFor("examples", "alembic", [join(alembic, "requirements.txt"), join(alembic, "run.sh")]);
mkdirSync(environments, { recursive: true });
// It installs what is not there.
execFileSync("sh", ["run.sh", "alembic", "--version"], {
    cwd: alembic,
    env: { ...process.env, TMPDIR: environments },
    stdio: ["ignore", "ignore", "inherit"],
});
console.log(JSON.stringify({ knex: join(packages, "node_modules"), alembic: environments }));
