import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AuthVariables, EnvironmentVariables, StageActions } from "../../components/contract";
import { options } from "../../components/options";
import type { Project } from "../../scripts/local/codeBuild/project";
import { openCloud } from "../../scripts/local/cloud/cloud";
import { provision } from "../../scripts/local/database/provision";
import { reservePort, startServer } from "../../scripts/local/database/server";
import { type Definition, readDefinition } from "../../scripts/local/definition";
import { evaluate } from "../../scripts/local/evaluate";
import { executePipeline } from "../../scripts/local/executePipeline";
import { PlainProgress } from "../../scripts/local/progress/plain";
import { openSource } from "../../scripts/local/source/source";
import { State } from "../../scripts/local/state";
import { removeTemporary } from "../scripts/local/support";
import { changelog, changeset, Scene, stagesOf } from "./localSupport";

const login: string[] = [EnvironmentVariables.databaseUsername, AuthVariables.password, AuthVariables.secret];

/** The pipeline as it was before it created users: no Bootstrap, and every build is the administrator. */
function asBefore(definition: Definition): Definition {
    const { pipeline, projects } = definition;
    const isBootstrap = ({ name }: { name: string }) => name === StageActions.bootstrap;
    const stages = pipeline.stages.map((stage) => ({
        ...stage,
        actions: stage.actions
            .filter((action) => !isBootstrap(action))
            .map((action) => ({ ...action, configuration: withoutWait(action.configuration) })),
    }));
    const bootstrap = pipeline.stages.flatMap(({ actions }) => actions).find(isBootstrap)!;
    const name = bootstrap.configuration["ProjectName"]!;
    const administrators = projects.get(name)!.variables.filter((variable) => login.includes(variable.name));
    assert.equal(administrators.length, login.length);
    const change = (project: Project): Project => ({
        ...project,
        variables: [...project.variables.filter((variable) => !login.includes(variable.name)), ...administrators],
    });
    return {
        ...definition,
        pipeline: { ...pipeline, stages },
        projects: new Map([...projects].map(([key, project]) => [key, change(project)])),
    };
}

function withoutWait({ EnvironmentVariables: text, ...others }: Record<string, string>): Record<string, string> {
    if (text === undefined) return others;
    const variables = JSON.parse(text) as { name: string }[];
    return {
        ...others,
        EnvironmentVariables: JSON.stringify(
            variables.filter(({ name }) => name !== options.bootstrapWaitSeconds.variable),
        ),
    };
}

/** Delivers as the version before did, into what the scene's next run finds. */
async function deliverAsBefore({ local, repository }: Scene): Promise<void> {
    const state = State.open(local.state);
    const home = join(local.postgres, "dev");
    const port = await reservePort(home, "dev", state);
    const evaluation = await evaluate("dev", {
        database: { host: "localhost", port },
        remember: (resource, inputs, generate) => state.value("dev", resource, inputs, generate),
    });
    const definition = asBefore(readDefinition(evaluation));
    const server = await startServer(home, port);
    try {
        await provision(server, definition.database);
        const cloud = await openCloud({
            definition,
            server: { ...server, home },
            servers: local.postgres,
            buckets: local.buckets,
        });
        const lines: string[] = [];
        const { record } = await executePipeline(
            { local, progress: new PlainProgress((line) => lines.push(line)), signal: new AbortController().signal },
            { source: await openSource({ repository }), definition, server, serverName: "dev", cloud },
        );
        await cloud.close();
        assert.equal(record.status, "Succeeded", lines.join("\n"));
    } finally {
        await server.stop();
    }
}

describe("local run over a database of the version before", function () {
    this.timeout(280_000);
    after(removeTemporary);

    const ownersOf = (scene: Scene) =>
        scene.ask("dev", async (client) => {
            const { rows } = await client.query<{ owner: string }>(
                "SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'public'",
            );
            return rows.map(({ owner }) => owner);
        });

    it("hands over what the administrator made, and goes on where it was", async () => {
        const scene = new Scene();
        await deliverAsBefore(scene);
        assert.deepEqual(await ownersOf(scene), ["dbowner"]);
        const before = scene.password("dev");

        scene.commit({
            "migrations/changesets/2.sql": changelog(
                changeset("name", "ALTER TABLE items ADD COLUMN name text", "ALTER TABLE items DROP COLUMN name"),
            ),
        });
        const outcome = await scene.run();
        assert.equal(outcome.exit, 0, outcome.output);
        assert.match(outcome.output, /transferred from .* to app_owner: .*table public\.items/);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["name"],
        );
        assert.equal(scene.password("dev"), before);
        assert.deepEqual(await ownersOf(scene), ["app_owner"]);

        // The migrator undoes what the administrator had made.
        const { releaseId } = outcome.lastRun;
        const rollback = await scene.run({ rollbackTo: releaseId });
        assert.equal(rollback.exit, 0, rollback.output);
        assert.match(rollback.output, /Bootstrap \| The users of dev are up to date .*: nothing to do/);
        assert.deepEqual(stagesOf(rollback).slice(2), ["Rollback Succeeded", "Deploy Skipped"]);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        const pgpass = readFileSync(join(scene.local.root, "pgpass"), "utf8");
        for (const user of ["dbowner", "app_migrator", "app_planner"]) {
            assert.match(pgpass, new RegExp(`^localhost:\\d+:app:${user}:.+$`, "m"));
        }
    });
});
