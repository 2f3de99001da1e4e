import assert from "node:assert/strict";
import { variablesOf } from "../support/builds";
import { promiseOf, type Properties, type Recording, reveal } from "../support/mocks";
import { statementsOf } from "../support/policies";
import { environment, actions } from "./environmentSupport";

describe("environment", () => {
    describe("of the database's users", () => {
        const projectType = "aws:codebuild/project:Project";
        const rotated = { rotationDays: "30", rehearsal: "true", driftSchedule: "rate(1 day)" };

        /** By project: what its login is made of. */
        function logins({ all }: Recording<unknown>): Record<string, string> {
            const rows = all(projectType).flatMap((project) => {
                const variables = variablesOf(project);
                const value = (variable: string) => variables.find((candidate) => candidate.name === variable)?.value;
                const secret = /secret(?:smanager)?:[^:]*:[^:]*:([^:]*):username/.exec(value("DB_USERNAME") ?? "")?.[1];
                const login = `${value("DB_AUTHENTICATION") ?? ""} ${secret ?? value("DB_USERNAME") ?? ""}`;
                return value("DB_AUTHENTICATION") === undefined ? [] : [[project.name.replace("orders-", ""), login]];
            });
            return Object.fromEntries(rows) as Record<string, string>;
        }

        /** What the role of a build may do to secrets and logins. */
        function allowed({ one }: Recording<unknown>, build: string): string[] {
            return statementsOf(one("aws:iam/rolePolicy:RolePolicy", `orders-${build}`).inputs.policy)
                .filter(({ Effect, Action }) => Effect === "Allow" && /^(secretsmanager|rds-db):/.test(Action.join()))
                .flatMap(({ Resource = [] }) => Resource);
        }

        it("gives each application that config names a rotated secret or IAM, which Bootstrap alone reads", async () => {
            const recording = await environment({
                ...rotated,
                applicationUsers:
                    '[{"name":"shop_service","grants":["SELECT ON TABLES"]},{"name":"shop_reports","auth":"Iam"}]',
            });
            const { one, all, result } = recording;
            const secret = "orders-application-shop-service";
            const arn = one("aws:secretsmanager/secret:Secret", secret).outputs.arn as string;
            const version = one("aws:secretsmanager/secretVersion:SecretVersion", secret).inputs;
            const { username, dbname } = JSON.parse(String(reveal(version.secretString))) as Properties;
            assert.deepEqual([username, dbname], ["shop_service", "app"]);
            assert.ok(all("aws:secretsmanager/secretRotation:SecretRotation").some(({ name }) => name === secret));
            assert.deepEqual(
                ["bootstrap", "plan", "deploy", "rollback"].map((build) => allowed(recording, build).includes(arn)),
                [true, false, false, false],
            );
            assert.deepEqual(await promiseOf(result.applicationSecretArns!), { shop_service: arn });
            const names = all("aws:secretsmanager/secret:Secret").map(({ name }) => name);
            assert.ok(!names.some((name) => name.includes("reports")), names.join());
        });

        it("lets only the bootstrap log in as the administrator", async () => {
            const recording = await environment(rotated);
            assert.deepEqual(logins(recording), {
                bootstrap: "Secret orders",
                plan: "Secret orders-planner",
                "deploy-plan": "Secret orders-planner",
                drift: "Secret orders-planner",
                rehearse: "Clone app_migrator",
                deploy: "Secret orders-migrator",
                rollback: "Secret orders-migrator",
            });
            const arn = (name: string) => recording.one("aws:secretsmanager/secret:Secret", name).outputs.arn as string;
            assert.deepEqual(allowed(recording, "bootstrap"), [
                arn("orders"),
                arn("orders-migrator"),
                arn("orders-planner"),
            ]);
            assert.deepEqual(allowed(recording, "plan"), [arn("orders-planner")]);
            assert.deepEqual(allowed(recording, "deploy"), [arn("orders-migrator")]);
        });

        it("names them after the database, and gives each a rotated secret", async () => {
            const { all, one } = await environment({ ...rotated, databaseName: "shop" });
            const values = all("aws:secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => {
                const { username, dbname } = JSON.parse(reveal(inputs.secretString)) as Record<string, string>;
                return [username, dbname];
            });
            assert.deepEqual(values.sort(), [
                ["dbowner", "shop"],
                ["shop_migrator", "postgres"],
                ["shop_planner", "postgres"],
            ]);
            assert.equal(all("aws:secretsmanager/secretRotation:SecretRotation").length, 3);
            assert.deepEqual(
                variablesOf(one(projectType, "orders-bootstrap"))
                    .filter(({ name, type }) => /^BOOTSTRAP_/.test(name) && type === "PLAINTEXT")
                    .map(({ name, value }) => `${name}=${value}`),
                [
                    "BOOTSTRAP_OWNER=shop_owner",
                    "BOOTSTRAP_MIGRATOR=shop_migrator",
                    "BOOTSTRAP_PLANNER=shop_planner",
                    "BOOTSTRAP_MIGRATOR_SECRET_ARN=arn:aws:secretsmanager:eu-central-1:123456789012:orders-migrator",
                    "BOOTSTRAP_PLANNER_SECRET_ARN=arn:aws:secretsmanager:eu-central-1:123456789012:orders-planner",
                ],
            );
        });

        it("names its users as config says, in every build", async () => {
            const named = { ownerName: "shop", migratorName: "deployer", plannerName: "reader" };
            const recording = await environment({ ...rotated, ...named, databaseAuth: "Iam" });
            const { bootstrap: _, ...others } = logins(recording);
            assert.deepEqual(others, {
                plan: "Iam reader",
                "deploy-plan": "Iam reader",
                drift: "Iam reader",
                rehearse: "Clone deployer",
                deploy: "Iam deployer",
                rollback: "Iam deployer",
            });
            assert.deepEqual(
                variablesOf(recording.one(projectType, "orders-bootstrap"))
                    .filter(({ name }) => name.startsWith("BOOTSTRAP_"))
                    .map(({ name, value }) => `${name}=${value}`),
                ["BOOTSTRAP_OWNER=shop", "BOOTSTRAP_MIGRATOR=deployer", "BOOTSTRAP_PLANNER=reader"],
            );
        });

        it("has no password but the administrator's with IAM", async () => {
            const recording = await environment({ ...rotated, databaseAuth: "Iam" });
            const { all } = recording;
            assert.deepEqual(logins(recording), {
                bootstrap: "Secret orders",
                plan: "Iam app_planner",
                "deploy-plan": "Iam app_planner",
                drift: "Iam app_planner",
                rehearse: "Clone app_migrator",
                deploy: "Iam app_migrator",
                rollback: "Iam app_migrator",
            });
            assert.deepEqual(
                all("aws:secretsmanager/secret:Secret").map(({ name }) => name),
                ["orders"],
            );
            const id = recording.one("aws:rds/cluster:Cluster").outputs.clusterResourceId as string;
            assert.equal(typeof id, "string");
            const user = (login: string) => `arn:aws:rds-db:eu-central-1:123456789012:dbuser:${login}`;
            const [administrators, ...tokens] = allowed(recording, "bootstrap");
            assert.match(String(administrators), /:orders$/);
            assert.deepEqual(tokens, [user(`${id}/app_migrator`), user(`${id}/app_planner`)]);
            assert.deepEqual(allowed(recording, "plan"), [user(`${id}/app_planner`)]);
            assert.deepEqual(allowed(recording, "deploy"), [user(`${id}/app_migrator`)]);
            assert.deepEqual(allowed(recording, "rehearse"), []);
        });

        it("is the same with Aurora MySQL", async () => {
            const [recording, other] = [await environment({ engine: "aurora-mysql" }), await environment({})];
            assert.deepEqual(logins(recording), logins(other));
            assert.ok(actions(recording).some(({ name }) => name === "Bootstrap"));
        });

        it("gives the administrator the cluster's password, and each other user its own", async () => {
            const { all } = await environment({});
            assert.deepEqual(
                all("random:index/randomPassword:RandomPassword").map(({ name }) => name),
                ["orders-master", "orders-migrator", "orders-planner"],
            );
        });
    });
});
