import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { alarmThresholds } from "../../components/operations/alarms";
import { auroraDefaults } from "../../components/cluster/args";
import { backupDefaults } from "../../components/operations/backup";
import { buildImageDefaults } from "../../components/image/args";
import { databaseDeliveryDefaults, deliveryUsersDefaults } from "../../components/delivery/args";
import { databaseProxyDefaults } from "../../components/databaseProxy";
import { dbSecretDefaults, dbSecretRotationDefaults } from "../../components/dbSecret";
import { argDefaults } from "../../components/codeBuild/options";
import { networkDefaults } from "../../components/network";
import { operationsDefaults } from "../../components/operations";
import { nonEmpty } from "../support/nonEmpty";

/** Each interface of args, the file it is in, and the defaults that the code applies. */
const documented: [string, string, Record<string, unknown>][] = [
    ["NetworkArgs", "network.ts", networkDefaults],
    ["AuroraClusterArgs", "cluster/args.ts", auroraDefaults],
    ["AlarmThresholdsArgs", "operations/alarms.ts", alarmThresholds],
    ["BackupArgs", "operations/backup.ts", backupDefaults],
    ["BootstrapArgs", "codeBuild/bootstrap.ts", {}],
    ["BootstrapUserArgs", "codeBuild/bootstrap.ts", {}],
    ["GroupRoleArgs", "codeBuild/bootstrap.ts", {}],
    ["ApplicationUserArgs", "codeBuild/bootstrap.ts", {}],
    ["OperationsArgs", "operations.ts", operationsDefaults],
    ["RehearsalArgs", "codeBuild/rehearsal.ts", argDefaults("rehearsal")],
    ["GuardArgs", "codeBuild/guards.ts", argDefaults("guards")],
    ["BuildImageArgs", "image/args.ts", buildImageDefaults],
    ["DatabaseDeliveryArgs", "delivery/args.ts", withoutGroups(databaseDeliveryDefaults)],
    ["DeliveryUsersArgs", "delivery/args.ts", deliveryUsersDefaults],
    ["DatabaseProxyArgs", "databaseProxy.ts", databaseProxyDefaults],
    ["DbSecretArgs", "dbSecret.ts", dbSecretDefaults],
    ["DbSecretRotationArgs", "dbSecret.ts", dbSecretRotationDefaults],
];

describe("documentation of args", () => {
    for (const [name, file, defaults] of documented) {
        const comments = commentsOf(name, file);

        it(`documents every arg of ${name}`, () => {
            assert.ok(comments.size > 0);
            for (const [arg, comment] of nonEmpty(comments)) {
                assert.notEqual(comment, "", arg);
            }
        });

        it(`states the defaults of ${name} that the code applies`, () => {
            const stated = [...comments].flatMap(([arg, comment]) => {
                const literal = /Default: ("[^"]*"|true|false|\d+(?:\.\d+)?)\.(?:\s|$)/.exec(comment)?.[1];
                return literal === undefined ? [] : [[arg, JSON.parse(literal) as unknown]];
            });
            assert.deepEqual(Object.fromEntries(stated), defaults);
        });
    }
});

/** Defaults that a docstring states as a value. */
function withoutGroups(defaults: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(defaults).filter(([, value]) => typeof value !== "object"));
}

/** The documentation comment of each property of an interface; "" without one. */
function commentsOf(name: string, file: string): Map<string, string> {
    const source = readFileSync(path.join(__dirname, "../../components", file), "utf8");
    const body = new RegExp(`export interface ${name} \\{\n(.*?)\n\\}`, "s").exec(source)?.[1] ?? "";
    const properties = body.matchAll(/(?: {4}\/\*\*(.*?)\*\/\n)? {4}(\w+)\??: /gs);
    return new Map(
        [...properties].map(([, comment = "", arg = ""]) => [arg, comment.replace(/\s*\n\s*\* ?/g, " ").trim()]),
    );
}
