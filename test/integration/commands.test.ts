import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeDelivery, type Delivery, password, type Project } from "../support/delivery";
import { exampleTools } from "../support/realTools";
import { Users } from "../support/users";

const root = path.join(__dirname, "../..");

/** An example, with what its tool says. */
interface Example {
    name: string;
    ids: [string, string];
    /** Reads the tool's own history. */
    history: string;
    /** A migration that fails after it has made a table. */
    broken: Record<string, string>;
    failure: RegExp;
    /** A file of a migration, and what is edited in it, for one example: what is approved is the same for all. */
    edit?: [file: string, from: string, to: string];
}

const examples: Example[] = [
    {
        name: "knex",
        ids: ["20250101000000_authors.mjs", "20250102000000_books.mjs"],
        history: "SELECT name AS id FROM knex_migrations ORDER BY id",
        broken: {
            "migrations/20250103000000_broken.mjs":
                "export const up = async (knex) => { await knex.raw('CREATE TABLE half ()'); await knex.raw('SELECT nowhere'); };\nexport const down = (knex) => knex.raw('DROP TABLE half');\n",
        },
        failure: /column "nowhere" does not exist/,
        edit: ["migrations/20250102000000_books.mjs", "notNullable()", "nullable()"],
    },
    {
        name: "alembic",
        ids: ["0001", "0002"],
        history: "SELECT version_num AS id FROM alembic_version",
        broken: {
            "migrations/versions/0003_broken.py":
                'from alembic import op\n\nrevision = "0003"\ndown_revision = "0002"\n\n\ndef upgrade():\n    op.execute("CREATE TABLE half ()")\n    op.execute("SELECT nowhere")\n\n\ndef downgrade():\n    op.execute("DROP TABLE half")\n',
        },
        failure: /column "nowhere" does not exist/,
    },
];

// The real delivery program, PostgreSQL, and the tools of the examples, as their lock files pin them.
describe("a project's own commands", function () {
    this.timeout(240_000);
    let delivery: Delivery;
    let tools: ReturnType<typeof exampleTools>;
    beforeDelivery((started) => {
        delivery = started;
        tools = exampleTools();
    });

    const environment = () => ({ MIGRATION_TOOL: "Command", TMPDIR: tools.alembic });
    const build = (project: Project, action: string, more: Record<string, string> = {}, expected = 0) =>
        project.buildEnding(expected, action, { environment: { ...environment(), ...more } });
    const tables = async (project: Project) =>
        (await project.tables()).filter((name) => !/^(aurora_pipeline|knex_|alembic_)/.test(name));

    async function projectOf({ name }: Example): Promise<Project> {
        const project = await delivery.project();
        project.clear();
        const migrations = path.join(project.source, "migrations");
        const copy = { recursive: true, verbatimSymlinks: true };
        fs.cpSync(path.join(root, "examples", name), migrations, copy);
        if (name === "knex") fs.cpSync(tools.knex, path.join(migrations, "node_modules"), copy);
        return project;
    }

    for (const example of examples) {
        describe(`of ${example.name}`, () => {
            let deployed: Project;

            it("are planned with the SQL that they print, without a write, and deployed as approved", async () => {
                const project = await projectOf(example);
                await build(project, "plan");
                const plan = project.plan();
                assert.deepEqual(
                    plan.changes.map(({ id }) => id),
                    example.ids,
                );
                assert.match(plan.changes[0]!.sql.join("\n"), /create table "?authors/i);
                assert.match(plan.changes[1]!.undo!.join("\n"), /drop table "?books/i);
                assert.match(project.artifact("plan.md"), /create table "?authors/i);
                assert.ok(plan.code?.[0]?.files?.some((file) => file.path === "commands.yaml"));
                assert.deepEqual(await project.tables(), []);
                const approved = project.approve();

                if (example.edit !== undefined) {
                    const edited = await delivery.copy(project);
                    const [file, from, to] = example.edit;
                    const full = path.join(edited.source, "migrations", file);
                    fs.writeFileSync(full, fs.readFileSync(full, "utf8").replace(from, to));
                    assert.match(
                        await build(edited, "deploy", { CODEBUILD_SRC_DIR_DeployPlan: approved }, 2),
                        /AP1103/,
                    );
                }

                await build(project, "deploy", { CODEBUILD_SRC_DIR_DeployPlan: approved });
                assert.deepEqual(await tables(project), ["authors", "books"]);
                assert.ok(!project.everything().includes(password));
                deployed = project;
            });

            it("leave nothing of a release that fails, and say why", async () => {
                const project = await delivery.copy(deployed);
                project.nextExecution();
                project.write(example.broken);
                assert.match(await build(project, "deploy", {}, 1), example.failure);
                assert.deepEqual(await tables(project), ["authors", "books"]);
                assert.deepEqual(project.deployment().differences, []);
            });

            it("undo a release, as the catalog proves, and agree with the tool's own history", async () => {
                const release = deployed.releaseId;
                const newest = await deployed.query(example.history);
                assert.deepEqual(newest.at(-1), { id: example.ids[1] });
                deployed.nextExecution();
                await build(deployed, "plan");
                assert.equal(deployed.plan().drift?.result, "None");
                await build(deployed, "rollback", { ROLLBACK_TO: release });
                assert.deepEqual(await tables(deployed), []);
                assert.deepEqual(deployed.deployment().differences, []);
                assert.deepEqual(await deployed.query(example.history), []);
            });
        });
    }

    it("run as the planner and as the migrator, each with its own privileges", async () => {
        const project = await projectOf(examples[0]!);
        const users = new Users(delivery, project);
        await users.bootstrap(0, environment());
        await users.run("plan", users.planner, 0, environment());
        await users.run("deploy", users.migrator, 0, environment());
        await users.bootstrap(0, environment());
        project.nextExecution();
        await users.run("plan", users.planner, 0, environment());
        assert.deepEqual(project.plan().changes, []);
    });

    it("run nothing in a deployment that was not approved, not even to plan", async () => {
        const project = await delivery.project();
        project.clear();
        const commands = (status: string) => ({
            "commands.yaml": `name: Other\nstatus: ${status}\npending: echo a\ndeploy: 'true'\n`,
        });
        project.write(commands("'true'"));
        await build(project, "plan");
        const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
        project.write(commands("touch ../ran"));
        assert.match(await build(project, "deploy", approved, 2), /AP1103[^]*not planned: other code would run/);
        assert.ok(!fs.existsSync(path.join(project.source, "ran")));
    });

    it("that claim what is not so are refused", async () => {
        const project = await delivery.project();
        project.clear();
        project.write({
            "commands.yaml": "name: Liar\nstatus: 'true'\npending: echo a\ndeploy: echo done\nrollback: 'true'\n",
        });
        assert.match(
            await build(project, "deploy", {}, 1),
            /The command deploy ended without an error, but according to status a has not run/,
        );
        project.write({ "commands.yaml": "name: Liar\nstatus: echo a\npending: echo a\ndeploy: echo\n" });
        assert.match(await build(project, "plan", {}, 2), /AP1441: .*both status and pending print a/);
        project.write({
            "commands.yaml":
                "name: Liar\nstatus: echo $DB_PASSWORD$AWS_REGION >&2; exit 3\npending: 'true'\ndeploy: 'true'\n",
        });
        assert.match(
            await build(project, "plan", { AWS_REGION: "eu-central-1" }, 2),
            /AP1440: The command (status|pending) of Liar failed \(exit code 3\):\n\s*\n/,
        );
    });
});
