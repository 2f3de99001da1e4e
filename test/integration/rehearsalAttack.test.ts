import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runBuild } from "../../scripts/local/codeBuild/build";
import { localRuntimes } from "../../scripts/local/codeBuild/runtimes";
import { openCloud } from "../../scripts/local/cloud/cloud";
import { connect, provision } from "../../scripts/local/database/provision";
import { administrator, reservePort, serverHost, startServer } from "../../scripts/local/database/server";
import { readDefinition } from "../../scripts/local/definition";
import { evaluate } from "../../scripts/local/evaluate";
import { ArtifactStore } from "../../scripts/local/pipeline/artifacts";
import { State } from "../../scripts/local/state";
import { ensureToolchain } from "../../scripts/toolchain/ensure";
import { Scene } from "./localSupport";

// What code in a rehearsal can do, whatever lets it run there: the recorded project of the stage Rehearse, with another
// command in its build specification. The local run enforces what the recorded roles and security groups say.
describe("code in a rehearsal that attacks the database", function () {
    this.timeout(280_000);

    for (const databaseAuth of ["Secret", "Iam"]) {
        it(`finds nothing to connect to, with databaseAuth ${databaseAuth}`, async () => {
            ensureToolchain();
            const { local } = new Scene();
            const [home, state] = [join(local.postgres, "dev"), State.open(local.state)];
            const port = await reservePort(home, "dev", state);
            const config = { "aurora-pipeline:rehearsal": true, "aurora-pipeline:databaseAuth": databaseAuth };
            const definition = readDefinition(await evaluate("dev", { config, database: { host: serverHost, port } }));
            const server = await startServer(home, port);
            try {
                await provision(server, definition.database);
                const { name, user, password } = definition.database;
                const ask = async <T extends object>(sql: string): Promise<T[]> => {
                    const client = await connect(server, { name, user: administrator, password: server.password });
                    return client.query<T>(sql).then(({ rows }) => client.end().then(() => rows));
                };
                await ask(`CREATE ROLE app_migrator LOGIN PASSWORD 'the migrator''s'`);
                await ask("GRANT CREATE ON SCHEMA public TO app_migrator");
                const cloud = await openCloud({
                    definition,
                    server: { ...server, home },
                    servers: local.postgres,
                    buckets: local.buckets,
                });
                const project = [...cloud.projects.values()].find(({ name: project }) =>
                    project.endsWith("-rehearse"),
                )!;
                const others = [...cloud.projects.values()].filter((other) => other !== project);
                const portOf = ({ variables }: typeof project) =>
                    variables.find((each) => each.name === "DB_PORT")?.value;
                assert.deepEqual(new Set(others.map(portOf)), new Set([String(port)]), "others reach it");
                assert.notEqual(portOf(project), String(port));

                const results = join(local.runs, "attack");
                mkdirSync(results, { recursive: true });
                const artifacts = new ArtifactStore(join(results, "artifacts"));
                artifacts.create("Source");
                const report = join(results, "report.json");
                const attack = { name: "build" as const, commands: [`node ${attackScript}`], finally: [] };
                const lines: string[] = [];
                const build = {
                    id: "attack",
                    project: {
                        ...project,
                        buildSpec: {
                            ...project.buildSpec,
                            phases: [attack],
                            artifacts: undefined,
                            exportedVariables: [],
                        },
                    },
                    variables: Object.entries({
                        ATTACK_HOST: serverHost,
                        ATTACK_PORT: String(port),
                        ATTACK_MODULES: join(__dirname, "../.."),
                        ATTACK_REPORT: report,
                        ATTACK_SECRETS: definition.resources
                            .filter(({ type }) => type === "aws:secretsmanager/secret:Secret")
                            .map(({ outputs }) => outputs["arn"] as string)
                            .join(),
                    }).map(([variable, value]) => ({ name: variable, value })),
                    ...{ inputs: ["Source"], primarySource: "Source", revision: "0", initiator: "test" },
                    region: definition.region,
                };
                const host = {
                    ...{ artifacts, secrets: definition.secrets, runtimes: localRuntimes(), results },
                    image: {
                        ...cloud.environment,
                        PGSSLROOTCERT: server.authority,
                        ...cloud.keys.environment(project.role),
                    },
                    log: (line: string) => void lines.push(line),
                    signal: new AbortController().signal,
                };
                const { succeeded } = await runBuild(build, host).finally(() => cloud.close());
                assert.ok(succeeded, lines.join("\n"));
                const { "a clone of its own": clone, ...attempts } = JSON.parse(readFileSync(report, "utf8")) as Record<
                    string,
                    string
                >;
                assert.equal(clone, "succeeded", "the attack itself works, where it may");
                const secretAttempts = Object.keys(attempts).filter((attempt) => attempt.startsWith("the secret "));
                assert.equal(secretAttempts.length, databaseAuth === "Iam" ? 1 : 3);
                assert.deepEqual(attempts, {
                    "the given address": "ECONNREFUSED",
                    "the address that RDS tells": "ECONNREFUSED",
                    "the real address": "28P01",
                    "the real address, by IAM": "28P01",
                    ...Object.fromEntries(secretAttempts.map((attempt) => [attempt, "AccessDeniedException"])),
                    "the database's master password": "AccessDenied",
                    "the real address, with the clone's password": "28P01",
                });
                assert.deepEqual(await ask("SELECT FROM pg_tables WHERE tablename = 'attacked'"), []);
                // The master's own password is still good.
                await (await connect(server, { name, user, password })).end();
            } finally {
                await server.stop();
            }
        });
    }
});

const attackScript = join(__dirname, "../support/attack.cjs");
