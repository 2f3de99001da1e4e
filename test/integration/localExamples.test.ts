import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { nonEmpty } from "../support/nonEmpty";
import { assertDelivered, Scene } from "./localSupport";

/** What each migrates, besides the tables of the tool itself. */
const examples = {
    knex: ["authors", "books"],
    alembic: ["authors", "books"],
    django: ["authors", "books"],
};

// As in the documents: `npm start -- --migrations examples/knex`, with the tool that its own first command installs.
describe("local run of a project with its own commands", () => {
    after(removeTemporary);

    for (const [name, migrated] of nonEmpty(Object.entries(examples))) {
        it(`takes ${name} from a fresh clone to a migrated database`, async () => {
            const scene = new Scene();
            const migrations = join(__dirname, "../../examples", name);
            const outcome = await scene.run({ migrations });
            assertDelivered(outcome);
            assert.match(outcome.output, /is a Command project: it has commands\.yaml\./);
            const [server] = readdirSync(scene.local.postgres);
            const tables = await scene.tables(server);
            assert.deepEqual(
                migrated.filter((table) => !tables.includes(table)),
                [],
                tables.join(", "),
            );
            if (name !== "django") return;
            // The other two are undone in commands.test.ts.
            const { releaseId } = outcome.lastRun;
            const undone = await scene.run({ migrations, rollbackTo: releaseId!, approve: true });
            assert.equal(undone.exit, 0, undone.output);
            assert.match(undone.output, /Undone commands\.yaml::library\.0002_books::Django/);
            const left = await scene.tables(server);
            assert.deepEqual(
                migrated.filter((table) => left.includes(table)),
                [],
            );
        });
    }
});
