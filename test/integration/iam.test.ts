import assert from "node:assert/strict";
import { Artifacts } from "../../components/contract";
import type { Statement } from "../../components/shared/statements";
import { Emulator } from "../support/aws/emulator";
import { skipWithoutPython } from "../support/aws/python";
import type { Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";
import {
    buildCalls,
    buildForbidden,
    builds,
    type Call,
    type Clients,
    clientsOf,
    type Existing,
    type Forbidden,
    networkCalls,
    pipelineCalls,
    pipelineForbidden,
    readBy,
    secretCalls,
    stack,
} from "./iamCalls";
import {
    scheduledCalls,
    scheduledForbidden,
    startCalls,
    startForbidden,
    proxyCalls,
    proxyForbidden,
} from "./iamScheduledCalls";
import {
    changeCluster,
    clusterForbidden,
    reaperCalls,
    reaperForbidden,
    rehearsalCalls,
    rehearsalForbidden,
    snapshotCalls,
} from "./iamClusterCalls";
import { evaluate, furnish, passedTo } from "./iamWorld";

// The calls of every role that the program makes for its builds and its pipeline, made by AWS's own SDK (and, where a
// build makes them, by the delivery program) to an emulator that holds each request to the very policies that the program
// generates for prod, with all that is optional.
//
// What this does not prove, because the emulator (moto) does not enforce it: conditions (kms:ViaService, ec2:Vpc, …),
// resource policies, key policies and trust policies, and what AWS's services ask of each other on the role's behalf: the
// use of KMS keys, CodeBuild's reports, the connection to the repository. Nor is logging in to a database a call of AWS:
// rds-db:connect is enforced in the local run (scripts/local/cloud/rds). `unproven` below lists those statements; the unit
// tests hold them to AWS's documents.

interface Role {
    title: string;
    role: string;
    /** The program that makes it. */
    of: "secret" | "iam";
    calls: () => Call[];
    forbidden: () => Forbidden[];
    /** Statements that deny something, whatever else is allowed, and a call that each refuses. */
    protections?: Record<string, (as: Clients) => Promise<unknown>>;
    /** What the emulator cannot prove. */
    unproven: string[];
}

describe("the generated policies, enforced by an emulator of AWS", function () {
    // The first run installs the emulator.
    this.timeout(300_000);

    let emulator: Emulator;
    let administrator: Clients;
    let existing: Existing;
    let programs: Record<Role["of"], Recording<unknown>>;

    skipWithoutPython();
    before(async () => {
        emulator = await Emulator.start();
        administrator = clientsOf(emulator.endpoint, { accessKeyId: "administrator", secretAccessKey: "secret" });
        existing = await furnish(administrator);
        const options = { rehearsal: "true", snapshotBeforeDeploy: "true" };
        const proxySecretArns = JSON.stringify([existing.proxySecretArn]);
        programs = {
            secret: await evaluate(existing, { ...options, proxySecretArns }),
            iam: await evaluate(existing, { ...options, databaseAuth: "Iam" }),
        };
    });
    after(() => emulator?.stop());

    const readPassword = ({ secrets }: Clients) =>
        secrets.getSecretValue({ SecretId: existing.userSecretArns.migrator });

    /** The policies of a role, as the program attaches them. */
    const policiesOf = ({ role, of }: Role): Record<string, Statement[]> =>
        Object.fromEntries(
            programs[of]
                .all("aws:iam/rolePolicy:RolePolicy")
                .filter(({ inputs }) => inputs.role === role)
                .map(({ name, inputs }) => [name, statementsOf(inputs.policy)]),
        );

    /** Makes the role with these policies and returns the clients of somebody who has assumed it. */
    async function assume({ role, of }: Role, policies: Record<string, Statement[]>): Promise<Clients> {
        await emulator.enforce(false);
        const RoleName = `${role}-${(assumed += 1)}`;
        const { assumeRolePolicy } = programs[of].one("aws:iam/role:Role", role).inputs;
        const { Role } = await administrator.iam.createRole({
            RoleName,
            AssumeRolePolicyDocument: assumeRolePolicy as string,
        });
        for (const [PolicyName, Statement] of Object.entries(policies).filter(
            ([, statements]) => statements.length > 0,
        )) {
            const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
            await administrator.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
        }
        const { Credentials } = await administrator.sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "test" });
        await emulator.enforce(true);
        return clientsOf(emulator.endpoint, {
            accessKeyId: Credentials!.AccessKeyId!,
            secretAccessKey: Credentials!.SecretAccessKey!,
            sessionToken: Credentials!.SessionToken,
        });
    }
    let assumed = 0;

    const inNetwork = ["DeleteNetworkInterface", "LendNetworkInterface"];
    const storageKey = ["DescribeStorageKey", "LendStorageKey"];
    const role = (name: string, parts: Omit<Role, "title" | "role" | "of">, of: Role["of"] = "secret"): Role => {
        const title = `${stack}-${name}`;
        return { title: of === "iam" ? `${title} with IAM authentication` : title, role: title, of, ...parts };
    };

    /** A build of the pipeline; with IAM only the bootstrap reads a secret, the administrator's. */
    function build(action: string, of: Role["of"]): Role {
        const bootstraps = action === "bootstrap";
        const users = of === "secret" ? readBy[action] : bootstraps ? (["administrator"] as const) : [];
        const logsIn = {
            bootstrap: ["ConnectAsUser"],
            plan: ["ConnectAsUser"],
            "rollback-plan": ["ConnectAsUser"],
            "deploy-plan": ["ConnectAsUser"],
            deploy: ["ConnectAsUser"],
            rollback: ["ConnectAsUser"],
        }[action];
        return role(
            action,
            {
                calls: () => [
                    ...buildCalls(action, existing, [...(users ?? [])], passedTo(action, programs[of])),
                    ...(action === "rehearse" ? rehearsalCalls : []),
                    ...snapshotCalls(action),
                ],
                forbidden: () => [
                    ...buildForbidden(action, existing, [...(users ?? [])], passedTo(action, programs[of])),
                    ...(action === "rehearse" ? rehearsalForbidden : clusterForbidden()),
                ],
                protections: {
                    rehearse: { ProtectSource: changeCluster, DenyLogins: readPassword },
                    deploy: { ProtectCluster: changeCluster },
                }[action],
                unproven: [
                    ...inNetwork,
                    "UseArtifactKey",
                    "WriteReports",
                    ...(users?.length === 0 ? [] : ["DecryptSecret"]),
                    ...(action === "rehearse" || action === "deploy" ? storageKey : []),
                    ...(of === "iam" ? (logsIn ?? []) : []),
                ],
            },
            of,
        );
    }

    const roles: Role[] = [
        ...builds.flatMap((action) => [build(action, "secret"), build(action, "iam")]),
        role("drift", {
            calls: () => [...scheduledCalls("drift"), ...networkCalls(existing), ...secretCalls(existing, ["planner"])],
            forbidden: () => [...scheduledForbidden("drift", existing), ...clusterForbidden()],
            unproven: [...inNetwork, "DecryptSecret", "DecryptToolchain", "WriteReports"],
        }),
        role("drift-schedule", {
            calls: () => startCalls(`${stack}-drift`),
            forbidden: () => startForbidden,
            unproven: [],
        }),
        role("reaper", {
            calls: () => [...scheduledCalls("reaper"), ...reaperCalls(() => existing.clones.pop()!)],
            forbidden: () => [...scheduledForbidden("reaper", existing), ...reaperForbidden],
            protections: { ProtectSource: changeCluster },
            unproven: ["DecryptToolchain"],
        }),
        role("reaper-schedule", {
            calls: () => startCalls(`${stack}-reaper`),
            forbidden: () => startForbidden,
            unproven: [],
        }),
        role("proxy", {
            calls: () => proxyCalls(existing),
            forbidden: () => proxyForbidden(existing),
            unproven: ["DecryptSecret"],
        }),
        role("role", {
            calls: () => pipelineCalls(existing),
            forbidden: () => [...pipelineForbidden(existing), ...clusterForbidden()],
            unproven: ["UseArtifactKey", "UseConnection", "UseTopicKey"],
        }),
    ];

    for (const tested of roles) {
        const { title, of, calls, forbidden, protections = {}, unproven } = tested;
        describe(`of the role ${title}`, () => {
            it("are sufficient", async () => {
                const as = await assume(tested, policiesOf(tested));
                for (const call of nonEmpty(calls())) {
                    await assert.doesNotReject(call.send(as), call.title);
                }
            });

            it("allow nothing else", async () => {
                const as = await assume(tested, policiesOf(tested));
                for (const call of nonEmpty(forbidden())) {
                    await assert.rejects(call.send(as), isDenial, call.title);
                }
            });

            if (of === "secret") {
                // What a role with IAM authentication shares with its namesake is tried there.
                it("have no unused statement", async () => {
                    for (const removed of nonEmpty(new Set(calls().flatMap(({ sids }) => sids)))) {
                        const as = await assume(tested, without(policiesOf(tested), removed));
                        const others = calls().filter(({ notWithout }) => notWithout !== removed);
                        for (const call of others) {
                            const what = `${call.title} without ${removed}`;
                            await (needs(call, removed)
                                ? assert.rejects(call.send(as), isDenial, what)
                                : assert.doesNotReject(call.send(as), what));
                        }
                    }
                });
            }

            for (const [protection, call] of Object.entries(protections)) {
                it(`deny by ${protection}, whatever else is allowed`, async () => {
                    const policies = { ...policiesOf(tested), everything: [everything] };
                    await assert.rejects(call(await assume(tested, policies)), isDenial);
                    const as = await assume(tested, without(policies, protection));
                    await assert.doesNotReject(call(as), "it is this statement that does");
                });
            }

            it("are proved, but for what the emulator cannot", () => {
                const proved = [...calls().flatMap(({ sids }) => sids), ...Object.keys(protections)];
                const all = Object.values(policiesOf(tested)).flatMap((statements) => statements.map(({ Sid }) => Sid));
                assert.deepEqual(all.filter((sid) => !proved.includes(sid)).sort(), [...unproven].sort());
                assert.deepEqual(
                    proved.filter((sid) => !all.includes(sid)),
                    [],
                );
            });
        });
    }

    it("are those of every role, but for the roles that no build and no pipeline has", () => {
        const made = programs.secret.all("aws:iam/role:Role").map(({ name }) => name);
        const tested = roles.map((one) => one.role);
        assert.deepEqual(made.filter((name) => !tested.includes(name)).sort(), [
            // AWS Backup's, with AWS's own policy; the flow log's; and RDS's for its metrics, with AWS's own policy.
            `${stack}-backup`,
            `${stack}-flow-logs`,
            `${stack}-monitoring`,
        ]);
    });

    it("let each build write the artifact of one action, and no build that of another", () => {
        const written = builds.map((action) => passedTo(action, programs.secret).outputs);
        assert.deepEqual(written, [
            [],
            [Artifacts.plan],
            [Artifacts.rollbackPlan],
            [Artifacts.deployPlan],
            [Artifacts.rehearsal],
            [Artifacts.deployment],
            [Artifacts.rollback],
        ]);
    });

    it("without any policy nothing is allowed: the emulator does enforce them", async () => {
        for (const tested of nonEmpty(roles.filter(({ of }) => of === "secret"))) {
            const as = await assume(tested, {});
            for (const { title, send } of nonEmpty(tested.calls())) {
                await assert.rejects(send(as), isDenial, title);
            }
        }
    });
});

/** Whether a call is refused when a statement is taken away. */
function needs({ sids, together }: Call, removed: string): boolean {
    return together ? sids.includes(removed) : sids.every((sid) => sid === removed);
}

/** What an administrator's policy would say. */
const everything: Statement = { Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] };

function without(policies: Record<string, Statement[]>, sid: string): Record<string, Statement[]> {
    return Object.fromEntries(
        Object.entries(policies).map(([name, statements]) => [name, statements.filter(({ Sid }) => Sid !== sid)]),
    );
}

/** AWS's refusal, and not some other failure; the delivery program may have put it into words of its own. */
function isDenial(error: Error): boolean {
    const refusal = error.cause instanceof Error ? error.cause : error;
    const named = /^(AccessDenied(Exception)?|UnauthorizedOperation)$/.test(refusal.name);
    assert.ok(named || / is not authorized to perform: /.test(refusal.message), `${error.name}: ${error.message}`);
    return true;
}
